"""The program with a network: carries events up and acknowledgements, rules and commands down (flow 1, step 7)."""

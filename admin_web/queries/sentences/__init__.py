"""Events as sentences for the headteacher: who, what, where, why, and when next (flow 1, step 10)."""

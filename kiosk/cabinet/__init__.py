"""The program that opens a door: badge, gesture, decision, commit, effects (flow 1, steps 2 to 7)."""

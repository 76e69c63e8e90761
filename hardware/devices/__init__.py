"""Lock, door contact, lamps, beeper, buttons as gpiozero devices, and the cabinet made of them (flow 1, step 6)."""

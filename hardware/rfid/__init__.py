"""Badge readers with an MFRC522: frames, chip, anticollision, presence, and the driver of them (flow 1, step 1)."""

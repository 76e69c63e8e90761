"""A cabinet's hardware without a Pi: MFRC522 and cards at register level, pins, locks, doors; a process of its own."""

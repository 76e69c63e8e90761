"""`cabinet.db` and its disk: what is written, what waits, and what is taken up after a power cut."""

"""The receiver gains an MFRC522 has."""

GAINS = {18: 0x20, 23: 0x10, 33: 0x40, 38: 0x50, 43: 0x60, 48: 0x70}
"""RFCfgReg by gain in dB (data sheet rev. 3.9, 9.3.3.6)."""

"""ISO/IEC 14443-3 type A: the commands, CRC_A and the check byte, as pure functions (flow 1, step 1)."""

REQA = 0x26
"""Wakes cards in IDLE; a short frame of 7 bits."""
WUPA = 0x52
"""Wakes cards in IDLE and in HALT."""
HLTA = 0x50
SELECT = (0x93, 0x95, 0x97)
"""SEL of cascade levels 1 to 3 (6.5.3.1)."""
CASCADE_TAG = 0x88
"""First byte of a level whose UID goes on at the next one; no UID byte may take its place."""
SAK_CASCADE = 0x04
"""Bit of the SAK: the UID is not complete, go on with the next level."""
RANDOM_ID = 0x08
"""First byte of a single-size UID that the card made up when it was powered (6.5.4)."""


def crc_a(data: bytes, start: int = 0x6363) -> bytes:
    """CRC_A of ISO/IEC 14443-3 annex B, as the two bytes in which it is sent."""
    crc = start
    for byte in data:
        byte ^= crc & 0xFF
        byte = (byte ^ (byte << 4)) & 0xFF
        crc = (crc >> 8) ^ (byte << 8) ^ (byte << 3) ^ (byte >> 4)
    return bytes((crc & 0xFF, crc >> 8))


def with_crc(data: bytes) -> bytes:
    """Append the CRC_A."""
    return data + crc_a(data)


def check_byte(four: bytes) -> int:
    """BCC: the exclusive or of a cascade level's four bytes."""
    return four[0] ^ four[1] ^ four[2] ^ four[3]


def nvb(known_bits: int) -> int:
    """NVB byte of an anticollision frame that carries so many bits of the level's UID (0 to 40)."""
    return ((2 + known_bits // 8) << 4) | known_bits % 8

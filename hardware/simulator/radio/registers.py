"""The MFRC522's register map: addresses, values after a reset, bits (data sheet MFRC522 rev. 3.9, chapter 9)."""

from typing import Final

COMMAND: Final = 0x01
COM_IEN: Final = 0x02
DIV_IEN: Final = 0x03
COM_IRQ: Final = 0x04
DIV_IRQ: Final = 0x05
ERROR: Final = 0x06
STATUS1: Final = 0x07
STATUS2: Final = 0x08
FIFO_DATA: Final = 0x09
FIFO_LEVEL: Final = 0x0A
CONTROL: Final = 0x0C
BIT_FRAMING: Final = 0x0D
COLL: Final = 0x0E
MODE: Final = 0x11
TX_MODE: Final = 0x12
RX_MODE: Final = 0x13
TX_CONTROL: Final = 0x14
CRC_RESULT_H: Final = 0x21
CRC_RESULT_L: Final = 0x22
T_MODE: Final = 0x2A
T_PRESCALER: Final = 0x2B
T_RELOAD_H: Final = 0x2C
T_RELOAD_L: Final = 0x2D
T_COUNTER_H: Final = 0x2E
T_COUNTER_L: Final = 0x2F
VERSION: Final = 0x37

READ_ONLY: Final = frozenset(
    {ERROR, STATUS1, CRC_RESULT_H, CRC_RESULT_L, T_COUNTER_H, T_COUNTER_L, VERSION},
)

AFTER_RESET: Final[dict[int, int]] = {
    COMMAND: 0x20, COM_IEN: 0x80, COM_IRQ: 0x14, STATUS1: 0x21, 0x0B: 0x08, CONTROL: 0x10, COLL: 0x80,
    MODE: 0x3F, TX_CONTROL: 0x80, 0x16: 0x10, 0x17: 0x84, 0x18: 0x84, 0x19: 0x4D, 0x1C: 0x62, 0x1F: 0xEB,
    CRC_RESULT_H: 0xFF, CRC_RESULT_L: 0xFF, 0x24: 0x26, 0x26: 0x48, 0x27: 0x88, 0x28: 0x20, 0x29: 0x20,
    VERSION: 0x92,
}  # fmt: skip
"""Every register that is not named here is 0 after a reset."""

# CommandReg
IDLE: Final = 0x0
MEM: Final = 0x1
RANDOM_ID: Final = 0x2
CALC_CRC: Final = 0x3
TRANSMIT: Final = 0x4
NO_CHANGE: Final = 0x7
RECEIVE: Final = 0x8
TRANSCEIVE: Final = 0xC
MF_AUTHENT: Final = 0xE
SOFT_RESET: Final = 0xF

# ComIrqReg
IRQ_TX: Final = 0x40
IRQ_RX: Final = 0x20
IRQ_IDLE: Final = 0x10
IRQ_ERR: Final = 0x02
IRQ_TIMER: Final = 0x01
SET: Final = 0x80
"""In ComIrqReg and DivIrqReg: whether the marked bits are set (1) or cleared (0) by a write."""
DIV_IRQ_CRC: Final = 0x04

# ErrorReg
ERR_BUFFER: Final = 0x10
ERR_COLLISION: Final = 0x08
ERR_CRC: Final = 0x04
ERR_PARITY: Final = 0x02
ERR_PROTOCOL: Final = 0x01

CRYPTO_ON: Final = 0x08
"""In Status2Reg."""
START_SEND: Final = 0x80
"""In BitFramingReg."""
FLUSH: Final = 0x80
"""In FIFOLevelReg."""
ANTENNA: Final = 0x03
"""In TxControlReg: TX1 and TX2 drive."""
AUTO_TIMER: Final = 0x80
"""In TModeReg: start at the end of a transmission."""
COLLISION_INVALID: Final = 0x20
"""In CollReg: no collision, or its position is beyond 32."""
KEEP_AFTER_COLLISION: Final = 0x80
"""In CollReg: 0 clears every bit from the collision on."""
CRC_ON: Final = 0x80
"""In TxModeReg and RxModeReg."""

"""ISO/IEC 14443-3 type A cards as state machines that hear and answer frames bit by bit."""

from dataclasses import dataclass, field
from enum import Enum, auto
from math import inf
from random import Random

from hardware.rfid.frames import (
    CASCADE_TAG,
    HLTA,
    RANDOM_ID,
    REQA,
    SAK_CASCADE,
    SELECT,
    WUPA,
    check_byte,
    crc_a,
    with_crc,
)

POWER_UP_US = 1000.0
"""From entering the field to being able to hear (the standard allows 5 ms)."""
FACTORY_KEY = b"\xff" * 6


class CardState(Enum):
    """Where a card stands (ISO/IEC 14443-3 figure 7)."""

    IDLE = auto()
    READY = auto()
    ACTIVE = auto()
    HALT = auto()


@dataclass(frozen=True, slots=True)
class Frame:
    """What is on the air: data bits, first sent first, parity left out."""

    bits: tuple[int, ...]

    @property
    def whole(self) -> bytes:
        """Its complete bytes."""
        count = len(self.bits) // 8
        return bytes(sum(bit << i for i, bit in enumerate(self.bits[8 * n : 8 * n + 8])) for n in range(count))


def frame_of(data: bytes) -> Frame:
    """Make a frame of whole bytes."""
    return Frame(tuple(byte >> i & 1 for byte in data for i in range(8)))


@dataclass(slots=True)
class Card:
    """One card; `uid` is 4, 7 or 10 bytes."""

    uid: bytes
    enters_us: float = 0.0
    leaves_us: float = inf
    keys: tuple[bytes, ...] = (FACTORY_KEY,)
    blocks: dict[int, bytes] = field(default_factory=dict)
    state: CardState = CardState.IDLE
    woken_from_halt: bool = False
    level: int = 0
    authenticated: bool = False
    writing: int | None = None

    def __post_init__(self) -> None:
        if len(self.uid) not in (4, 7, 10):
            raise ValueError(f"a UID has 4, 7 or 10 bytes, not {len(self.uid)}: {self.uid.hex()}")
        if self.uid[0] == CASCADE_TAG or (len(self.uid) == 10 and self.uid[3] == CASCADE_TAG):
            raise ValueError(f"no card has {self.uid.hex()}: 88 there is the cascade tag")

    @property
    def levels(self) -> tuple[bytes, ...]:
        """The four bytes of every cascade level."""
        tag = bytes((CASCADE_TAG,))
        if len(self.uid) == 4:
            return (self.uid,)
        if len(self.uid) == 7:
            return (tag + self.uid[:3], self.uid[3:])
        return (tag + self.uid[:3], tag + self.uid[3:6], self.uid[6:])

    @property
    def atqa(self) -> bytes:
        """UID size and bit frame anticollision (6.5.2.1)."""
        return bytes(({4: 0x04, 7: 0x44, 10: 0x84}[len(self.uid)], 0x00))

    def is_in_field(self, at_us: float) -> bool:
        """Whether the card has come and not yet gone."""
        return self.enters_us <= at_us < self.leaves_us

    def lose_power(self, random: Random) -> None:
        """The field is gone: everything but the memory is forgotten; a made-up UID is made up anew."""
        self.state, self.level, self.woken_from_halt = CardState.IDLE, 0, False
        self.authenticated, self.writing = False, None
        if len(self.uid) == 4 and self.uid[0] == RANDOM_ID:
            self.uid = bytes((RANDOM_ID,)) + random.randbytes(3)

    def hear(self, frame: Frame) -> Frame | None:
        """Take in a frame and answer it, or stay silent."""
        if len(frame.bits) == 7:
            return self._wake(sum(bit << i for i, bit in enumerate(frame.bits)))
        if self.state is CardState.READY:
            return self._anticollide(frame)
        if self.state is CardState.ACTIVE:
            return self._obey(frame.whole)
        return None

    def authenticate(self, key: bytes, serial: bytes) -> bool:
        """MIFARE authentication, without its arithmetic: right key and right four bytes of the UID."""
        if self.state is not CardState.ACTIVE:
            return False
        self.authenticated = key in self.keys and serial == self.levels[-1]
        if not self.authenticated:
            self._withdraw()
        return self.authenticated

    def _wake(self, command: int) -> Frame | None:
        if self.state is CardState.IDLE and command in (REQA, WUPA):
            self.woken_from_halt = False
        elif self.state is CardState.HALT and command == WUPA:
            self.woken_from_halt = True
        else:
            if self.state is not CardState.HALT:
                self._withdraw()
            return None
        self.state, self.level = CardState.READY, 0
        return frame_of(self.atqa)

    def _withdraw(self) -> None:
        """An unexpected frame: back to where the card was woken from, silently."""
        self.state = CardState.HALT if self.woken_from_halt else CardState.IDLE
        self.level, self.authenticated, self.writing = 0, False, None

    def _anticollide(self, frame: Frame) -> Frame | None:
        head = Frame(frame.bits[:16]).whole
        own = self.levels[self.level]
        own_bits = frame_of(own + bytes((check_byte(own),))).bits
        if len(head) < 2 or head[0] != SELECT[self.level]:
            self._withdraw()
            return None
        if head[1] == 0x70:
            return self._select(frame.whole, own)
        known = (head[1] >> 4) * 8 + (head[1] & 0x0F) - 16
        if known < 0 or known != len(frame.bits) - 16 or own_bits[:known] != frame.bits[16:]:
            self._withdraw()
            return None
        return Frame(own_bits[known:])

    def _select(self, data: bytes, own: bytes) -> Frame | None:
        if len(data) != 9 or data[2:6] != own or data[6] != check_byte(own) or data[7:] != crc_a(data[:7]):
            self._withdraw()
            return None
        if self.level + 1 < len(self.levels):
            self.level += 1
            return frame_of(with_crc(bytes((SAK_CASCADE,))))
        self.state = CardState.ACTIVE
        return frame_of(with_crc(bytes((0x08 if len(self.uid) == 4 else 0x00,))))

    def _obey(self, data: bytes) -> Frame | None:
        if len(data) < 3 or data[-2:] != crc_a(data[:-2]):
            self._withdraw()
            return None
        command, argument = data[0], data[1]
        if self.writing is not None:
            self.blocks[self.writing], self.writing = data[:16], None
            return Frame((0, 1, 0, 1))
        if command == HLTA and argument == 0:
            self._withdraw()
            self.state = CardState.HALT
            return None
        readable = self.authenticated or len(self.uid) != 4
        if command == 0x30 and readable:
            return frame_of(with_crc(self.blocks.get(argument, bytes(16))))
        if command == 0xA0 and readable:
            self.writing = argument
            return Frame((0, 1, 0, 1))
        self._withdraw()
        return None

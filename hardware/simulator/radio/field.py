"""The air between an antenna and the cards in front of it: answers merge, collide, break off, get garbled."""

from dataclasses import dataclass, field
from random import Random

from hardware.simulator.radio.card import POWER_UP_US, Card, Frame

BIT_US = 128 / 13.56
"""One bit at 106 kbit/s."""
DELAY_US = 1172 / 13.56
"""From the end of a reader's frame to the answer (ISO/IEC 14443-3, 6.2.1.1)."""


@dataclass(frozen=True, slots=True)
class Bit:
    """One received bit: `value` is None where cards sent different ones at once."""

    value: int | None
    is_parity: bool


@dataclass(frozen=True, slots=True)
class Answer:
    """What one card sends, parity included, from `start_us` on."""

    card: Card | None
    line: tuple[Bit, ...]
    start_us: float

    @property
    def end_us(self) -> float:
        """When its last bit has been sent."""
        return self.start_us + (1 + len(self.line)) * BIT_US

    @property
    def begun_us(self) -> float | None:
        """When its fifth bit has been sent, by which a receiver knows it for an answer; None: it broke off before."""
        begun = self.start_us + 5 * BIT_US
        return begun if self.card is None or self.card.leaves_us > begun + BIT_US else None


def reader_air_us(bits: int) -> float:
    """How long a reader's frame lasts: start, data with a parity bit after each whole byte, end."""
    return (1 + bits + bits // 8 + 2) * BIT_US


def line_of(frame: Frame, first_byte_bits: int) -> tuple[Bit, ...]:
    """Put odd parity after each byte; the first one is shorter when it goes on with a byte the reader began."""
    line: list[Bit] = []
    rest, size = frame.bits, first_byte_bits
    while rest:
        byte, rest = rest[:size], rest[size:]
        line += [Bit(bit, False) for bit in byte]
        if len(byte) == size:
            line.append(Bit(1 - sum(byte) % 2, True))
        size = 8
    return tuple(line)


@dataclass(slots=True)
class Field:
    """The cards in front of one antenna, and the disturbances."""

    random: Random
    cards: list[Card] = field(default_factory=list)
    bit_error_rate: float = 0.0
    """Chance that a received bit is wrong."""
    crackle: bool = False
    """Whether something that is no card answers every frame."""
    powered: bool = False

    def power(self, on: bool) -> None:
        """The antenna is switched."""
        if self.powered and not on:
            for card in self.cards:
                card.lose_power(self.random)
        self.powered = on

    def settle(self, now_us: float) -> list[Card]:
        """Drop cards that have left; returns them."""
        gone = [card for card in self.cards if card.leaves_us <= now_us]
        for card in gone:
            self.cards.remove(card)
            card.lose_power(self.random)
        return gone

    def transmit(self, frame: Frame, start_us: float) -> tuple[Answer, ...]:
        """Send a reader's frame; cards that are powered from its start to its end hear and may answer."""
        end_us = start_us + reader_air_us(len(frame.bits))
        if not self.powered:
            return ()
        answers = []
        for card in self.cards:
            if card.enters_us + POWER_UP_US <= start_us and card.is_in_field(end_us):
                answer = card.hear(frame)
                if answer is not None:
                    line = line_of(answer, 8 - len(frame.bits) % 8 if len(frame.bits) > 8 else 8)
                    answers.append(Answer(card, line, end_us + DELAY_US))
        if self.crackle:
            noise = tuple(Bit(self.random.getrandbits(1), i % 9 == 8) for i in range(self.random.randint(5, 30)))
            answers.append(Answer(None, noise, end_us + DELAY_US))
        return tuple(answers)

    def receive(self, answers: tuple[Answer, ...]) -> tuple[Bit, ...]:
        """Merge what was sent into what the antenna got: broken off where a card left, garbled where disturbed."""
        lines = []
        for answer in answers:
            line = answer.line
            if answer.card is not None and answer.card.leaves_us < answer.end_us:
                line = line[: max(0, int((answer.card.leaves_us - answer.start_us) / BIT_US) - 1)]
            lines.append(line)
        merged = []
        for i in range(max((len(line) for line in lines), default=0)):
            here = [line[i] for line in lines if i < len(line)]
            values = {bit.value for bit in here}
            value = here[0].value if len(values) == 1 else None
            if value is not None and self.bit_error_rate and self.random.random() < self.bit_error_rate:
                value = 1 - value
            merged.append(Bit(value, here[0].is_parity))
        return tuple(merged)

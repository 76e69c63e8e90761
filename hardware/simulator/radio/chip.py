"""An MFRC522 at register level: SPI frames in, timed radio exchanges out (data sheet rev. 3.9, chapters 8 to 10).

The chip works lazily: every access first lets happen what has fallen due since the last one.
"""

from dataclasses import dataclass
from enum import Enum, auto
from random import Random

from hardware.rfid.frames import crc_a
from hardware.simulator.clock import SimulatorClock
from hardware.simulator.radio import registers as reg
from hardware.simulator.radio.card import Frame
from hardware.simulator.radio.field import Answer, Bit, Field, reader_air_us

FIFO_SIZE = 64
RESET_US = 40.0
"""Start of the oscillator after a reset (8.8.2)."""
CRC_PRESETS = (0x0000, 0x6363, 0xA671, 0xFFFF)
AUTHENTICATION_US = 3000.0
"""Three passes of MIFARE authentication, roughly."""


class ChipFault(Enum):
    """What can be wrong with a chip or its wires."""

    MISO_LOW = auto()
    """Every read gives 00."""
    MISO_HIGH = auto()
    """Every read gives FF."""
    HUNG = auto()
    """Registers answer, commands never end; a reset helps."""
    DEAD_RADIO = auto()
    """As HUNG, and no reset helps."""


@dataclass(slots=True)
class _Exchange:
    """A transmission under way and what comes back."""

    sent_us: float
    answers: tuple[Answer, ...]
    align: int
    tx_done: bool = False

    @property
    def first_bits_us(self) -> float | None:
        """When the receiver has seen its fifth bit, which stops the timer (9.3.3.10)."""
        return min((begun for answer in self.answers if (begun := answer.begun_us) is not None), default=None)

    @property
    def received_us(self) -> float:
        """When the answer is complete."""
        return max(answer.end_us for answer in self.answers)


class Chip:
    """One MFRC522 with its antenna's field; `transfer` is its SPI slave side."""

    def __init__(self, clock: SimulatorClock, random: Random) -> None:
        self.field = Field(random)
        self.fault: ChipFault | None = None
        self.resets = 0
        self._clock = clock
        self._in_reset = False
        self._powered = True
        self._registers: list[int] = []
        self._fifo: list[int] = []
        self._exchange: _Exchange | None = None
        self._timer_us: float | None = None
        self._authenticated_us: float | None = None
        self._ready_us = 0.0
        self._restart()

    # ---- lines other than SPI

    def hold_reset(self, held: bool) -> None:
        """Drive the NRSTPD pin: low holds the chip in reset, high lets it start."""
        if self._in_reset and not held and self._powered:
            self._restart()
            self.resets += 1
            if self.fault is ChipFault.HUNG:
                self.fault = None
        if held:
            self.field.power(False)
        self._in_reset = held

    def brown_out(self) -> None:
        """The supply dipped: every setting is gone, nobody is told."""
        self._restart()

    def power(self, on: bool) -> None:
        """Switch the supply."""
        self._powered = on
        self._restart()

    # ---- SPI (8.1.2)

    def transfer(self, out: bytes) -> bytes:
        """One frame with chip select low: the first byte's bit 7 tells reading, bits 6 to 1 the register."""
        if self.fault is ChipFault.MISO_HIGH:
            return b"\xff" * len(out)
        if self.fault is ChipFault.MISO_LOW or self._in_reset or not self._powered or not out:
            return bytes(len(out))
        self._settle()
        if out[0] & 0x80:
            # Each address byte is answered in the byte after it, so several registers can be read in one frame.
            return bytes((0, *(self._read(address >> 1 & 0x3F) for address in out[:-1])))
        for value in out[1:]:
            self._write(out[0] >> 1 & 0x3F, value)
        return bytes(len(out))

    def _read(self, register: int) -> int:
        if register == reg.FIFO_DATA:
            return self._fifo.pop(0) if self._fifo else 0
        if register == reg.FIFO_LEVEL:
            return len(self._fifo)
        if register in (reg.T_COUNTER_H, reg.T_COUNTER_L):
            return 0
        value = self._registers[register]
        if register == reg.COMMAND and self._clock.now_us() < self._ready_us:
            value |= 0x10
        return value

    def _write(self, register: int, value: int) -> None:
        if register == reg.FIFO_DATA:
            if len(self._fifo) >= FIFO_SIZE:
                self._registers[reg.ERROR] |= reg.ERR_BUFFER
            else:
                self._fifo.append(value)
        elif register == reg.FIFO_LEVEL:
            if value & reg.FLUSH:
                self._fifo.clear()
                self._registers[reg.ERROR] &= ~reg.ERR_BUFFER
        elif register in (reg.COM_IRQ, reg.DIV_IRQ):
            kept = self._registers[register]
            self._registers[register] = kept | value & 0x7F if value & reg.SET else kept & ~value
        elif register == reg.COMMAND:
            self._command(value)
        elif register == reg.STATUS2:
            # Crypto1 can only be switched off from outside (9.3.1.9).
            kept = self._registers[register] & reg.CRYPTO_ON
            self._registers[register] = value & ~reg.CRYPTO_ON | kept & value
        elif register not in reg.READ_ONLY:
            self._registers[register] = value
            if register == reg.TX_CONTROL:
                self.field.power(bool(value & reg.ANTENNA))
            elif register == reg.BIT_FRAMING and value & reg.START_SEND:
                self._start_send()

    # ---- commands (10.3)

    def _command(self, value: int) -> None:
        command = value & 0x0F
        if command == reg.SOFT_RESET:
            self._restart()
            self.resets += 1
            if self.fault is ChipFault.HUNG:
                self.fault = None
            return
        if command == reg.NO_CHANGE:
            return
        self._registers[reg.COMMAND] = value & 0x3F
        self._exchange = None
        self._timer_us = None
        if command == reg.CALC_CRC:
            self._calculate_crc()
        elif command == reg.MF_AUTHENT:
            self._authenticate()
        elif command == reg.TRANSMIT:
            self._start_send()

    def _restart(self) -> None:
        self._registers = [reg.AFTER_RESET.get(address, 0) for address in range(64)]
        self._fifo = []
        self._exchange = None
        self._timer_us = None
        self._authenticated_us = None
        self._ready_us = self._clock.now_us() + RESET_US
        self.field.power(False)

    def _crc(self, data: bytes) -> bytes:
        preset = CRC_PRESETS[self._registers[reg.MODE] & 0x03]
        return crc_a(data, preset)

    def _calculate_crc(self) -> None:
        self._registers[reg.CRC_RESULT_L], self._registers[reg.CRC_RESULT_H] = self._crc(bytes(self._fifo))
        self._fifo.clear()
        self._registers[reg.DIV_IRQ] |= reg.DIV_IRQ_CRC

    def _authenticate(self) -> None:
        data = bytes(self._fifo)
        self._fifo.clear()
        now = self._clock.now_us()
        if len(data) != 12 or not self.field.powered:
            return
        self.field.settle(now)
        if any(card.authenticate(data[2:8], data[8:]) for card in self.field.cards if card.is_in_field(now)):
            self._authenticated_us = now + AUTHENTICATION_US
        else:
            self._start_timer(now)

    def _start_send(self) -> None:
        command = self._registers[reg.COMMAND] & 0x0F
        if command not in (reg.TRANSCEIVE, reg.TRANSMIT) or self.fault in (ChipFault.HUNG, ChipFault.DEAD_RADIO):
            return
        now = self._clock.now_us()
        self.field.settle(now)
        data = bytes(self._fifo)
        self._fifo.clear()
        if self._registers[reg.TX_MODE] & reg.CRC_ON:
            data += self._crc(data)
        framing = self._registers[reg.BIT_FRAMING]
        last_bits = framing & 0x07
        bits = tuple(byte >> i & 1 for byte in data for i in range(8))
        if last_bits and bits:
            bits = bits[: len(bits) - 8 + last_bits]
        self._registers[reg.ERROR] = 0
        self._registers[reg.COLL] = self._registers[reg.COLL] & reg.KEEP_AFTER_COLLISION | reg.COLLISION_INVALID
        answers = self.field.transmit(Frame(bits), now) if bits else ()
        if command == reg.TRANSMIT:
            answers = ()
        self._exchange = _Exchange(now + reader_air_us(len(bits)), answers, framing >> 4 & 0x07)

    # ---- time

    def _start_timer(self, from_us: float) -> None:
        if self._registers[reg.T_MODE] & reg.AUTO_TIMER:
            prescaler = (self._registers[reg.T_MODE] & 0x0F) << 8 | self._registers[reg.T_PRESCALER]
            reload = self._registers[reg.T_RELOAD_H] << 8 | self._registers[reg.T_RELOAD_L]
            self._timer_us = from_us + (reload + 1) * (2 * prescaler + 1) / 13.56

    def _settle(self) -> None:
        now = self._clock.now_us()
        exchange = self._exchange
        if exchange is not None and not exchange.tx_done and now >= exchange.sent_us:
            exchange.tx_done = True
            self._registers[reg.COM_IRQ] |= reg.IRQ_TX
            self._start_timer(exchange.sent_us)
        if self._timer_us is not None:
            stopped_us = exchange.first_bits_us if exchange is not None else self._authenticated_us
            if stopped_us is not None and stopped_us <= self._timer_us:
                self._timer_us = None
            elif now >= self._timer_us:
                self._timer_us = None
                self._registers[reg.COM_IRQ] |= reg.IRQ_TIMER
        if self._authenticated_us is not None and now >= self._authenticated_us:
            self._authenticated_us = None
            self._registers[reg.STATUS2] |= reg.CRYPTO_ON
            self._registers[reg.COM_IRQ] |= reg.IRQ_IDLE
            self._registers[reg.COMMAND] &= 0xF0
        if exchange is not None and exchange.tx_done and exchange.answers and now >= exchange.received_us:
            self._exchange = None
            self._receive(self.field.receive(exchange.answers), exchange.align)

    # ---- receiving (9.3.1.14, 9.3.1.15)

    def _receive(self, line: tuple[Bit, ...], align: int) -> None:
        if not line:
            return
        bits, collided, parity_wrong = _decode(line, align)
        errors = 0
        collision = None
        if collided is not None:
            errors |= reg.ERR_COLLISION
            if collided <= 32:
                collision = collided & 0x1F
            keep = bool(self._registers[reg.COLL] & reg.KEEP_AFTER_COLLISION)
            bits = bits[: collided - 1] + [bit if keep else 0 for bit in bits[collided - 1 :]]
        elif parity_wrong:
            errors |= reg.ERR_PARITY
        padded = [0] * align + bits
        data = [sum(bit << i for i, bit in enumerate(padded[n : n + 8])) for n in range(0, len(padded), 8)]
        if self._registers[reg.RX_MODE] & reg.CRC_ON:
            if len(data) < 2 or self._crc(bytes(data[:-2])) != bytes(data[-2:]):
                errors |= reg.ERR_CRC
            data = data[:-2]
        self._fifo = data[:FIFO_SIZE]
        self._registers[reg.CONTROL] = self._registers[reg.CONTROL] & ~0x07 | len(padded) % 8
        if collision is not None:
            self._registers[reg.COLL] = self._registers[reg.COLL] & reg.KEEP_AFTER_COLLISION | collision
        self._registers[reg.ERROR] = errors
        self._registers[reg.COM_IRQ] |= reg.IRQ_RX | (reg.IRQ_ERR if errors else 0)


def _decode(line: tuple[Bit, ...], align: int) -> tuple[list[int], int | None, bool]:
    """Split a received line into data bits, the first collision (from 1, data bits only) and whether parity fits."""
    bits: list[int] = []
    collided: int | None = None
    wrong = False
    byte: list[int] = []
    size = 8 - align
    for bit in line:
        if len(byte) < size:
            if bit.value is None and collided is None:
                collided = len(bits) + 1
            byte.append(1 if bit.value is None else bit.value)
            bits.append(byte[-1])
        else:
            # The parity of a byte that the reader itself began says nothing.
            if size == 8 and (bit.value is None or (sum(byte) + bit.value) % 2 == 0):
                wrong = True
            byte, size = [], 8
    if len(byte) == size:
        wrong = True
    return bits, collided, wrong or (bool(byte) and len(line) > 8)

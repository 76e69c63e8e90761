"""The emulated MFRC522 against what its data sheet and ISO/IEC 14443-3 say, register by register."""

from random import Random
from typing import Any

import pytest

from hardware.rfid.frames import check_byte, crc_a, nvb
from hardware.simulator.clock import VirtualClock
from hardware.simulator.radio import registers as reg
from hardware.simulator.radio.card import Card, CardState, frame_of
from hardware.simulator.radio.chip import Chip, ChipFault


class Spi:
    """Register access by hand."""

    def __init__(self) -> None:
        self.clock = VirtualClock()
        self.chip = Chip(self.clock, Random(1))
        self.clock.spend(100)

    def read(self, register: int) -> int:
        return self.chip.transfer(bytes((register << 1 | 0x80, 0)))[1]

    def write(self, register: int, *values: int) -> None:
        self.chip.transfer(bytes((register << 1, *values)))

    def send(self, *data: int, last_bits: int = 0) -> None:
        self.write(reg.TX_CONTROL, 0x83)
        self.write(reg.COMMAND, reg.IDLE)
        self.write(reg.COM_IRQ, 0x7F)
        self.write(reg.FIFO_LEVEL, reg.FLUSH)
        self.write(reg.FIFO_DATA, *data)
        self.write(reg.COMMAND, reg.TRANSCEIVE)
        self.write(reg.BIT_FRAMING, reg.START_SEND | last_bits)


@pytest.fixture
def spi() -> Spi:
    return Spi()


@pytest.mark.parametrize(
    ("data", "crc"), [("0000", "a01e"), ("1234", "26cf"), ("5000", "57cd"), ("e050", "bca5"), ("3000", "02a8")]
)
def test_crc_a_of_known_frames(data: str, crc: str) -> None:
    assert crc_a(bytes.fromhex(data)).hex() == crc


def test_the_check_byte_and_nvb_of_known_frames() -> None:
    assert check_byte(bytes.fromhex("8804a1b2")) == 0x9F
    assert [nvb(0), nvb(8), nvb(17), nvb(40)] == [0x20, 0x30, 0x41, 0x70]


def test_version_and_values_after_a_reset(spi: Spi) -> None:
    assert spi.read(reg.VERSION) == 0x92
    spi.write(reg.T_PRESCALER, 0x55)
    spi.write(reg.COMMAND, reg.SOFT_RESET)
    spi.clock.spend(100)
    assert (spi.read(reg.COMMAND), spi.read(reg.T_PRESCALER), spi.read(reg.MODE)) == (0x20, 0, 0x3F)


def test_several_registers_are_read_in_one_frame(spi: Spi) -> None:
    out = bytes((reg.VERSION << 1 | 0x80, reg.MODE << 1 | 0x80, 0))
    assert spi.chip.transfer(out)[1:] == bytes((0x92, 0x3F))


def test_the_version_cannot_be_written(spi: Spi) -> None:
    spi.write(reg.VERSION, 0x11)
    assert spi.read(reg.VERSION) == 0x92


def test_the_crc_coprocessor_reckons_crc_a(spi: Spi) -> None:
    spi.write(reg.MODE, 0x3D)
    spi.write(reg.FIFO_DATA, 0x12, 0x34)
    spi.write(reg.COMMAND, reg.CALC_CRC)
    assert spi.read(reg.DIV_IRQ) & reg.DIV_IRQ_CRC
    assert (spi.read(reg.CRC_RESULT_L), spi.read(reg.CRC_RESULT_H)) == (0x26, 0xCF)


def test_the_fifo_holds_64_bytes_and_says_so_when_more_come(spi: Spi) -> None:
    spi.write(reg.FIFO_DATA, *range(65))
    assert spi.read(reg.FIFO_LEVEL) == 64
    assert spi.read(reg.ERROR) & reg.ERR_BUFFER
    spi.write(reg.FIFO_LEVEL, reg.FLUSH)
    assert (spi.read(reg.FIFO_LEVEL), spi.read(reg.ERROR)) == (0, 0)


def test_nobody_answers_without_the_field(spi: Spi) -> None:
    spi.chip.field.cards.append(Card(b"\xde\xad\xbe\xef", enters_us=-5000))
    spi.send(0x26, last_bits=7)
    spi.write(reg.TX_CONTROL, 0x80)
    spi.send(0x26, last_bits=7)
    spi.write(reg.TX_CONTROL, 0x80)
    spi.clock.spend(5000)
    assert spi.chip.field.cards[0].state is CardState.IDLE


def test_an_answer_takes_its_time_on_the_air(spi: Spi) -> None:
    spi.chip.field.cards.append(Card(b"\xde\xad\xbe\xef", enters_us=-5000))
    spi.send(0x26, last_bits=7)
    spi.clock.spend(340)
    assert not spi.read(reg.COM_IRQ) & reg.IRQ_RX
    spi.clock.spend(30)
    assert spi.read(reg.COM_IRQ) & reg.IRQ_RX
    assert [spi.read(reg.FIFO_DATA), spi.read(reg.FIFO_DATA)] == [0x04, 0x00]


def test_the_timer_runs_out_when_nobody_answers_and_stops_when_somebody_does(spi: Spi) -> None:
    for register, value in ((reg.T_MODE, 0x80), (reg.T_PRESCALER, 169), (reg.T_RELOAD_L, 39)):
        spi.write(register, value)
    spi.send(0x26, last_bits=7)
    spi.clock.spend(1090)
    assert not spi.read(reg.COM_IRQ) & reg.IRQ_TIMER
    spi.clock.spend(20)
    assert spi.read(reg.COM_IRQ) & reg.IRQ_TIMER
    spi.chip.field.cards.append(Card(b"\xde\xad\xbe\xef", enters_us=-5000))
    spi.send(0x26, last_bits=7)
    spi.clock.spend(5000)
    assert spi.read(reg.COM_IRQ) & (reg.IRQ_TIMER | reg.IRQ_RX) == reg.IRQ_RX


@pytest.mark.parametrize(
    ("first", "second", "position"),
    [
        ("01000000", "02000000", 1),
        ("01000000", "03000000", 2),
        ("000000ff", "000000fe", 25),
        ("00000001", "00000081", 32),
    ],
)
def test_two_cards_collide_at_their_first_different_bit(spi: Spi, first: str, second: str, position: int) -> None:
    spi.chip.field.cards += [Card(bytes.fromhex(uid), enters_us=-5000) for uid in (first, second)]
    spi.send(0x52, last_bits=7)
    spi.clock.spend(2000)
    spi.write(reg.COLL, 0)
    spi.send(0x93, 0x20)
    spi.clock.spend(2000)
    assert spi.read(reg.ERROR) & reg.ERR_COLLISION
    assert spi.read(reg.COLL) & 0x3F == position & 0x1F
    data = [spi.read(reg.FIFO_DATA) for _ in range(5)]
    common = "".join(f"{byte:08b}"[::-1] for byte in bytes.fromhex(first))[: position - 1]
    got = "".join(f"{byte:08b}"[::-1] for byte in data)
    assert got == common.ljust(40, "0")


def test_a_held_reset_line_silences_the_chip(spi: Spi) -> None:
    spi.write(reg.T_PRESCALER, 0x55)
    spi.chip.hold_reset(True)
    assert spi.read(reg.VERSION) == 0
    spi.chip.hold_reset(False)
    assert (spi.read(reg.VERSION), spi.read(reg.T_PRESCALER)) == (0x92, 0)


@pytest.mark.parametrize(("fault", "level"), [(ChipFault.MISO_LOW, 0x00), (ChipFault.MISO_HIGH, 0xFF)])
def test_a_dead_miso_reads_the_same_everywhere(spi: Spi, fault: ChipFault, level: int) -> None:
    spi.chip.fault = fault
    assert {spi.read(register) for register in range(64)} == {level}


def test_a_card_in_ready_goes_to_sleep_at_an_unexpected_frame() -> None:
    card = Card(b"\xde\xad\xbe\xef")
    wake = frame_of(b"\x26").bits[:7]
    assert card.hear(type(frame_of(b""))(wake)) is not None
    assert card.hear(type(frame_of(b""))(wake)) is None
    assert card.state is CardState.IDLE


@pytest.mark.parametrize("uid", ["", "01", "0102030405", "88010203", "04a1b288d4e5f60718ab"])
def test_impossible_uids_are_refused(uid: str) -> None:
    data = bytes.fromhex(uid)
    if uid == "04a1b288d4e5f60718ab":
        # Byte 3 of ten stands where the second level's cascade tag could be mistaken.
        with pytest.raises(ValueError, match="cascade tag"):
            Card(data)
        return
    with pytest.raises(ValueError, match=r"UID|cascade"):
        Card(data)


def test_transfers_take_their_time_on_the_bus(bench: Any) -> None:
    before = bench.clock.now_us()
    bench.world.transfer(0, 0, bytes(10), 1_000_000)
    assert bench.clock.now_us() - before == pytest.approx(80)

"""The `mfrc522` package's chip class with what is wrong in it put right; imported only once its modules can be.

Register numbers are in the data sheet MFRC522 rev. 3.9, chapter 9.
"""

import logging
from typing import Any

from mfrc522 import MFRC522

from hardware.errors import ReaderTrouble
from hardware.pace import Pace
from hardware.reader import ReaderFault
from hardware.rfid.air import Received
from hardware.rfid.frames import HLTA, crc_a, with_crc
from hardware.rfid.gains import GAINS

log = logging.getLogger(__name__)

VERSION = 0x37

BIT_S = 128 / 13.56e6
"""One bit on the air at 106 kbit/s."""
TIMEOUT_S = 0.001
"""The chip's timer gives a card this long to begin its answer."""
STUCK_AFTER_S = 0.004
"""An exchange that has not ended this long after it should have never will."""

IRQ_RX, IRQ_IDLE, IRQ_TIMER = 0x20, 0x10, 0x01
ERROR_COLLISION = 0x08
ERRORS = 0x13
"""BufferOvfl, ParityErr, ProtocolErr; a collision is no error."""
ANTENNA = 0x03


class Chip(MFRC522):
    """An MFRC522 on an opened `spidev.SpiDev`; wire SDA to CE0, SCK, MOSI, MISO, 3.3 V, GND and RST to a free pin.

        spi = spidev.SpiDev()
        spi.open(0, 0)
        chip = Chip(spi, BootPace())
        chip.set_up()

    Every method raises ReaderTrouble when the chip does not behave, and OSError when the bus does not.
    """

    def __init__(self, spi: Any, pace: Pace, gain_db: int = 48) -> None:
        # The package's own constructor is left out: it adds a log handler per instance and guesses the reset pin.
        self.spi = spi
        self.logger = log
        self._pace = pace
        self._gain = GAINS[gain_db]

    # ---- bring-up

    def set_up(self) -> None:
        """Reset the chip by command, set its registers, switch the field on and see that it does as told."""
        self._check_version(self.version())
        self.MFRC522_Init()
        # Nothing can answer yet, so this must end by the timer: proof that the radio side is alive.
        self.exchange(b"\x26", last_bits=7)

    def MFRC522_Init(self) -> None:  # noqa: N802 - the package's name
        super().MFRC522_Init()
        # Timer: 13.56 MHz / (2 * 169 + 1) = 25 us a tick, 40 ticks: 1 ms after the end of a transmission.
        for register, value in (
            (self.TModeReg, 0x80),
            (self.TPrescalerReg, 169),
            (self.TReloadRegH, 0),
            (self.TReloadRegL, 39),
            (self.RFCfgReg, self._gain | 0x08),
            (self.CollReg, 0x00),  # ValuesAfterColl off: bits after a collision read 0
        ):
            self.Write_MFRC522(register, value)

    def MFRC522_Reset(self) -> None:  # noqa: N802 - the package's name
        super().MFRC522_Reset()
        # The oscillator needs a moment; the package writes on at once.
        self._pace.sleep(0.001)

    def version(self) -> int:
        """Read VersionReg: 0x91 or 0x92, copies say otherwise; 00 and FF mean that nothing answers."""
        return int(self.Read_MFRC522(VERSION))

    def Close_MFRC522(self) -> None:  # noqa: N802 - the package's name
        """Switch the field off and close the bus; the package would let go of every pin of the process as well."""
        try:
            self.AntennaOff()
        finally:
            self.spi.close()

    # ---- the air

    def exchange(self, data: bytes, *, last_bits: int = 0, align: int = 0, answer_bits: int = 0) -> Received | None:
        """Send a frame and wait for its answer; None when no card began one in 1 ms.

        `last_bits`: how many bits of the last byte are sent (0: all); `align`: at which bit of its first byte the
        answer goes on; `answer_bits`: how long an answer is expected, so that it is asked for when it is there.
        """
        self._send(data, last_bits, align)
        sent_s = self._air_s(data, last_bits)
        wait_s = sent_s + (0.0001 + (answer_bits * 9 / 8 + 2) * BIT_S if answer_bits else TIMEOUT_S + 0.00003)
        begun = self._pace.now_ns()
        self._pace.sleep(wait_s)
        while True:
            asked_s = (self._pace.now_ns() - begun) / 1e9
            irq, error, level, control, coll, tx_control, version = self._read_many(
                self.CommIrqReg, self.ErrorReg, self.FIFOLevelReg, self.ControlReg, self.CollReg,
                self.TxControlReg, VERSION,
            )  # fmt: skip
            self._check_version(version)
            if tx_control & ANTENNA != ANTENNA:
                raise ReaderTrouble(ReaderFault.RESTARTED)
            if irq & IRQ_RX:
                return self._received(error, level & 0x7F, control & 0x07, coll)
            if irq & IRQ_TIMER:
                return None
            if asked_s > wait_s + STUCK_AFTER_S:
                raise ReaderTrouble(ReaderFault.STUCK)
            self._pace.sleep(max(0.0001, sent_s + TIMEOUT_S + 0.00003 - asked_s))

    def halt(self) -> None:
        """HLTA to the selected card, which answers by silence (ISO/IEC 14443-3, 6.4.3)."""
        frame = with_crc(bytes((HLTA, 0x00)))
        self._send(frame, 0, 0)
        self._pace.sleep(self._air_s(frame, 0) + 0.00009)

    def _send(self, data: bytes, last_bits: int, align: int) -> None:
        self.Write_MFRC522(self.CommandReg, self.PCD_IDLE)
        self.Write_MFRC522(self.CommIrqReg, 0x7F)
        self.Write_MFRC522(self.FIFOLevelReg, 0x80)
        # One frame of SPI carries the whole FIFO; the package sends a frame per byte.
        self.spi.xfer2([self.FIFODataReg << 1, *data])
        self.Write_MFRC522(self.CommandReg, self.PCD_TRANSCEIVE)
        self.Write_MFRC522(self.BitFramingReg, 0x80 | align << 4 | last_bits)

    @staticmethod
    def _air_s(data: bytes, last_bits: int) -> float:
        bits = len(data) * 8 - (8 - last_bits if last_bits else 0)
        return (bits + bits // 8 + 3) * BIT_S

    def _received(self, error: int, level: int, last_bits: int, coll: int) -> Received:
        data = self._read_fifo(level)
        bits = level * 8 - (8 - last_bits if last_bits and level else 0)
        collision = None
        if error & ERROR_COLLISION and not coll & 0x20:
            collision = coll & 0x1F or 32
        garbled = bool(error & ERRORS) or (bool(error & ERROR_COLLISION) and collision is None)
        return Received(data, bits, collision, garbled)

    # ---- registers

    def _read_many(self, *registers: int) -> list[int]:
        """Read several registers in one SPI frame: each address is answered in the byte after it (8.1.2.1)."""
        return list(self.spi.xfer2([register << 1 | 0x80 for register in registers] + [0])[1:])

    def _read_fifo(self, count: int) -> bytes:
        if count == 0:
            return b""
        return bytes(self.spi.xfer2([self.FIFODataReg << 1 | 0x80] * count + [0])[1:])

    @staticmethod
    def _check_version(version: int) -> None:
        if version in (0x00, 0xFF):
            raise ReaderTrouble(ReaderFault.NOT_THERE)

    # ---- what the package's sector reading and writing stand on

    def MFRC522_ToCard(  # noqa: N802 - the package's name
        self,
        command: int,
        sendData: list[int],  # noqa: N803 - the package's name
    ) -> tuple[int, list[int], int]:
        """As the package's, but it ends when the chip's timer does: (status, bytes, bits)."""
        if command == self.PCD_AUTHENT:
            return (self.MI_OK if self._authenticate(bytes(sendData)) else self.MI_ERR, [], 0)
        received = self.exchange(bytes(sendData))
        if received is None:
            return self.MI_NOTAGERR, [], 0
        if received.is_garbled or received.collision is not None:
            return self.MI_ERR, [], 0
        return self.MI_OK, list(received.data[: self.MAX_LEN]), received.bits

    def MFRC522_Request(self, reqMode: int) -> tuple[int, int | None]:  # noqa: N802, N803 - the package's names
        """Wake cards by REQA or WUPA: (status, bits of the answer)."""
        received = self.exchange(bytes((reqMode,)), last_bits=7, answer_bits=16)
        if received is None or received.bits != 16:
            return self.MI_ERR, None
        return self.MI_OK, received.bits

    def CalulateCRC(self, pIndata: list[int]) -> list[int]:  # noqa: N802, N803 - the package's names
        """CRC_A; reckoned here, because the chip's costs a dozen transfers."""
        return list(crc_a(bytes(pIndata)))

    def _authenticate(self, data: bytes) -> bool:
        self.Write_MFRC522(self.CommandReg, self.PCD_IDLE)
        self.Write_MFRC522(self.CommIrqReg, 0x7F)
        self.Write_MFRC522(self.FIFOLevelReg, 0x80)
        self.spi.xfer2([self.FIFODataReg << 1, *data])
        self.Write_MFRC522(self.CommandReg, self.PCD_AUTHENT)
        for _ in range(10):
            self._pace.sleep(0.001)
            irq = self.Read_MFRC522(self.CommIrqReg)
            if irq & (IRQ_IDLE | IRQ_TIMER):
                return bool(irq & IRQ_IDLE) and bool(self.Read_MFRC522(self.Status2Reg) & 0x08)
        return False

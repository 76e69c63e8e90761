"""Reads the [board] table of a device's configuration, and refuses what would be wired dangerously."""

from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any

from hardware.config.fields import Fields
from hardware.config.header import PinUse, check_pins
from hardware.config.toml_lines import TomlLines
from hardware.rfid.gains import GAINS
from hardware.settings import (
    BeeperConfig,
    BoardConfig,
    DoorConfig,
    FeedbackConfig,
    LampsConfig,
    LockConfig,
    ReaderConfig,
)

PULSE_MS = (300, 1000)
BUTTONS = ("put_in", "take_out")


def parse_board(table: Mapping[str, Any], source: Path | str, *, readers_only: bool = False) -> BoardConfig:
    """Parse the [board] table of the file `source`; raises ConfigurationError naming the line and what to write.

    `readers_only`: a reception, at which nothing but readers may be wired. docs/wiring.md has the whole table with
    comments.
    """
    root = Fields(table, ("board",), TomlLines(Path(source)))
    spi1_off = root.flag("spi1_and_i2s_off", False)
    readers = tuple(_reader(fields) for fields in root.tables("readers"))
    if not readers:
        raise root.error("readers", "has no reader. Write a table [[board.readers]] with name and reset_pin")
    if readers_only:
        root.finish()
        config = BoardConfig(readers=readers, locks=MappingProxyType({}))
        check_pins(_uses(config, root), spi1_and_i2s_off=spi1_off)
        _check_readers(readers, root)
        return config
    locks = {slot: _lock(fields) for slot, fields in root.by_slot("locks")}
    if not locks:
        raise root.error("locks", "has no lock. Write a table [board.locks.1] with pin and active_high")
    doors = {slot: _door(fields) for slot, fields in root.by_slot("doors")}
    for slot in doors:
        if slot not in locks:
            raise root.error(f"doors.{slot}", f"is a door contact without a lock: write [board.locks.{slot}] as well")
    lamps = _lamps(root.table("lamps"))
    beeper = root.optional_table("beeper")
    buttons = root.optional_table("buttons")
    feedback = root.optional_table("lock_feedback")
    config = BoardConfig(
        readers=readers,
        locks=MappingProxyType(locks),
        lamps=lamps,
        doors=MappingProxyType(doors),
        beeper=_beeper(beeper) if beeper is not None else None,
        buttons=MappingProxyType(_buttons(buttons) if buttons is not None else {}),
        lock_feedback=_feedback(feedback) if feedback is not None else None,
    )
    root.finish()
    check_pins(_uses(config, root), spi1_and_i2s_off=spi1_off)
    _check_readers(readers, root)
    return config


def _reader(fields: Fields) -> ReaderConfig:
    config = ReaderConfig(
        name=fields.word("name"),
        bus=fields.number("bus", 0, 0, 0),
        device=fields.number("device", 0, 1, 0),
        reset_pin=fields.pin("reset_pin"),
        speed_hz=fields.number("speed_hz", 100_000, 10_000_000, 1_000_000),
        gain_db=fields.number("gain_db", min(GAINS), max(GAINS), 48),
    )
    if config.gain_db not in GAINS:
        raise fields.error("gain_db", f"= {config.gain_db} is no gain of this chip: write one of {sorted(GAINS)}")
    fields.finish()
    return config


def _lock(fields: Fields) -> LockConfig:
    config = LockConfig(
        pin=fields.pin("pin"),
        active_high=fields.flag("active_high"),
        pulse_ms=fields.number("pulse_ms", *PULSE_MS, 600),
        continuous=fields.flag("continuous", False),
    )
    fields.finish()
    return config


def _door(fields: Fields) -> DoorConfig:
    level = fields.word("closed_level", "low")
    if level not in ("low", "high"):
        raise fields.error("closed_level", f'= "{level}" cannot be: write "low" or "high"')
    config = DoorConfig(pin=fields.pin("pin"), closed_level="low" if level == "low" else "high")
    fields.finish()
    return config


def _lamps(fields: Fields) -> LampsConfig:
    config = LampsConfig(
        red=fields.pin("red"),
        amber=fields.pin("amber"),
        green=fields.pin("green"),
        active_high=fields.flag("active_high"),
    )
    fields.finish()
    return config


def _beeper(fields: Fields) -> BeeperConfig:
    config = BeeperConfig(
        pin=fields.pin("pin"), active_high=fields.flag("active_high"), muted=fields.flag("muted", False)
    )
    fields.finish()
    return config


def _buttons(fields: Fields) -> dict[str, int]:
    pins = {name: fields.pin(name) for name in BUTTONS}
    fields.finish()
    return pins


def _feedback(fields: Fields) -> FeedbackConfig:
    config = FeedbackConfig(pin=fields.pin("pin"), active_high=fields.flag("active_high"))
    fields.finish()
    return config


def _uses(config: BoardConfig, root: Fields) -> list[PinUse]:
    uses = [
        PinUse(reader.reset_pin, "reset", root.place("readers", str(n), "reset_pin"))
        for n, reader in enumerate(config.readers)
    ]
    uses += [PinUse(lock.pin, "lock", root.place("locks", str(slot), "pin")) for slot, lock in config.locks.items()]
    uses += [PinUse(door.pin, "contact", root.place("doors", str(slot), "pin")) for slot, door in config.doors.items()]
    if config.lamps is not None:
        uses += [PinUse(getattr(config.lamps, n), "lamp", root.place("lamps", n)) for n in ("red", "amber", "green")]
    uses += [PinUse(pin, "button", root.place("buttons", name)) for name, pin in config.buttons.items()]
    if config.beeper is not None:
        uses.append(PinUse(config.beeper.pin, "beeper", root.place("beeper", "pin")))
    if config.lock_feedback is not None:
        uses.append(PinUse(config.lock_feedback.pin, "feedback", root.place("lock_feedback", "pin")))
    return uses


def _check_readers(readers: tuple[ReaderConfig, ...], root: Fields) -> None:
    names: set[str] = set()
    selects: set[tuple[int, int]] = set()
    for n, reader in enumerate(readers):
        if reader.name in names:
            raise root.error(f"readers.{n}.name", f'= "{reader.name}" is used twice: give each reader its own name')
        if (reader.bus, reader.device) in selects:
            raise root.error(
                f"readers.{n}.device", f"= {reader.device} is used twice: each reader has its own chip select, 0 or 1"
            )
        names.add(reader.name)
        selects.add((reader.bus, reader.device))

"""Which pin of the forty may carry what, in BCM numbers: the rules that keep a lock from clicking by accident. Pure."""

from dataclasses import dataclass
from typing import Literal

from hardware.errors import ConfigurationError

Purpose = Literal["reset", "lock", "contact", "lamp", "button", "beeper", "feedback"]

LOCK_PINS = frozenset({12, 13, 16, 17, 22, 23, 24, 26, 27})
"""Pulled down from the first moment after a reset, and no part of a bus."""
LOCK_PINS_WITHOUT_I2S = frozenset({18, 19, 20, 21})
"""As good as those once SPI1 and I2S are off, which would drive them."""
I2C_PINS = frozenset({2, 3})
"""I2C with pull-ups of 1.8 kOhm: good for contacts, and kept for the port expander of larger banks."""
OTHER_PINS = frozenset(range(4, 7)) | frozenset({12, 13}) | frozenset(range(16, 28))
WHY_NOT = {
    0: "is read at boot to identify a HAT", 1: "is read at boot to identify a HAT",
    7: "is SPI0's second chip select", 8: "is SPI0's first chip select", 9: "is SPI0's MISO",
    10: "is SPI0's MOSI", 11: "is SPI0's clock", 14: "is the UART's: console output at boot would drive it",
    15: "is the UART's: console output at boot would drive it",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class PinUse:
    """A pin, what for, and where the configuration says so."""

    pin: int
    purpose: Purpose
    place: str
    """As `kiosk.toml, line 12: [board.locks.1] pin`."""


def check_pins(uses: list[PinUse], *, spi1_and_i2s_off: bool) -> None:
    """Raise ConfigurationError at the first pin that may not be used so, or is used twice."""
    seen: dict[int, PinUse] = {}
    for use in uses:
        allowed = _allowed(use.purpose, spi1_and_i2s_off)
        if use.purpose == "lock" and use.pin in LOCK_PINS_WITHOUT_I2S and use.pin not in allowed:
            raise ConfigurationError(
                f"{use.place} = {use.pin} may drive a lock only with SPI1 and I2S off: take another of "
                f"{_list(LOCK_PINS)}, or switch both off in config.txt and write spi1_and_i2s_off = true under [board]."
            )
        if use.pin not in allowed:
            why = WHY_NOT.get(use.pin, "may not carry this")
            raise ConfigurationError(
                f"{use.place} = {use.pin} cannot be a pin for a {use.purpose}: BCM {use.pin} {why}. "
                f"Take one of {_list(allowed)}."
            )
        if use.pin in seen:
            raise ConfigurationError(
                f"{use.place} = {use.pin} is used twice, also by {seen[use.pin].place}: give each its own pin."
            )
        seen[use.pin] = use


def _allowed(purpose: Purpose, spi1_and_i2s_off: bool) -> frozenset[int]:
    if purpose == "lock":
        return LOCK_PINS | LOCK_PINS_WITHOUT_I2S if spi1_and_i2s_off else LOCK_PINS
    if purpose in ("contact", "button", "feedback"):
        return OTHER_PINS | I2C_PINS
    return OTHER_PINS


def _list(pins: frozenset[int]) -> str:
    return ", ".join(map(str, sorted(pins)))

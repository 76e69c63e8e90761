"""What an onlooker makes of a lamp: its rhythm, told from the edges of its pin alone."""

SHORT_US = 300_000.0
"""A flash shorter than this is one of a double."""
DARK_US = 900_000.0
"""Dark for longer than any pause of a rhythm: off."""
LIT_US = 700_000.0
"""Lit for longer than any flash of a rhythm: steady."""


class LampWatch:
    """Watches one lamp. `told` is the rhythm the program says it shows; it counts while the edges do not deny it."""

    def __init__(self) -> None:
        self.told: str | None = None
        self._lit = False
        self._since_us = 0.0
        self._last_flash_us: float | None = None

    def edge(self, lit: bool, now_us: float) -> None:
        """The lamp was switched."""
        if lit == self._lit:
            return
        if self._lit:
            self._last_flash_us = now_us - self._since_us
        elif now_us - self._since_us > DARK_US:
            self._last_flash_us = None
        self._lit, self._since_us = lit, now_us

    def rhythm(self, now_us: float) -> str:
        """Say off, steady, slow or double."""
        for_us = now_us - self._since_us
        if self._lit and for_us > LIT_US:
            return "steady"
        if not self._lit and (for_us > DARK_US or self._last_flash_us is None):
            return "off"
        if self.told is not None:
            return self.told
        if self._last_flash_us is None:
            return "steady"
        if self._last_flash_us > LIT_US:
            return "steady" if self._lit else "off"
        return "double" if self._last_flash_us < SHORT_US else "slow"

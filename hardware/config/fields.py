"""Takes typed values out of a TOML table; what is missing, wrong or unknown becomes an error that names its line."""

from collections.abc import Iterator, Mapping
from typing import Any, TypeVar

from hardware.config.toml_lines import TomlLines
from hardware.errors import ConfigurationError

T = TypeVar("T", bool, int, str)


class Fields:
    """One table; `finish` refuses every key that was not asked for."""

    def __init__(self, table: Any, path: tuple[str, ...], lines: TomlLines) -> None:
        self._path = path
        self._lines = lines
        self._asked: set[str] = set()
        if not isinstance(table, Mapping):
            raise ConfigurationError(f"{lines.place(path)}: {self._name()} must be a table, not {table!r}")
        self._table: Mapping[str, Any] = table

    def error(self, key: str, what: str) -> ConfigurationError:
        """An error about a key of this table (dotted: of one below)."""
        return ConfigurationError(f"{self.place(*key.split('.'))} {what}.")

    def place(self, *keys: str) -> str:
        """Where a key stands, as `kiosk.toml, line 12: [board.locks.1] pin`."""
        path = (*self._path, *keys)
        return f"{self._lines.place(path)}: [{'.'.join(path[:-1])}] {path[-1]}"

    def word(self, key: str, default: str | None = None) -> str:
        """A text."""
        return self._value(key, str, default, "a text in quotes")

    def flag(self, key: str, default: bool | None = None) -> bool:
        """A true or false."""
        return self._value(key, bool, default, "true or false")

    def number(self, key: str, least: int, most: int, default: int | None = None) -> int:
        """A whole number within limits."""
        value = self._value(key, int, default, f"a whole number from {least} to {most}")
        if not least <= value <= most:
            raise self.error(key, f"= {value} cannot be: write a whole number from {least} to {most}")
        return value

    def pin(self, key: str) -> int:
        """A pin's BCM number; whether it may carry what it is for is checked later."""
        return self.number(key, 0, 27)

    def table(self, key: str) -> "Fields":
        """A table below; it must be there."""
        below = self.optional_table(key)
        if below is None:
            raise self.error(key, f"is missing. Write a table [{'.'.join((*self._path, key))}]")
        return below

    def optional_table(self, key: str) -> "Fields | None":
        """A table below, or None."""
        self._asked.add(key)
        return Fields(self._table[key], (*self._path, key), self._lines) if key in self._table else None

    def tables(self, key: str) -> list["Fields"]:
        """An array of tables below, maybe empty."""
        self._asked.add(key)
        below = self._table.get(key, [])
        if not isinstance(below, list):
            raise self.error(key, f"must be an array: write [[{'.'.join((*self._path, key))}]] with two brackets")
        return [Fields(table, (*self._path, key, str(n)), self._lines) for n, table in enumerate(below)]

    def by_slot(self, key: str) -> Iterator[tuple[int, "Fields"]]:
        """Tables below that are named by their slot, from 1, in order."""
        below = self.optional_table(key)
        if below is None:
            return
        slots = []
        for name in below._table:
            if not name.isdecimal() or name != str(int(name)) or int(name) < 1:
                raise below.error(name, "is no slot: slots are whole numbers from 1")
            slots.append(int(name))
        for slot in sorted(slots):
            yield slot, below.table(str(slot))

    def finish(self) -> None:
        """Refuse what nobody asked for."""
        for key in self._table:
            if key not in self._asked:
                raise self.error(key, f"is unknown here. Known are: {', '.join(sorted(self._asked))}")

    def _value(self, key: str, kind: type[T], default: T | None, wanted: str) -> T:
        self._asked.add(key)
        if key not in self._table:
            if default is None:
                raise ConfigurationError(
                    f"{self._lines.place(self._path)}: {self._name()} lacks {key}, which has no default. "
                    f"Write {key} = {wanted}."
                )
            return default
        value = self._table[key]
        # In Python a bool is an int; in a configuration it is a mistake.
        if type(value) is not kind:
            raise self.error(key, f"= {value!r} cannot be: write {wanted}")
        return value

    def _name(self) -> str:
        return f"[{'.'.join(self._path)}]"

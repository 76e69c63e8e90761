"""One event with everything a sentence about it may need: names, school times, its block."""

from dataclasses import dataclass

from admin_web.queries.handles import short_badge
from admin_web.queries.names import Names
from admin_web.queries.school_time import SchoolTime
from admin_web.queries.sentences.sentence import Part, Strong
from admin_web.queries.stored_events import Privacy, StoredEvent

RECOVERING = "Details are being recovered"


@dataclass(frozen=True, slots=True)
class Told:
    """An event about to be told."""

    event: StoredEvent
    names: Names
    times: SchoolTime

    def who(self) -> Part:
        """Name whoever it is about, as far as that is known."""
        event = self.event
        if event.person is not None:
            return Strong(self.names.people.get(event.person, "A person who is no longer kept"))
        if event.privacy is Privacy.SEALED:
            return "Somebody"
        if event.privacy is Privacy.ERASED:
            return "A person, erased,"
        badge = self.names.badges.get(event.text("badge") or "")
        if badge is not None and badge.cover:
            return Strong(badge.label or "A cover badge")
        return "Somebody" if badge is not None else "Somebody unknown"

    def holder(self) -> Part:
        """Name whose badge it is; a badge of the cover pool is nobody's."""
        return self.who() if self.event.person is not None else "the cover pool"

    def badge(self) -> str | None:
        """Name a badge by what stands on it, or by the letters beside it on the page People and badges."""
        reference = self.event.text("badge")
        if reference is None:
            return None
        known = self.names.badges.get(reference)
        return known.label if known is not None and known.label else f"Badge {short_badge(reference)}"

    def place(self) -> Part:
        """Name the place, with the locker at a bank where the event says which."""
        event = self.event
        name = self.names.place(event.point, event.device) or event.device
        slot = event.number("slot")
        if slot is not None and self.names.is_bank(event.point):
            return Strong(f"{name}, locker {slot}")
        return Strong(name)

    def point(self) -> Part:
        """Name the place without a locker."""
        return Strong(self.names.place(self.event.point, self.event.device) or self.event.device)

    def actor(self) -> Part:
        """Name who did it in the office."""
        actor = self.event.text("actor")
        if actor is None:
            return "Central" if self.event.privacy is Privacy.NONE else "Somebody"
        return Strong(self.names.actors.get(actor, "Somebody whose account is no longer kept"))

    def instant(self, *path: str) -> str | None:
        """Read an instant inside the private part and write it as said on the event's day."""
        value: object = self.event.private
        for key in path:
            value = value.get(key) if isinstance(value, dict) else None
        moment = self.event.moment(value)
        return None if moment is None else self.times.near(moment, self.event.time)

    def instant_of(self, key: str) -> str | None:
        """Read an instant of the public data and write it as said on the event's day."""
        moment = self.event.moment(self.event.data.get(key))
        return None if moment is None else self.times.until(moment, self.event.time)

    def block_name(self) -> str | None:
        """The name of the block as it reads inside a sentence."""
        block = self.event.private.get("block")
        name = block.get("name") if isinstance(block, dict) else None
        return inside(name) if isinstance(name, str) and name else None

    def clause(self) -> str | None:
        """The clause, as the second line cites it."""
        clause = self.event.text("clause")
        return None if clause is None else f"clause {clause}"

    def hidden(self) -> str | None:
        """What the second line says where the private part is not there to be read."""
        return RECOVERING if self.event.privacy is Privacy.SEALED else None


_ALWAYS_CAPITAL = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun", "Eng", "Fre", "Ger", "Spa", "Chr", "Eas")


def inside(name: str) -> str:
    """Write a block's name with a small first letter, unless it is a name or an abbreviation."""
    if len(name) > 1 and name[1].islower() and not name.startswith(_ALWAYS_CAPITAL):
        return name[0].lower() + name[1:]
    return name

"""The form of one block of the usual week, and what saving it makes of the week."""

from dataclasses import dataclass, replace
from typing import Self

from starlette.datastructures import FormData

from admin_web.errors import Invalid
from admin_web.services.bodies import read_span
from admin_web.services.texts import require_name
from admin_web.web.visitors import text_of, texts_of
from policy.day_plan import KIND_WORDS, BlockKind, Day, PlannedBlock, PlannedWeek, Target
from policy.rules import Span
from policy.school_calendar import WEEKDAY_NAMES
from policy.timetable import NAME_LENGTH, format_minutes, parse_minutes


@dataclass(frozen=True, slots=True)
class BlockForm:
    """One block as typed, and the block it was, if there was one."""

    day: int = 0
    origin: PlannedBlock | None = None
    name: str = ""
    kind: str = BlockKind.LESSON.value
    starts: str = ""
    until: str = ""
    days: tuple[int, ...] = ()

    @classmethod
    def of_block(cls, day: int, block: PlannedBlock) -> Self:
        """Fill the form with a block as it is."""
        return cls(
            day=day,
            origin=block,
            name=block.name,
            kind=block.kind.value,
            starts=format_minutes(block.span.start),
            until=format_minutes(block.span.end),
            days=(day,),
        )

    @classmethod
    def of_post(cls, form: FormData) -> Self:
        """Read the form as posted."""
        return cls(
            day=_weekday(text_of(form, "day")),
            origin=_read_origin(text_of(form, "origin")),
            name=text_of(form, "name").strip(),
            kind=text_of(form, "kind"),
            starts=text_of(form, "from").strip(),
            until=text_of(form, "until").strip(),
            days=tuple(sorted({_weekday(day) for day in texts_of(form, "days")})),
        )

    @property
    def origin_text(self) -> str:
        """Write the block it was, for the form to carry."""
        if self.origin is None:
            return ""
        span = self.origin.span
        return f"{self.origin.kind}|{span.start}|{span.end}|{self.origin.name}"

    @property
    def title(self) -> str:
        """`Tuesday, lessons`."""
        if self.origin is None:
            return "A new block"
        name = self.origin.name
        return f"{WEEKDAY_NAMES[self.day]}, {name[:1].lower() + name[1:]}"

    def block(self) -> PlannedBlock:
        """Make the block that was typed. Raises Invalid naming the field."""
        try:
            kind = BlockKind(self.kind)
        except ValueError:
            raise Invalid("That is no kind of block.", what_to_do="Choose one.", field="kind") from None
        name = require_name(self.name or KIND_WORDS[kind], "name", at_most=NAME_LENGTH)
        return PlannedBlock(read_times(self.starts, self.until), kind, name)

    def followed(self, week: PlannedWeek) -> "BlockForm":
        """Take for the block it was opened with the one that somebody made of it meanwhile, where only one can be."""
        if self.origin is None or self.origin in week[self.day]:
            return self
        was = self.origin.span
        there = [block for block in week[self.day] if block.span.start < was.end and was.start < block.span.end]
        return replace(self, origin=there[0]) if len(there) == 1 else self

    def apply(self, week: PlannedWeek, *, removes: bool) -> PlannedWeek:
        """Put the block in place of the one it was on each ticked day, or take that one away. Raises Invalid."""
        if not self.days:
            raise Invalid("No day is ticked.", what_to_do="Tick each day that changes.", field="days")
        new = None if removes else self.block()
        return tuple(self._on(day, new) if weekday in self.days else tuple(day) for weekday, day in enumerate(week))

    def _on(self, day: Day, new: PlannedBlock | None) -> Day:
        kept = [block for block in day if block != self.origin]
        return tuple(sorted([*kept, new] if new is not None and new not in kept else kept))


def read_times(starts: str, until: str) -> Span:
    """Read from and until as typed. Raises Invalid at the field."""
    try:
        return read_span(starts, until, "span")
    except Invalid as problem:
        field = "until" if (problem.field or "").endswith("until") else "from"
        raise Invalid(problem.error, what_to_do=problem.what_to_do, field=field) from None


def read_target(text: str, targets: list[Target]) -> Target | None:
    """Find whom an address means, `area.robins` or `group.catering`; None for nobody there is."""
    return next((target for target in targets if target_key(target) == text), None)


def target_key(target: Target) -> str:
    """Write a target as it stands in an address."""
    return f"area.{target.area}" if target.area is not None else f"group.{target.group}"


def minutes_or_none(text: str) -> int | None:
    """Read a time of the day if it is one."""
    try:
        return parse_minutes(text)
    except ValueError:
        return None


def _weekday(text: str) -> int:
    return int(text) if text in tuple("0123456") else 0


def _read_origin(text: str) -> PlannedBlock | None:
    """Read the block that the form was opened with; a text of somebody's own making is none."""
    parts = text.split("|", 3)
    if len(parts) != 4:
        return None
    try:
        return PlannedBlock(Span(int(parts[1][:5]), int(parts[2][:5])), BlockKind(parts[0]), parts[3])
    except ValueError:
        return None

"""What one timetable changes in another, as sentences somebody can read before publishing (flow 2, step 1)."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

from policy.day_plan import Day, OneOff, PlannedBlock, Target
from policy.rules import Span
from policy.school_calendar import CLOSURE_WORDS, WEEKDAY_NAMES, Closure, Dates, Term, day_words, words_of
from policy.school_timetable import SchoolTimetable
from policy.school_timetable_checks import Names, name_of
from policy.timetable import format_minutes


class Sign(StrEnum):
    """Whether something comes, goes or becomes another."""

    ADDED = "added"
    REMOVED = "removed"
    CHANGED = "changed"


@dataclass(frozen=True, slots=True)
class Difference:
    """One difference, like `Tuesday 15:30-16:30 Hall: club added`."""

    sign: Sign
    text: str


_Edit = tuple[Span, str, Sign]
"""Where in a day, what happens there, and its sign."""


def differences(old: SchoolTimetable, new: SchoolTimetable, names: Names) -> tuple[Difference, ...]:
    """List what `new` changes in `old`: terms, closures, the usual weeks, one-off days; `names` are the areas."""
    return (
        *_term_differences(old, new),
        *_closure_differences(old, new),
        *_week_differences(old, new, names),
        *_one_off_differences(old, new, names),
    )


def day_edits(old: Day, new: Day) -> Iterator[_Edit]:
    """List what becomes of the blocks of a day: renamed in place, moved, removed, added."""
    gone, come = _without(old, new), _without(new, old)
    for block in list(come):
        was = next((one for one in gone if one.span == block.span), None)
        if was is not None:
            gone.remove(was)
            come.remove(block)
            yield block.span, f"{_named(block)} in place of {_named(was)}", Sign.CHANGED
    for block in list(come):
        was = next((one for one in gone if (one.kind, one.name) == (block.kind, block.name)), None)
        if was is not None:
            gone.remove(was)
            come.remove(block)
            yield block.span, f"{_named(block)} moved, was {_times(was.span)}", Sign.CHANGED
    yield from ((block.span, f"{_named(block)} removed", Sign.REMOVED) for block in gone)
    yield from ((block.span, f"{_named(block)} added", Sign.ADDED) for block in come)


def _week_differences(old: SchoolTimetable, new: SchoolTimetable, names: Names) -> Iterator[Difference]:
    """Say the same edit of several days or places once."""
    days_by_edit: dict[tuple[Target, _Edit], list[int]] = defaultdict(list)
    for target in _targets(old, new, names):
        for weekday, (was, now) in enumerate(zip(old.week_of(target), new.week_of(target), strict=True)):
            for edit in day_edits(was, now):
                days_by_edit[target, edit].append(weekday)
    places: dict[tuple[tuple[int, ...], _Edit], list[str]] = defaultdict(list)
    for (target, edit), weekdays in days_by_edit.items():
        places[tuple(weekdays), edit].append(name_of(target, names))
    for (days, (span, what, sign)), where in sorted(places.items(), key=lambda entry: (entry[0][0], entry[0][1][0])):
        yield Difference(sign, f"{_days(days)} {_times(span)} {_list(where)}: {what}")


def _one_off_differences(old: SchoolTimetable, new: SchoolTimetable, names: Names) -> Iterator[Difference]:
    was = {(one.date, one.target): one for one in old.one_offs}
    now = {(one.date, one.target): one for one in new.one_offs}
    keys = sorted(was.keys() | now.keys(), key=lambda key: (key[0], name_of(key[1], names)))
    for day, target in keys:
        before, after = was.get((day, target)), now.get((day, target))
        if before == after:
            continue
        place = f"{day_words(day)}, {name_of(target, names)}"
        if after is None:
            yield Difference(Sign.REMOVED, f"{place}: the usual day again")
        else:
            sign = Sign.ADDED if before is None else Sign.CHANGED
            yield Difference(sign, f"{place}: on this day alone {_one_off_words(after)}")


def _one_off_words(one: OneOff) -> str:
    blocks = "; ".join(f"{_named(block)} {_times(block.span)}" for block in one.blocks)
    if one.replaces:
        return blocks or "nothing is restricted"
    left_out = "; ".join(f"{_named(block)} {_times(block.span)}" for block in one.removed)
    parts = [f"also {blocks}"] if blocks else []
    parts += [f"without {left_out}"] if left_out else []
    return ", ".join(parts) or "the usual day"


def _term_differences(old: SchoolTimetable, new: SchoolTimetable) -> Iterator[Difference]:
    was, now = _terms(old), _terms(new)
    for name in dict.fromkeys((*was, *now)):
        before, after = was.get(name), now.get(name)
        if before is None and after is not None:
            half = "" if after.half_term is None else f", half term {words_of(after.half_term)}"
            yield Difference(Sign.ADDED, f"{name} added: {words_of(after.dates)}{half}")
        elif after is None and before is not None:
            yield Difference(Sign.REMOVED, f"{name} removed: {words_of(before.dates)}")
        elif before is not None and after is not None:
            if before.dates != after.dates:
                yield Difference(Sign.CHANGED, f"{name}: {words_of(after.dates)}, was {words_of(before.dates)}")
            yield from _half_term(name, before.half_term, after.half_term)


def _half_term(name: str, before: Dates | None, after: Dates | None) -> Iterator[Difference]:
    if before is None and after is not None:
        yield Difference(Sign.ADDED, f"{name}, half term added: {words_of(after)}")
    elif before is not None and after is None:
        yield Difference(Sign.REMOVED, f"{name}, half term removed: {words_of(before)}")
    elif before is not None and after is not None and before != after:
        yield Difference(Sign.CHANGED, f"{name}, half term: {words_of(after)}, was {words_of(before)}")


def _terms(timetable: SchoolTimetable) -> dict[str, Term]:
    return {f"{year.name}, {term.name}": term for year in timetable.years for term in year.terms}


def _closure_differences(old: SchoolTimetable, new: SchoolTimetable) -> Iterator[Difference]:
    gone = [closure for closure in old.closures if closure not in new.closures]
    come = [closure for closure in new.closures if closure not in old.closures]
    for closure in sorted(come, key=lambda one: (one.dates, one.name)):
        was = next((one for one in gone if (one.name, one.kind) == (closure.name, closure.kind)), None)
        if was is None:
            yield Difference(Sign.ADDED, f"{_closed(closure)} added")
        else:
            gone.remove(was)
            yield Difference(Sign.CHANGED, f"{_closed(closure)}, was {words_of(was.dates)}")
    for closure in sorted(gone, key=lambda one: (one.dates, one.name)):
        yield Difference(Sign.REMOVED, f"{_closed(closure)} removed")


def _closed(closure: Closure) -> str:
    kind = CLOSURE_WORDS[closure.kind]
    named = closure.name if kind.casefold() in closure.name.casefold() else f"{closure.name} ({kind})"
    return f"{named}, {words_of(closure.dates)}"


def _targets(old: SchoolTimetable, new: SchoolTimetable, names: Names) -> list[Target]:
    every = dict.fromkeys(plan.target for timetable in (old, new) for plan in timetable.plans)
    return sorted(every, key=lambda target: (target.area is None, name_of(target, names)))


def _without(blocks: Day, others: Day) -> list[PlannedBlock]:
    """Leave out of a day what the other day has too, as often as it has it."""
    left, rest = list(blocks), list(others)
    for block in blocks:
        if block in rest:
            rest.remove(block)
            left.remove(block)
    return sorted(left)


def _named(block: PlannedBlock) -> str:
    """Name a block inside a sentence: a club is called one, and a plain word begins small."""
    name = block.name
    words = block.kind.words
    if name.casefold() in words.casefold():
        return name[:1].lower() + name[1:]
    return f"{name} ({words[:1].lower() + words[1:]})" if "club" in words and "club" not in name.casefold() else name


def _days(weekdays: Sequence[int]) -> str:
    if len(weekdays) > 2 and list(weekdays) == list(range(weekdays[0], weekdays[-1] + 1)):
        return f"{WEEKDAY_NAMES[weekdays[0]]} to {WEEKDAY_NAMES[weekdays[-1]]}"
    return _list(WEEKDAY_NAMES[weekday] for weekday in weekdays)


def _list(words: Iterable[str]) -> str:
    *before, last = words
    return f"{', '.join(before)} and {last}" if before else last


def _times(span: Span) -> str:
    return f"{format_minutes(span.start)}-{format_minutes(span.end)}"

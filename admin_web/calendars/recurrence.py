"""The days a recurrence rule names within a span (RFC 5545, 3.3.10), counted day by day, so that no rule runs away."""

from calendar import monthrange
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

FREQUENCIES = ("DAILY", "WEEKLY", "MONTHLY", "YEARLY")
PARTS = frozenset({"FREQ", "INTERVAL", "COUNT", "UNTIL", "BYDAY", "BYMONTH", "BYMONTHDAY", "WKST"})
_DAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
MOST_REPEATS = 60
"""Days that one entry may name; a closure that comes more often is a mistake."""


class RuleNotRead(ValueError):
    """The rule says something that no closure or term needs; the text says what."""


@dataclass(frozen=True, slots=True)
class Rule:
    """A recurrence rule of whole days."""

    frequency: str
    interval: int = 1
    count: int | None = None
    until: date | None = None
    weekdays: tuple[tuple[int | None, int], ...] = ()
    """(which one, weekday): (None, 0) every Monday, (1, 0) the first, (-1, 0) the last."""
    months: tuple[int, ...] = ()
    month_days: tuple[int, ...] = ()
    week_start: int = 0


def read_rule(parts: Mapping[str, Sequence[object]], until: date | None) -> Rule:
    """Take a rule's parts over; `until` is read beforehand. Raises RuleNotRead."""
    unknown = sorted(parts.keys() - PARTS)
    if unknown:
        raise RuleNotRead(f"it repeats by {unknown[0]}, which is not read here")
    frequency = str(_one(parts, "FREQ", "")).upper()
    if frequency not in FREQUENCIES:
        raise RuleNotRead(f"it repeats {frequency.lower() or 'without saying how'}")
    count = None if "COUNT" not in parts else _number(_one(parts, "COUNT", 0), 1, 10_000)
    return Rule(
        frequency=frequency,
        interval=_number(_one(parts, "INTERVAL", 1), 1, 1000),
        count=count,
        until=until,
        weekdays=tuple(_weekday(str(day), frequency) for day in parts.get("BYDAY", ())),
        months=tuple(_number(month, 1, 12) for month in parts.get("BYMONTH", ())),
        month_days=tuple(_number(day, -31, 31) for day in parts.get("BYMONTHDAY", ())),
        week_start=_DAYS.index(str(_one(parts, "WKST", "MO")).upper()) if _known_start(parts) else 0,
    )


def days_named(rule: Rule, start: date, last: date) -> Iterator[date]:
    """Name the days from `start` to `last` that the rule names; `start` itself is always one."""
    day, found = start, 0
    while day <= last and (rule.until is None or day <= rule.until) and (rule.count is None or found < rule.count):
        if day == start or _names(rule, start, day):
            found += 1
            yield day
        day += timedelta(days=1)


def _names(rule: Rule, start: date, day: date) -> bool:
    if rule.months and day.month not in rule.months:
        return False
    if rule.frequency == "DAILY":
        return (day - start).days % rule.interval == 0 and _in_month_days(rule, day) and _in_weekdays(rule, day)
    if rule.frequency == "WEEKLY":
        weeks = (_week(day, rule.week_start) - _week(start, rule.week_start)).days // 7
        weekdays = {weekday for _, weekday in rule.weekdays} or {start.weekday()}
        return weeks % rule.interval == 0 and day.weekday() in weekdays
    if rule.frequency == "MONTHLY":
        months = (day.year - start.year) * 12 + day.month - start.month
        if months % rule.interval:
            return False
        if not (rule.weekdays or rule.month_days):
            return day.day == start.day
        return _in_month_days(rule, day) and _in_weekdays(rule, day, of_month=True)
    if (day.year - start.year) % rule.interval:
        return False
    if not (rule.weekdays or rule.month_days):
        return day.day == start.day and (bool(rule.months) or day.month == start.month)
    return _in_month_days(rule, day) and _in_weekdays(rule, day, of_month=bool(rule.months))


def _in_month_days(rule: Rule, day: date) -> bool:
    length = monthrange(day.year, day.month)[1]
    return not rule.month_days or day.day in rule.month_days or day.day - length - 1 in rule.month_days


def _in_weekdays(rule: Rule, day: date, *, of_month: bool | None = None) -> bool:
    """Whether a day is one of the weekdays, numbered within its month or its year where they are numbered."""
    if not rule.weekdays:
        return True
    if of_month:
        place, length = day.day, monthrange(day.year, day.month)[1]
    else:
        place = day.timetuple().tm_yday
        length = date(day.year, 12, 31).timetuple().tm_yday
    from_first, from_last = (place - 1) // 7 + 1, -((length - place) // 7 + 1)
    return any(
        weekday == day.weekday() and number in (None, from_first, from_last) for number, weekday in rule.weekdays
    )


def _week(day: date, week_start: int) -> date:
    return day - timedelta(days=(day.weekday() - week_start) % 7)


def _weekday(text: str, frequency: str) -> tuple[int | None, int]:
    number, name = text[:-2].lstrip("+"), text[-2:].upper()
    if name not in _DAYS:
        raise RuleNotRead("it names a weekday that there is not")
    if not number:
        return None, _DAYS.index(name)
    if frequency in ("DAILY", "WEEKLY"):
        raise RuleNotRead(f"it numbers the weekdays of a {frequency.lower()} rule")
    return _number(number, -53, 53), _DAYS.index(name)


def _known_start(parts: Mapping[str, Sequence[object]]) -> bool:
    if str(_one(parts, "WKST", "MO")).upper() not in _DAYS:
        raise RuleNotRead("it names a weekday that there is not")
    return True


def _one(parts: Mapping[str, Sequence[object]], name: str, otherwise: object) -> object:
    found = parts.get(name, ())
    return found[0] if found else otherwise


def _number(value: object, least: int, most: int) -> int:
    try:
        number = int(str(value))
    except ValueError:
        number = most + 1
    if not least <= number <= most or number == 0:
        raise RuleNotRead("it holds a number that cannot be")
    return number

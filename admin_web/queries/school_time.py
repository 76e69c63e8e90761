"""Times as the school's people read them: local wall time, and no more of the date than is needed."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from admin_web.database.places import Site
from admin_web.errors import DatabaseNotReady

WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
MONTHS = (
    "January", "February", "March", "April", "May", "June",
    "July", "August", "September", "October", "November", "December",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class SchoolTime:
    """The school's zone, and how its times are written."""

    zone: ZoneInfo
    today: date

    def local(self, moment: datetime) -> datetime:
        """Turn a UTC moment into the school's wall time."""
        return moment.astimezone(self.zone)

    def day_of(self, moment: datetime) -> date:
        """Name the local day of a moment."""
        return self.local(moment).date()

    def minute(self, moment: datetime) -> str:
        """Write `10:52`."""
        return self.local(moment).strftime("%H:%M")

    def second(self, moment: datetime) -> str:
        """Write `10:52:08`."""
        return self.local(moment).strftime("%H:%M:%S")

    def day(self, day: date) -> str:
        """Write `Tuesday 24 November`, with the year where it is not this year's."""
        text = f"{WEEKDAYS[day.weekday()]} {day.day} {MONTHS[day.month - 1]}"
        return text if day.year == self.today.year else f"{text} {day.year}"

    def short_day(self, day: date) -> str:
        """Write `24 Nov`, with the year where it is not this year's."""
        text = f"{day.day} {MONTHS[day.month - 1][:3]}"
        return text if day.year == self.today.year else f"{text} {day.year}"

    def near(self, moment: datetime, seen_from: datetime | None = None) -> str:
        """Write a time as said on a day: `12:00`, or with the day in front where it is another one."""
        day = self.day_of(moment)
        from_day = self.today if seen_from is None else self.day_of(seen_from)
        if day == from_day:
            return self.minute(moment)
        if timedelta(0) < day - from_day < timedelta(days=7):
            return f"{WEEKDAYS[day.weekday()]} {self.minute(moment)}"
        return f"{self.short_day(day)}, {self.minute(moment)}"

    def last_day(self, ends: datetime) -> date:
        """Name the local day on which something that ends is over: at midnight it was the day before."""
        return self.day_of(ends - timedelta(milliseconds=1))

    def until(self, ends: datetime, seen_from: datetime | None = None) -> str:
        """Write an end: `15:30`, or `the end of 17 Jul` where it is a midnight."""
        last = self.last_day(ends)
        return self.near(ends, seen_from) if last == self.day_of(ends) else f"the end of {self.short_day(last)}"

    def bounds(self, day: date) -> tuple[datetime, datetime]:
        """Give the UTC moments from which and until which a local day lasts: 23, 24 or 25 hours."""
        return self._midnight(day), self._midnight(day + timedelta(days=1))

    def _midnight(self, day: date) -> datetime:
        return datetime.combine(day, time(0), self.zone).astimezone(UTC)


def school_time(session: Session, now: datetime) -> SchoolTime:
    """Read the school's zone; `now` is school time. Raises DatabaseNotReady before `phonekeep-admin init`."""
    name = session.scalar(select(Site.zone))
    if name is None:
        raise DatabaseNotReady("The database has not been set up. Run `phonekeep-admin init` first.")
    zone = _zone(name)
    return SchoolTime(zone, now.astimezone(zone).date())


@lru_cache(maxsize=8)
def _zone(name: str) -> ZoneInfo:
    return ZoneInfo(name)

"""The form of an expected visitor, as it is typed, and how it becomes a draft."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session
from starlette.datastructures import FormData

from admin_web.errors import Invalid
from admin_web.queries.handles import find_person_id
from admin_web.queries.school_time import SchoolTime
from admin_web.services.expected import ExpectedDraft
from admin_web.web.moments import Typed, read_end, read_start
from admin_web.web.visitors import text_of


@dataclass(frozen=True, slots=True)
class ExpectedForm:
    """What stands in the boxes."""

    name: str = ""
    organisation: str = ""
    date: str = ""
    starts: str = ""
    until: str = ""
    host: str = ""
    kind: str = ""
    images: bool = False

    @classmethod
    def of(cls, form: FormData) -> "ExpectedForm":
        """Read the boxes."""
        return cls(
            name=text_of(form, "name"),
            organisation=text_of(form, "organisation"),
            date=text_of(form, "date").strip(),
            starts=text_of(form, "from").strip(),
            until=text_of(form, "until").strip(),
            host=text_of(form, "host"),
            kind=text_of(form, "kind"),
            images=text_of(form, "image_permission") == "yes",
        )

    def draft(self, session: Session, times: SchoolTime, *, host: str | None = None) -> ExpectedDraft:
        """Make a draft; with `host` it is that person's visitor whatever was typed. Raises Invalid, NotFound."""
        starts, ends = read_times(times, self.date, self.starts, self.until)
        chosen = find_person_id(session, self.host) if self.host and host is None else host
        return ExpectedDraft(self.name, starts, ends, self.organisation, chosen, self.kind or None, self.images)


def read_times(times: SchoolTime, date: str, starts: str, until: str) -> tuple[datetime, datetime]:
    """Turn a date and two times of the day into instants. Raises Invalid naming the box."""
    if not date:
        raise Invalid("The day is missing.", what_to_do="Choose it, or write it as YYYY-MM-DD.", field="date")
    for text, field in ((starts, "from"), (until, "until")):
        if not text:
            raise Invalid("The time is missing.", what_to_do="Write it as HH:MM, like 10:45.", field=field)
    begins = read_start(Typed(date, starts), "from" if date[:2].isdecimal() else "date", times)
    ends = read_end(Typed(date, until), "until", times)
    assert begins is not None
    assert ends is not None
    return begins, ends

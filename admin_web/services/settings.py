"""The school's settings: what the cabinets decide by that is neither a timetable nor a permission."""

import hashlib
import json
from dataclasses import dataclass
from functools import cache
from zoneinfo import available_timezones

from sqlalchemy import select
from sqlalchemy.orm import Session

from admin_web.database.places import Site
from admin_web.errors import ChangedMeanwhile, Invalid, MatchMissing
from admin_web.rules.bundle import week_of
from admin_web.services import acts, audit
from admin_web.services.occasion import Occasion
from admin_web.services.revision import raise_revision
from broker.messages.central import SettingsSaved
from policy.rules import Week
from policy.timetable import format_minutes
from policy.working_hours import WEEKDAYS, hours_problems

LONGEST_WALK = 600
"""Seconds; between any two places of a school nobody walks for longer."""


@dataclass(frozen=True, slots=True)
class SchoolSettings:
    """What the page School settings shows and saves."""

    emergency: bool
    """Whether a button held for 5 s opens after a refusal (policy-clauses, "Emergency")."""
    walking_seconds: int
    """A badge at two places within this time is looked at; 0: never."""
    cover_hours: Week
    """The working hours of a cover-pool badge (policy-clauses, "Known here")."""
    zone: str
    """The zone of every time of the day."""


def read_settings(session: Session) -> SchoolSettings:
    """Read the settings as they are."""
    site = session.execute(select(Site)).scalar_one()
    return SchoolSettings(site.emergency, site.walking_seconds, week_of(site.cover_hours), site.zone)


def mark_of(settings: SchoolSettings) -> str:
    """Write an ETag of what the settings say: it differs as soon as anything of them does."""
    return f'"{hashlib.sha256(repr(settings).encode()).hexdigest()[:16]}"'


def save_settings(session: Session, settings: SchoolSettings, *, if_match: str | None, occasion: Occasion) -> None:
    """Let the settings be so; cabinets are told where they decide by them. The same again changes nothing.

    Raises Invalid naming the field, MatchMissing, ChangedMeanwhile.
    """
    _require_possible(settings)
    kept = read_settings(session)
    if not if_match:
        raise MatchMissing("The settings can be changed only by somebody who saw them.", what_to_do="Load the page.")
    if if_match != mark_of(kept):
        raise ChangedMeanwhile(
            "Somebody else changed the settings in the meantime.",
            what_to_do="What is saved now stands above yours: look, and save once more.",
        )
    changes = changes_between(kept, settings)
    if not changes:
        return
    site = session.execute(select(Site)).scalar_one()
    site.emergency, site.walking_seconds, site.zone = settings.emergency, settings.walking_seconds, settings.zone
    if settings.cover_hours != kept.cover_hours:
        site.cover_hours = _write_week(settings.cover_hours)
    if (kept.emergency, kept.cover_hours, kept.zone) != (settings.emergency, settings.cover_hours, settings.zone):
        raise_revision(session, occasion.now)
    audit.record_change(session, "settings", actor=occasion.actor, machine_now=occasion.machine_now, why=occasion.why)
    acts.record(session, SettingsSaved(), occasion, what="; ".join(changes))
    session.flush()


def changes_between(before: SchoolSettings, after: SchoolSettings) -> tuple[str, ...]:
    """Say in words what becomes otherwise."""
    changes = []
    if after.emergency != before.emergency:
        changes.append(f"emergency hold {'on' if after.emergency else 'off'}")
    if after.walking_seconds != before.walking_seconds:
        changes.append(f"walking time {before.walking_seconds} to {after.walking_seconds} seconds")
    if after.cover_hours != before.cover_hours:
        changes.append("hours of the cover pool")
    if after.zone != before.zone:
        changes.append(f"time zone {before.zone} to {after.zone}")
    return tuple(changes)


@cache
def zones() -> tuple[str, ...]:
    """List the time zones there are, by name."""
    return tuple(
        sorted(zone for zone in available_timezones() if "/" in zone and not zone.startswith(("Etc/", "posix")))
    )


def _require_possible(settings: SchoolSettings) -> None:
    if not 0 <= settings.walking_seconds <= LONGEST_WALK:
        raise Invalid(
            "That is no walking time.",
            what_to_do=f"Give whole seconds from 0 to {LONGEST_WALK}; 0 looks at nobody.",
            field="walking_seconds",
        )
    for problem in hours_problems(settings.cover_hours):
        raise Invalid(problem.error, what_to_do=problem.what_to_do, field=problem.field)
    if settings.zone not in zones():
        raise Invalid(
            f"“{settings.zone[:40]}” is not a time zone.",
            what_to_do="Choose one of the list, like Europe/London.",
            field="zone",
        )


def _write_week(week: Week) -> str:
    return json.dumps(
        {
            day: [{"from": format_minutes(span.start), "until": format_minutes(span.end)} for span in spans]
            for day, spans in zip(WEEKDAYS, week, strict=True)
        }
    )

"""Visits: a finished sign-in becomes events and a row in one transaction, and ends once (clauses 21, 22)."""

import logging
import random
import secrets
from collections.abc import Iterable
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from broker.instants import read_instant
from broker.messages.reception_parts import KnownVisit
from broker.messages.visit import (
    BriefedHow,
    RulesAcknowledged,
    RulesAcknowledgedPrivate,
    SignedOutHow,
    VisitBriefed,
    VisitBriefedPrivate,
    VisitSignedIn,
    VisitSignedInPrivate,
    VisitSignedOut,
    VisitSignedOutPrivate,
)
from broker.outbox import Run
from kiosk.cabinet.storage.journal import Journal
from kiosk.errors import StorageFailed
from kiosk.reception.content import Content
from kiosk.reception.flow.effects import NewVisit
from kiosk.reception.flow.screen import Lanyard
from kiosk.reception.store import OpenVisit, ReceptionStore
from policy.clock import ClockQuality, Moment
from policy.ids import BadgeReference
from policy.names import fold_name

log = logging.getLogger(__name__)

STILL_HELD_NS = 30_000_000_000
"""A lanyard that has just signed its visitor out may be held up again: that is the same sign-out."""
AHEAD = timedelta(hours=1)
"""A visit that began so far in the future was written by a clock that has been put right since."""
KEPT = timedelta(hours=24)
"""So long a visit that is over stays here, for the host's own record; then central alone has it."""


class Visits:
    """Everybody who signed in at this screen. `content` is the edition in force; methods raise StorageFailed."""

    def __init__(self, store: ReceptionStore, journal: Journal, chance: random.Random | None = None) -> None:
        self._store = store
        self._journal = journal
        self._chance = chance or random.SystemRandom()
        self.content: Content | None = None
        self.unsure: str | None = None
        """The visit that the last unsure sign-out may have been about."""

    def sign_in(self, new: NewVisit, now: Moment) -> Lanyard | None:
        """Commit a sign-in with what was read; return the lanyard to take, None where none is free or needed."""
        content = self._known_content()
        visit = secrets.token_hex(8)
        lanyard = None if new.badge is not None else self._free_lanyard(content, new.contractor)
        number = None if lanyard is None else lanyard.number
        signed_in = VisitSignedInPrivate(
            name=new.name,
            organisation=new.organisation,
            reason=new.reason,
            host=new.host,
            role=new.role,
            room=new.room,
            needs_phone=new.needs_phone,
            lanyard=number,
            badge=new.badge,
            ticks=list(new.ticks),
            expected=new.expected,
            image_permission=new.image_permission,
        )
        read = RulesAcknowledgedPrivate(
            version=new.rules.version,
            hash=new.rules.hash,
            language=new.rules.language,
            seconds=new.rules.seconds,
            ticks=list(new.rules.ticks),
        )
        due = ends_at(now.utc, content.closing, content.zone)
        dated = now.quality is ClockQuality.SYNCED
        opened = OpenVisit(visit, new.name, new.host, new.seeing, number, new.badge, now.utc, due, dated=dated)
        with self._store.transaction() as run:
            run.append(VisitSignedIn(visit=visit), signed_in, now)
            run.append(RulesAcknowledged(visit=visit), read, now)
            self._store.add_visit(opened)
        self._journal.uncovered = True
        return lanyard

    def sign_out_by_badge(self, badge: BadgeReference, now: Moment) -> bool:
        """End the visit of a lanyard or of a regular visitor; False where none fits, which is written too."""
        content = self._known_content()
        lanyard = content.lanyard_of(badge)
        number = None if lanyard is None else lanyard.number
        for visit in self._store.open_visits():
            if visit.badge == badge or (number is not None and visit.lanyard == number):
                self._end((visit,), SignedOutHow.LANYARD, now)
                return True
        if self._store.ended_by_badge(number, badge, now.boottime_ns - STILL_HELD_NS):
            return True
        self._unsure(None, None, now)
        return False

    def sign_out_by_name(self, name: str, number: str, now: Moment) -> bool:
        """End the visit of this name and this lanyard number together; anything else is unsure."""
        wanted, bare = fold_name(name), number.lstrip("0")
        named = [visit for visit in self._store.open_visits() if fold_name(visit.name) == wanted]
        fitting = [visit for visit in named if visit.lanyard is not None and visit.lanyard.lstrip("0") == bare]
        if fitting:
            self._end(fitting[:1], SignedOutHow.NAME, now)
            return True
        self._unsure(named[0] if len(named) == 1 else None, name, now)
        return False

    def leave_unsure(self, name: str, now: Moment) -> None:
        """Write that somebody of this name may have left, where names and numbers are not compared for a while."""
        wanted = fold_name(name)
        named = [visit for visit in self._store.open_visits() if fold_name(visit.name) == wanted]
        self._unsure(named[0] if len(named) == 1 else None, name, now)
        self.unsure = None  # one ring for all of them

    def may_leave(self, badge: BadgeReference, now: Moment) -> bool:
        """Whether the holder of a regular visitor's badge is signed in, or has just been signed out by it."""
        if any(visit.badge == badge for visit in self._store.open_visits()):
            return True
        return self._store.ended_by_badge(None, badge, now.boottime_ns - STILL_HELD_NS)

    def waiting_for(self, person: str) -> tuple[OpenVisit, ...]:
        """Who is here to see somebody."""
        return tuple(visit for visit in self._store.open_visits() if visit.host == person)

    def brief(self, visits: Iterable[str], person: str, badge: BadgeReference, now: Moment) -> None:
        """Write that the host has told these visitors the rules; once for each."""
        told = [one for one in self.waiting_for(person) if one.visit in set(visits) and not one.briefed]
        with self._store.transaction() as run:
            for one in told:
                said = VisitBriefed(visit=one.visit, point=None, how=BriefedHow.KIOSK_BADGE)
                run.append(said, VisitBriefedPrivate(person=person, badge=badge), now)
                self._store.note_briefed(one.visit)
        self._journal.uncovered = True

    def hear(self, content: Content, now: Moment) -> None:
        """Take in what central knows of today's visits: ended, briefed, another lanyard, or begun somewhere else."""
        self.content = content
        known = self._store.known_visits()
        with self._store.transaction():
            for told in content.visits:
                is_over = told.ended is not None and told.ended is not SignedOutHow.UNSURE
                if told.visit in known and is_over:
                    self._store.end_visit(told.visit, str(told.ended), now.utc, now.boottime_ns)
                elif told.visit in known:
                    self._store.note_lanyard(told.visit, told.lanyard)
                    if told.briefed:
                        self._store.note_briefed(told.visit)
                elif told.visit not in known and not is_over:
                    self._take_up(told, content, now)

    def _take_up(self, told: KnownVisit, content: Content, now: Moment) -> None:
        """Know a visit that central knows and this screen does not: its card was replaced, or the office wrote it."""
        since = read_instant(told.since)
        due = ends_at(since, content.closing, content.zone)
        if due <= now.utc:
            return  # central will hear the end of it from elsewhere; said from here it would be said twice
        host = content.host(told.host)
        seeing = "" if host is None else host.name
        self._store.add_visit(
            OpenVisit(told.visit, told.name, told.host, seeing, told.lanyard, None, since, due, told.briefed)
        )

    def close_day(self, now: Moment) -> int:
        """End visits whose time is over as `not_signed_out`; return how many. A clock that was not set ends none."""
        if now.quality is not ClockQuality.SYNCED:
            return 0
        here = self._store.open_visits()
        self._date([visit for visit in here if not visit.dated or visit.since > now.utc + AHEAD], now)
        over = [visit for visit in here if visit.dated and visit.due <= now.utc]
        if over:
            self._end(over, SignedOutHow.NOT_SIGNED_OUT, now)
        return len(over)

    def _date(self, undated: list[OpenVisit], now: Moment) -> None:
        """Visits that began by a clock that was wrong or not set end today, since nothing else is known."""
        if self.content is None:
            return
        due = ends_at(now.utc, self.content.closing, self.content.zone)
        undated = [visit for visit in undated if not visit.dated or visit.due > due]
        if not undated:
            return
        with self._store.transaction():
            for visit in undated:
                self._store.date_visit(visit.visit, due)

    def forget(self, now: Moment) -> None:
        """Let go of visits that are long over."""
        if now.quality is ClockQuality.SYNCED:
            with self._store.transaction():
                self._store.forget_ended(now.utc - KEPT)

    def _end(self, visits: Iterable[OpenVisit], how: SignedOutHow, now: Moment) -> None:
        with self._store.transaction() as run:
            for visit in visits:
                self._append_end(run, visit.visit, None, how, now)
                self._store.end_visit(visit.visit, how.value, now.utc, now.boottime_ns)
        self._journal.uncovered = True

    def _unsure(self, visit: OpenVisit | None, name: str | None, now: Moment) -> None:
        """Write that somebody may have left: the visit stays open, the office is to look."""
        self.unsure = None if visit is None else visit.visit
        with self._store.transaction() as run:
            self._append_end(run, None if visit is None else visit.visit, name, SignedOutHow.UNSURE, now)
        self._journal.uncovered = True

    def _append_end(self, run: Run, visit: str | None, name: str | None, how: SignedOutHow, now: Moment) -> None:
        run.append(VisitSignedOut(visit=visit, how=how), VisitSignedOutPrivate(name=name), now)

    def _free_lanyard(self, content: Content, contractor: bool) -> Lanyard | None:
        """Some free number; only a contractor gets one of the contractors', and else one of the others.

        By chance: the next number in order would tell whoever signs in how many visitors are in the school.
        """
        taken = {visit.lanyard for visit in self._store.open_visits()}
        free = [one for one in content.lanyards if one.number not in taken and (contractor or not one.contractors)]
        fitting = [one for one in free if one.contractors is contractor] or free
        if not fitting:
            return None
        chosen = self._chance.choice(fitting)
        return Lanyard(chosen.number, chosen.colour, "")

    def _known_content(self) -> Content:
        if self.content is None:
            raise StorageFailed("no bundle has arrived yet: nobody can be signed in before the office has sent one")
        return self.content


def ends_at(since: datetime, closing: time, zone: str) -> datetime:
    """When a visit that began then ends if nobody signs out: at closing time, or at midnight after it (UTC)."""
    there = ZoneInfo(zone)
    local = since.astimezone(there)
    end = datetime.combine(local.date(), closing, there)
    if local >= end:
        end = datetime.combine(local.date() + timedelta(days=1), time(0), there)
    return end.astimezone(since.tzinfo)

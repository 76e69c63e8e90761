"""Which sentence tells which event; a test compares this with the catalogue of messages."""

from collections.abc import Callable, Iterable, Mapping
from typing import Final

from admin_web.queries.names import Names
from admin_web.queries.school_time import SchoolTime
from admin_web.queries.sentences import acts, doors, parts, taps
from admin_web.queries.sentences.sentence import Sentence, Tone, say
from admin_web.queries.sentences.told import Told
from admin_web.queries.stored_events import StoredEvent

TELLERS: Final[Mapping[str, Callable[[Told], Sentence]]] = {
    "tap.granted.v1": taps.granted,
    "tap.refused.v1": taps.refused,
    "phone.declared.v1": taps.declared,
    "put_in.repeated.v1": taps.put_in_repeated,
    "phone.overdue.v1": taps.overdue,
    "approval.asked.v1": taps.approval("asked for a senior leader", Tone.OUT),
    "approval.given.v1": taps.approval("was allowed by a senior leader", Tone.IN),
    "approval.expired.v1": taps.approval("asked for a senior leader, and nobody came in time", Tone.NO),
    "lock.energised.v1": doors.energised,
    "lock.failed.v1": doors.lock_failed,
    "door.opened.v1": doors.opened,
    "door.closed.v1": doors.closed,
    "door.held_open.v1": doors.held_open,
    "door.not_opened.v1": doors.not_opened,
    "door.opened_unreleased.v1": doors.opened_unreleased,
    "device.started.v1": parts.started,
    "device.stopping.v1": parts.stopping,
    "log.epoch_started.v1": parts.epoch_started,
    "log.forked.v1": parts.forked,
    "clock.anchored.v1": parts.anchored,
    "reader.failed.v1": parts.reader_failed,
    "reader.recovered.v1": parts.reader_recovered,
    "storage.low.v1": parts.storage_low,
    "storage.full.v1": parts.storage_full,
    "storage.recovered.v1": parts.storage_recovered,
    "rules.applied.v1": parts.rules_applied,
    "rules.refused.v1": parts.rules_refused,
    "command.obeyed.v1": parts.command_obeyed,
    "command.refused.v1": parts.command_refused,
    "person.saved.v1": acts.person_saved,
    "badge.assigned.v1": acts.badge_assigned,
    "badge.ended.v1": acts.badge_ended,
    "badge.lost.v1": acts.badge_lost,
    "badge.found.v1": acts.badge_found,
    "badge.pooled.v1": acts.badge_pooled,
    "point.added.v1": acts.point_added,
    "device.added.v1": acts.device_added,
    "restricted.saved.v1": acts.restricted_saved,
    "rules.published.v1": acts.rules_published,
    "account.created.v1": acts.account("made"),
    "account.changed.v1": acts.account("changed"),
    "account.ended.v1": acts.account("ended"),
    "token.created.v1": acts.token("made"),
    "token.ended.v1": acts.token("ended"),
    "school.imported.v1": acts.school_imported,
    "exception.raised.v1": acts.exception_raised,
}


def tell(event: StoredEvent, names: Names, times: SchoolTime) -> Sentence:
    """Tell one event; a type that this central does not know yet is told by its name."""
    told = Told(event, names, times)
    teller = TELLERS.get(event.type)
    if teller is None:
        kind = event.type.rpartition(".")[0].replace("_", " ").replace(".", ": ")
        return say(told.point(), f" reports {kind}.", icon="log", second=("This central does not know it yet",))
    return teller(told)


def tell_all(events: Iterable[StoredEvent], names: Names, times: SchoolTime) -> list[Sentence]:
    """Tell events in the order given."""
    return [tell(event, names, times) for event in events]

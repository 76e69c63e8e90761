"""Which sentence tells which event; a test compares this with the catalogue of messages."""

from collections.abc import Callable, Iterable, Mapping
from typing import Final

from admin_web.queries.names import Names
from admin_web.queries.school_time import SchoolTime
from admin_web.queries.sentences import acts, allowed, doors, parts, registers, reviews, spoken, taps, timetable, visits
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
    "approval.given.v1": spoken.approval_given,
    "approval.expired.v1": spoken.approval_ended,
    "permission.used.v1": spoken.permission_used,
    "room.children_in.v1": spoken.children_in,
    "person.going_home.v1": spoken.going_home,
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
    "permission.granted.v1": allowed.permission("gave", Tone.WHO),
    "permission.withdrawn.v1": allowed.permission("withdrew", Tone.NO),
    "permission.expired.v1": allowed.permission("", Tone.OFF),
    "restriction.made.v1": allowed.restriction_made,
    "restriction.ended.v1": allowed.restriction_ended,
    "room_state.set.v1": allowed.room_state_set,
    "room_state.ended.v1": allowed.room_state_ended,
    "going_home.said.v1": allowed.going_home_said,
    "no_phone.said.v1": allowed.no_phone_said,
    "storage.confirmed.v1": allowed.storage_confirmed,
    "settings.saved.v1": allowed.settings_saved,
    "group.changed.v1": allowed.group_changed,
    "command.ordered.v1": allowed.command_ordered,
    "exception.reviewed.v1": reviews.exception_reviewed,
    "school_phone.added.v1": registers.school_phone("added"),
    "school_phone.changed.v1": registers.school_phone("put the number of", " right"),
    "school_phone.taken.v1": registers.school_phone_taken,
    "school_phone.returned.v1": registers.school_phone_returned,
    "school_phone.ended.v1": registers.school_phone("ended"),
    "confiscated.held.v1": registers.confiscated("brought", "into the office"),
    "confiscated.released.v1": registers.confiscated("handed", "to a parent or carer"),
    "policy_text.published.v1": registers.policy_text_published,
    "policy_text.acknowledged.v1": registers.policy_text_acknowledged,
    "policy_text.badge_asked.v1": registers.policy_text_badge_asked,
    "timetable.drafted.v1": timetable.drafted("began", "No cabinet notices before it is published"),
    "timetable.dropped.v1": timetable.drafted("threw away", "What is live stays"),
    "timetable.published.v1": timetable.published,
    "timetable.rolled_back.v1": timetable.rolled_back,
    "area.saved.v1": timetable.area_saved,
    "phone_check.recorded.v1": registers.phone_check_recorded,
    "visit.signed_in.v1": visits.signed_in,
    "rules.acknowledged.v1": visits.rules_read,
    "visit.checked.v1": visits.checked,
    "visit.briefed.v1": visits.briefed,
    "visit.signed_out.v1": visits.signed_out,
    "visit.delivery.v1": visits.delivery,
    "help.asked.v1": visits.help_asked,
    "help.answered.v1": visits.help_answered,
    "record.asked.v1": visits.record_asked,
    "roll.begun.v1": visits.roll_begun,
    "roll.seen.v1": visits.roll_seen,
    "roll.ended.v1": visits.roll_ended,
    "visitor.expected.v1": visits.visitor_expected,
    "visitor.not_expected.v1": visits.visitor_not_expected,
    "visitor_rules.drafted.v1": visits.rules_drafted,
    "visitor_rules.published.v1": visits.rules_published,
    "reception.changed.v1": visits.reception_changed,
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

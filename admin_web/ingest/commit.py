"""Writes a plan in one transaction: events, marks, heads, exceptions, what devices said (flow 1, step 8)."""

from collections.abc import Iterable

from sqlalchemy.orm import Session

from admin_web.clock import machine_now
from admin_web.database.events import Head
from admin_web.errors import AdminWebError
from admin_web.events.exceptions import raise_exception
from admin_web.events.inserting import insert_rows
from admin_web.events.positions import place_epoch, position_of, save_positions
from admin_web.events.quarantine import keep, kept_message
from admin_web.events.store import TAPS, store_events
from admin_web.events.visits import CHANGES_RULES
from admin_web.ingest.orders import ANSWERS, settle_orders
from admin_web.ingest.plan import Noticed, Plan
from admin_web.ingest.records import order_records
from admin_web.ingest.statuses import save_online, save_statuses
from admin_web.services.badge_confirmations import count_taps
from admin_web.services.revision import current_revision, raise_for_screens, raise_generation
from broker.messages.help import RecordAsked
from policy.clock import Moment


class PlanStale(AdminWebError):
    """Somebody else moved an epoch on since the plan was made: make it again."""


def commit_plan(session: Session, plan: Plan, now: Moment) -> None:
    """Write everything of a plan in the caller's writing transaction. Raises PlanStale, and then nothing is kept."""
    _require_fresh(session, plan)
    for key, position in plan.positions.items():
        if plan.found.get(key) is None:
            position.ordinal = place_epoch(session, *key)
            save_positions(session, [position])
    ordinals = {key: position.ordinal for key, position in plan.positions.items()}
    store_events(session, plan.events, now.utc, ordinals)
    types = {event.type for event in plan.events}  # a backlog holds few: what follows looks only where it matters
    if types & ANSWERS:
        settle_orders(session, plan.events, now.utc)
    if RecordAsked.type in types:
        order_records(session, plan.events, now)
    if types & CHANGES_RULES:
        raise_for_screens(session, now)  # who is here; cabinets are told apart for whom somebody waits
    save_positions(session, list(plan.positions.values()))
    heads = [(head.device, head.epoch, head.sequence, head.leaf, head.signature) for head in plan.heads]
    insert_rows(session, Head, heads)
    keep(session, [kept_message(one.device, one.topic, one.why, one.payload, now.utc) for one in plan.quarantined])
    for noticed in _once_each(plan.noticed):
        raise_exception(session, noticed.kind, noticed.device, noticed.cites, now)
    if types & TAPS:
        devices = {event.device for event in plan.events if event.type in TAPS}
        count_taps(session, devices, now, machine_now())
    save_statuses(session, plan.statuses, now)
    save_online(session, plan.online, now)
    if plan.bundle_seen is not None and plan.bundle_seen.generation >= current_revision(session).generation:
        raise_generation(session, plan.bundle_seen.generation, now)


def _require_fresh(session: Session, plan: Plan) -> None:
    """Compare, now that nobody else can write, how far each epoch is held with what the plan rests on."""
    for (device, epoch), found in plan.found.items():
        held = position_of(session, device, epoch)
        if (None if held is None else (held.upto, held.leaf)) != found:
            raise PlanStale(f"{device}/{epoch} was moved on by somebody else: the plan is made again")


def _once_each(noticed: Iterable[Noticed]) -> list[Noticed]:
    """Join what was noticed several times in a batch, in the order it came."""
    joined: dict[tuple[str, str], Noticed] = {}
    for one in noticed:
        before = joined.get((one.kind, one.device))
        cites = one.cites if before is None else (*before.cites, *one.cites)
        joined[one.kind, one.device] = Noticed(one.kind, one.device, tuple(dict.fromkeys(cites)))
    return list(joined.values())

"""The decision: one gesture at one point at one moment, total and pure (flow 1, step 4)."""

from policy.allowed import TimeRuling, next_allowed, rule_take_out
from policy.clauses import clause_of
from policy.clock import Moment
from policy.decision import BlockNamed, Decision, Outcome, Reason
from policy.field import who_counts
from policy.gesture import Gesture, Intent
from policy.rules import Point, PointKind, Rules
from policy.standing import Bearer, Standing, bearer_of
from policy.state import Declared, State
from policy.walltime import instants_of, wall_time

SECOND_NS = 1_000_000_000
REPEAT_FROM_NS = 2 * SECOND_NS - SECOND_NS // 10
"""From 2 s after: the fold has merged what came sooner; the tenth is room between a tap and the reading of `now`."""
REPEAT_UNTIL_NS = 10 * SECOND_NS

_REFUSALS = {
    Standing.LOST: Reason.BADGE_LOST,
    Standing.ENDED: Reason.BADGE_ENDED,
    Standing.NOT_KNOWN_HERE: Reason.BADGE_NOT_KNOWN_HERE,
}


def decide(rules: Rules, point: Point, state: State, gesture: Gesture, now: Moment) -> Decision:
    """Decide one gesture; always an outcome with reason and clause, never an exception.

    A gesture of several badges known here is `hold_one_badge` at a bank; at one door the fold makes one gesture each.
    """
    if not gesture.badges:
        return _refused(point, Reason.BADGE_RANDOM)
    badges = who_counts(rules, point, state, gesture.badges, now) if len(gesture.badges) > 1 else gesture.badges
    if len(badges) > 1 and point.kind is PointKind.BANK:
        return _refused(point, Reason.HOLD_ONE_BADGE)
    bearer = bearer_of(rules, point, state, badges[0], now)
    if bearer.standing is Standing.AFTER_END:
        return _granted(point, Reason.TAKEN_AFTER_END, bearer, Intent.TAKE_OUT)
    if bearer.standing is not Standing.LIVE:
        return _refused(point, _REFUSALS[bearer.standing], bearer, gesture.intent)
    declared = _declared_today(rules, bearer, now)
    intent = gesture.intent
    if intent is None and not point.buttons:
        intent = _infer(rules, state, bearer, declared, now)
    if intent is Intent.PUT_IN:
        return _granted(point, Reason.PUT_IN, bearer, intent, repeated=declared is Declared.IN)
    if intent is Intent.NO_PHONE:
        return _granted(point, Reason.NO_PHONE, bearer, intent)
    if intent is Intent.TAKE_OUT:
        return _take_out(rules, point, state, bearer, gesture, now)
    return _refused(point, Reason.NO_INTENT, bearer)


def _take_out(rules: Rules, point: Point, state: State, bearer: Bearer, gesture: Gesture, now: Moment) -> Decision:
    emergency = rules.settings.emergency and point.buttons
    if gesture.emergency and emergency:
        return _granted(point, Reason.EMERGENCY, bearer, Intent.TAKE_OUT)
    ruling = rule_take_out(rules, bearer.hours, now)
    if ruling.allows:
        return _granted(point, ruling.reason, bearer, Intent.TAKE_OUT, block=_named(rules, ruling))
    return Decision(
        outcome=Outcome.REFUSED,
        reason=Reason.RESTRICTED,
        clause=clause_of(Reason.RESTRICTED, point.kind),
        badge=bearer.badge,
        holder=bearer.holder,
        person=bearer.person,
        intent=Intent.TAKE_OUT,
        block=_named(rules, ruling),
        next_allowed=next_allowed(rules, point, state, bearer.badge, now),
        hold_opens=emergency,
    )


def _infer(rules: Rules, state: State, bearer: Bearer, declared: Declared, now: Moment) -> Intent:
    """Infer the intent where no buttons are wired (policy-clauses: Intent, without buttons)."""
    refused_at = state.refused_in_block.get(bearer.badge)
    if declared is not Declared.IN:
        return Intent.PUT_IN
    if refused_at is not None and REPEAT_FROM_NS <= now.boottime_ns - refused_at <= REPEAT_UNTIL_NS:
        return Intent.PUT_IN
    return Intent.TAKE_OUT


def _declared_today(rules: Rules, bearer: Bearer, now: Moment) -> Declared:
    """Give the holder's declared state, which is unknown from each local midnight on."""
    if bearer.before is None or bearer.before.day != wall_time(rules.zone, now.utc).date:
        return Declared.UNKNOWN
    return bearer.before.state


def _granted(
    point: Point,
    reason: Reason,
    bearer: Bearer,
    intent: Intent,
    *,
    repeated: bool = False,
    block: BlockNamed | None = None,
) -> Decision:
    declares = {Intent.PUT_IN: Declared.IN, Intent.TAKE_OUT: Declared.OUT}.get(intent)
    return Decision(
        outcome=Outcome.GRANTED,
        reason=reason,
        clause=clause_of(reason, point.kind),
        badge=bearer.badge,
        holder=bearer.holder,
        person=bearer.person,
        intent=intent,
        slot=None if declares is None else bearer.slot,
        declares=declares,
        repeated=repeated,
        block=block,
    )


def _refused(point: Point, reason: Reason, bearer: Bearer | None = None, intent: Intent | None = None) -> Decision:
    clause = clause_of(reason, point.kind)
    if bearer is None:
        return Decision(Outcome.REFUSED, reason, clause, intent=intent)
    return Decision(
        Outcome.REFUSED, reason, clause, badge=bearer.badge, holder=bearer.holder, person=bearer.person, intent=intent
    )


def _named(rules: Rules, ruling: TimeRuling) -> BlockNamed | None:
    if ruling.block is None or ruling.span is None:
        return None
    day = ruling.block.date
    return BlockNamed(
        name=ruling.block.name,
        starts=instants_of(rules.zone, day, ruling.span.start)[0],
        ends=instants_of(rules.zone, day, ruling.span.end)[-1],
    )

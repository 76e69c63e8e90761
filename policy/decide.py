"""The decision: one gesture at one point at one moment, total and pure (flow 1, step 4)."""

from policy.allowed import next_allowed
from policy.approval import approves, sends_home
from policy.clauses import clause_of
from policy.clock import Moment
from policy.decision import APPROVABLE, BlockNamed, Decision, Outcome, Reason
from policy.field import who_counts
from policy.gesture import Gesture, Intent
from policy.ids import BadgeReference, HolderId
from policy.rules import Entitlement, Permission, Point, PointKind, Rules
from policy.ruling import Ruling, rule_take_out, taken_from
from policy.standing import Bearer, Standing, bearer_of, owner_of, ruling_time
from policy.state import Declared, State
from policy.walltime import wall_time

SECOND_NS = 1_000_000_000
REPEAT_FROM_NS = 2 * SECOND_NS - SECOND_NS // 10
"""From 2 s after: the fold has merged what came sooner; the tenth is room between a tap and the reading of `now`."""
REPEAT_UNTIL_NS = 10 * SECOND_NS

_REFUSALS = {
    Standing.LOST: Reason.BADGE_LOST,
    Standing.ENDED: Reason.BADGE_ENDED,
    Standing.NOT_KNOWN_HERE: Reason.BADGE_NOT_KNOWN_HERE,
}


def decide(
    rules: Rules, point: Point, state: State, gesture: Gesture, now: Moment, bearer: Bearer | None = None
) -> Decision:
    """Decide one gesture; always an outcome with reason and clause, never an exception.

    A gesture of several badges known here is `hold_one_badge` at a bank; at one door the fold makes one gesture each.
    `bearer` is what `bearer_of` says of a gesture's only badge at this very moment, if the caller has asked already.
    """
    if not gesture.badges and gesture.opened_for is not None:
        return _open_for(rules, point, state, gesture.opened_for, now)
    if not gesture.badges:
        return _refused(point, Reason.BADGE_RANDOM)
    badges = who_counts(rules, point, state, gesture.badges, now) if len(gesture.badges) > 1 else gesture.badges
    if len(badges) > 1 and point.kind is PointKind.BANK:
        return _refused(point, Reason.HOLD_ONE_BADGE)
    if bearer is None:
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


def _open_for(rules: Rules, point: Point, state: State, holder: HolderId, now: Moment) -> Decision:
    """Open for whom the office names: no rule stands against it (promise 2)."""
    owner = owner_of(rules, point, state, holder, now)
    if owner is None:
        return _refused(point, Reason.BADGE_NOT_KNOWN_HERE, intent=Intent.TAKE_OUT)
    return _granted(point, Reason.OPENED_FOR, owner, Intent.TAKE_OUT)


def _take_out(rules: Rules, point: Point, state: State, bearer: Bearer, gesture: Gesture, now: Moment) -> Decision:
    emergency = rules.settings.emergency and point.buttons
    if gesture.emergency and emergency:
        return _granted(point, Reason.EMERGENCY, bearer, Intent.TAKE_OUT)
    ruling = rule_take_out(rules, state, bearer, now)
    if _is_sent_home(rules, bearer, gesture, ruling, now):
        return _granted(point, Reason.LEAVING, bearer, Intent.TAKE_OUT, approver=gesture.sent_home_by)
    if ruling.allows:
        block, permission = ruling.named(rules.zone), ruling.permission
        return _granted(point, ruling.reason, bearer, Intent.TAKE_OUT, block=block, permission=permission)
    asks = ruling.reason in APPROVABLE and Entitlement.APPROVALS not in taken_from(
        rules, bearer.person, ruling_time(rules, now)
    )
    if asks and gesture.approver is not None and approves(rules, gesture.approver, bearer, now):
        return _granted(point, Reason.APPROVAL, bearer, Intent.TAKE_OUT, approver=gesture.approver)
    if asks and gesture.approved:
        return _granted(point, Reason.APPROVAL, bearer, Intent.TAKE_OUT)
    return Decision(
        outcome=Outcome.REFUSED,
        reason=ruling.reason,
        clause=clause_of(ruling.reason, point.kind),
        badge=bearer.badge,
        holder=bearer.holder,
        person=bearer.person,
        intent=Intent.TAKE_OUT,
        block=ruling.named(rules.zone),
        next_allowed=next_allowed(rules, point, state, bearer.badge, now),
        asks_approval=asks,
        hold_opens=emergency,
    )


def _is_sent_home(rules: Rules, bearer: Bearer, gesture: Gesture, ruling: Ruling, now: Moment) -> bool:
    """Whether another's badge says *Going home* by this tap; without a clock or rules there is no day that ends."""
    if gesture.sent_home_by is None or ruling.reason in (Reason.CLOCK_UNTRUSTED, Reason.RULES_STALE):
        return False
    return sends_home(rules, gesture.sent_home_by, bearer, now)


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
    permission: Permission | None = None,
    approver: BadgeReference | None = None,
) -> Decision:
    declares = Declared.IN if intent is Intent.PUT_IN else Declared.OUT if intent is Intent.TAKE_OUT else None
    return Decision(
        outcome=Outcome.GRANTED,
        reason=reason,
        clause=clause_of(reason, point.kind, None if permission is None else permission.kind),
        badge=bearer.badge,
        holder=bearer.holder,
        person=bearer.person,
        intent=intent,
        slot=None if declares is None else bearer.slot,
        declares=declares,
        repeated=repeated,
        block=block,
        permission=None if permission is None else permission.id,
        approver=approver,
    )


def _refused(point: Point, reason: Reason, bearer: Bearer | None = None, intent: Intent | None = None) -> Decision:
    clause = clause_of(reason, point.kind)
    if bearer is None:
        return Decision(Outcome.REFUSED, reason, clause, intent=intent)
    return Decision(
        Outcome.REFUSED, reason, clause, badge=bearer.badge, holder=bearer.holder, person=bearer.person, intent=intent
    )

"""Rules of the staff groups: where their phones lie and by when they are expected (clauses 7 to 10)."""

from sqlalchemy.orm import Session

from admin_web.database.groups import GroupRule
from admin_web.errors import Invalid
from admin_web.rules.groups import group_rule
from admin_web.services import acts, audit
from admin_web.services.etags import require_match
from admin_web.services.occasion import Occasion
from broker.messages.allowance import GroupChanged
from policy.staff_groups import group_problems


def save_group_rule(
    session: Session,
    group: str,
    duty: str,
    expected_by: int | None,
    *,
    if_match: str | None,
    occasion: Occasion,
) -> None:
    """Let a group's duty be so. Raises Invalid, MatchMissing, ChangedMeanwhile; the same again changes nothing."""
    for problem in group_problems(group, duty, expected_by):
        raise Invalid(problem.error, what_to_do=problem.what_to_do, field=problem.field)
    kept = group_rule(session, group)
    require_match(if_match, kept.etag, "This group’s rule")
    if (kept.duty.value, kept.expected_by) == (duty, expected_by):
        return
    row = session.get(GroupRule, group)
    if row is None:
        row = GroupRule(group=group, storage_duty=duty, expected_by=expected_by, etag=kept.etag)
        session.add(row)
    row.storage_duty, row.expected_by = duty, expected_by
    row.etag = kept.etag + 1
    audit.record_change(
        session,
        "group_rule",
        actor=occasion.actor,
        machine_now=occasion.machine_now,
        filter={"group": group},
        why=occasion.why,
    )
    acts.record(session, GroupChanged(), occasion, what=group)
    session.flush()

"""JSON of permissions, restrictions and room states as the API brings it, turned into drafts (flow 2, step 1)."""

from datetime import UTC, datetime
from typing import Annotated

from pydantic import Field

from admin_web.errors import Invalid
from admin_web.services.bodies import MOST, Body, Text
from admin_web.services.restrictions import RestrictionDraft
from admin_web.services.room_states import RoomStateDraft
from policy.permission import GrantKind, PermissionDraft
from policy.rules import Entitlement


class PermissionBody(Body):
    """A permission as somebody wants it to be; `until` is needed, without it nothing can be saved."""

    kind: Text
    purpose: Text
    people: Annotated[tuple[Text, ...], Field(max_length=MOST)] = ()
    areas: Annotated[tuple[Text, ...], Field(max_length=MOST)] = ()
    starts: Annotated[Text | None, Field(alias="from")] = None
    until: Text | None = None
    destination: Text | None = None
    school_phone: Text | None = None
    although: bool = False
    """Save it although something should be looked at first, like a trip without a school phone."""


class RestrictionBody(Body):
    """What shall be taken away; `takes` absent is Withdraw: everything."""

    scope: Text
    person: Text | None = None
    group: Text | None = None
    takes: Annotated[tuple[Text, ...] | None, Field(max_length=MOST)] = None
    reason: Text
    until: Text | None = None


class Replaced(Body):
    """What somebody said already, and which this may end earlier: `id` and `etag` as GET has them."""

    id: int
    etag: Text


class RoomStateBody(Body):
    """Children staying in: in areas, or at single points, until a time."""

    areas: Annotated[tuple[Text, ...], Field(max_length=MOST)] = ()
    points: Annotated[tuple[Text, ...], Field(max_length=MOST)] = ()
    starts: Annotated[Text | None, Field(alias="from")] = None
    until: Text | None = None
    replaces: Annotated[tuple[Replaced, ...], Field(max_length=MOST)] = ()


def permission_draft(body: PermissionBody, now: datetime) -> PermissionDraft:
    """Turn a permission's body into a draft; without `from` it begins now. Raises Invalid."""
    kinds = {kind.value: kind for kind in GrantKind}
    if body.kind not in kinds:
        raise Invalid(
            "That is not a kind of permission.", what_to_do=f"Choose one of {', '.join(kinds)}.", field="kind"
        )
    return PermissionDraft(
        kind=kinds[body.kind],
        people=body.people,
        purpose=body.purpose,
        starts=read_moment(body.starts, "from") or now,
        ends=read_moment(body.until, "until"),
        areas=body.areas,
        school_phone=body.school_phone,
    )


def restriction_draft(body: RestrictionBody) -> RestrictionDraft:
    """Turn a restriction's body into a draft. Raises Invalid."""
    known = {entitlement.value: entitlement for entitlement in Entitlement}
    for index, name in enumerate(body.takes or ()):
        if name not in known:
            raise Invalid(
                "That cannot be taken away.", what_to_do=f"Choose from {', '.join(known)}.", field=f"takes[{index}]"
            )
    takes = known.values() if body.takes is None else [known[name] for name in body.takes]
    return RestrictionDraft(
        scope=body.scope,
        takes=frozenset(takes),
        reason=body.reason,
        person=body.person,
        group=body.group,
        ends=read_moment(body.until, "until"),
    )


def room_state_draft(body: RoomStateBody) -> RoomStateDraft:
    """Turn a room state's body into a draft. Raises Invalid."""
    return RoomStateDraft(
        areas=body.areas,
        points=body.points,
        starts=read_moment(body.starts, "from"),
        ends=read_moment(body.until, "until"),
        replaces=frozenset(str(one.id) + ":" + one.etag.strip('"') for one in body.replaces),
    )


def read_moment(text: str | None, field: str) -> datetime | None:
    """Read an RFC 3339 time with its offset; None stays None. Raises Invalid."""
    if text is None:
        return None
    try:
        moment = datetime.fromisoformat(text)
        if moment.tzinfo is None:
            raise ValueError(text)
        return moment.astimezone(UTC)
    except (ValueError, OverflowError):
        raise Invalid(
            "That is not a time.", what_to_do="Write it with its offset, like 2026-11-24T15:30:00Z.", field=field
        ) from None

"""Children staying in: for rooms until a time, ended early, replaced, over by itself; and what a badge said."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from admin_web.database.engine import Database
from admin_web.database.events import Event
from admin_web.database.room_states import RoomStateSet
from admin_web.errors import ChangedMeanwhile, Conflict, Invalid, NotFound, SaidAlready
from admin_web.rules.room_states import badge_states_over, room_states_at
from admin_web.services.expiry import expire_due
from admin_web.services.occasion import Occasion
from admin_web.services.room_states import (
    RoomStateDraft,
    edition_of,
    end_room_state,
    end_said_by_badge,
    set_room_state,
)

Make = Callable[[], Occasion]


def wet_play(clock: Any, **changes: Any) -> RoomStateDraft:
    values: dict[str, Any] = {"areas": ("robins", "wrens"), "ends": clock.utc + timedelta(hours=1), **changes}
    return RoomStateDraft(**values)


def test_each_room_has_a_row_and_the_rules_of_its_points_carry_it(rooms: Database, occasion: Make, clock: Any) -> None:
    with rooms.write() as session:
        set_room_state(session, wet_play(clock), occasion=occasion())
    with rooms.read() as session:
        here = room_states_at(session, "robins", "robins", clock.utc)
        assert [(one.starts, one.ends) for one in here] == [(clock.utc, clock.utc + timedelta(hours=1))]
        assert room_states_at(session, "kitchen", "kitchen", clock.utc) == ()


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"areas": ()}, "areas"),
        ({"areas": ("attic",)}, "areas"),
        ({"points": ("attic",)}, "points"),
        ({"ends": None}, "ends"),
    ],
)
def test_what_cannot_be_is_refused_at_its_field(
    rooms: Database, occasion: Make, clock: Any, changes: dict[str, Any], field: str
) -> None:
    with pytest.raises(Invalid) as refused, rooms.write() as session:
        set_room_state(session, wet_play(clock, **changes), occasion=occasion())
    assert refused.value.field == field


def test_it_may_not_end_before_it_begins_nor_last_for_days(rooms: Database, occasion: Make, clock: Any) -> None:
    later = clock.utc + timedelta(hours=2)
    with pytest.raises(Invalid), rooms.write() as session:
        set_room_state(session, wet_play(clock, starts=later), occasion=occasion())
    with pytest.raises(Conflict), rooms.write() as session:
        set_room_state(session, wet_play(clock, ends=clock.utc + timedelta(days=2)), occasion=occasion())


def test_saying_it_again_for_a_room_replaces_what_was_said(rooms: Database, occasion: Make, clock: Any) -> None:
    with rooms.write() as session:
        set_room_state(session, wet_play(clock, areas=("robins",)), occasion=occasion())
        until = clock.utc + timedelta(hours=2)
        set_room_state(session, wet_play(clock, areas=("robins",), ends=until), occasion=occasion())
    with rooms.read() as session:
        assert [one.ends for one in room_states_at(session, "robins", "robins", clock.utc)] == [until]


def test_what_another_office_said_is_not_cut_short_unseen(rooms: Database, occasion: Make, clock: Any) -> None:
    shorter = wet_play(clock, areas=("wrens", "robins"), ends=clock.utc + timedelta(minutes=20))
    with rooms.write() as session:
        first = set_room_state(session, wet_play(clock, areas=("robins",)), occasion=occasion())[0]
        assert edition_of(first) == "1:1"
    with pytest.raises(SaidAlready, match="Robins: it was said already") as refused, rooms.write() as session:
        set_room_state(session, shorter, occasion=occasion())
    assert (refused.value.field, refused.value.said) == ("ends", frozenset({"1:1"}))
    with rooms.read() as session:
        assert room_states_at(session, "wrens", "wrens", clock.utc) == (), "nothing is half said"
    with pytest.raises(SaidAlready), rooms.write() as session:
        set_room_state(session, replace(shorter, replaces=frozenset({"1:0"})), occasion=occasion())
    with rooms.write() as session:
        set_room_state(session, replace(shorter, replaces=refused.value.said), occasion=occasion())
    with rooms.read() as session:
        assert [one.ends for one in room_states_at(session, "robins", "robins", clock.utc)] == [shorter.ends]


def test_saying_it_for_later_leaves_what_is_said_until_then(rooms: Database, occasion: Make, clock: Any) -> None:
    begins, until = clock.utc + timedelta(minutes=40), clock.utc + timedelta(hours=2)
    with rooms.write() as session:
        set_room_state(session, wet_play(clock, areas=("robins",)), occasion=occasion())
        set_room_state(session, wet_play(clock, areas=("robins",), starts=begins, ends=until), occasion=occasion())
    with rooms.read() as session:
        said = room_states_at(session, "robins", "robins", clock.utc)
    assert sorted((one.starts, one.ends) for one in said) == [(clock.utc, begins), (begins, until)]


def test_ended_early_it_is_gone_and_the_second_office_is_told(rooms: Database, occasion: Make, clock: Any) -> None:
    with rooms.write() as session:
        number = set_room_state(session, wet_play(clock, areas=("robins",)), occasion=occasion())[0].id
    with rooms.write() as session:
        end_room_state(session, number, if_match='"1"', occasion=occasion())
    with pytest.raises(ChangedMeanwhile), rooms.write() as session:
        end_room_state(session, number, if_match='"1"', occasion=occasion())
    with rooms.read() as session:
        assert room_states_at(session, "robins", "robins", clock.utc) == ()


def test_it_is_over_by_itself_and_written_so_once(rooms: Database, occasion: Make, clock: Any) -> None:
    with rooms.write() as session:
        set_room_state(session, wet_play(clock), occasion=occasion())
    clock.advance(hours=1)
    with rooms.write() as session:
        assert expire_due(session, clock.now()) == 2
        assert expire_due(session, clock.now()) == 0
        assert session.scalars(select(RoomStateSet).where(RoomStateSet.ended_at.is_(None))).all() == []
        ended = session.scalars(select(Event.type).where(Event.type == "room_state.ended.v1")).all()
    assert len(ended) == 2


def test_what_a_badge_said_before_the_office_ended_it_is_over(rooms: Database, occasion: Make, clock: Any) -> None:
    with rooms.write() as session:
        end_said_by_badge(session, "robins", occasion=occasion())
        clock.advance(minutes=5)
        end_said_by_badge(session, "robins", occasion=occasion())
        assert badge_states_over(session, "robins") == clock.utc
        assert badge_states_over(session, "wrens") is None
    with pytest.raises(NotFound), rooms.write() as session:
        end_said_by_badge(session, "attic", occasion=occasion())

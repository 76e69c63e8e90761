"""Two offices at once: one is done, the other is told; nothing is done twice and nothing silently overwritten."""

import threading
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from sqlalchemy import func, select

from admin_web.database.days import GoingHome
from admin_web.database.engine import Database
from admin_web.database.events import Event
from admin_web.database.groups import GroupRule
from admin_web.database.restrictions import RestrictionMade
from admin_web.errors import ChangedMeanwhile, Conflict, Refused
from admin_web.services.days import say_going_home
from admin_web.services.groups import save_group_rule
from admin_web.services.occasion import Occasion
from admin_web.services.permissions import grant_permission, withdraw_permission
from admin_web.services.restrictions import EVERYTHING, RestrictionDraft, give_back, make_restriction
from admin_web.services.room_states import RoomStateDraft, end_room_state, set_room_state
from policy.permission import GrantKind, PermissionDraft

Make = Callable[[], Occasion]
OFFICES = 4


def at_once(database: Database, act: Callable[[Any, int], object]) -> list[type[BaseException] | None]:
    """Let several offices do something at the same moment; gives what each was told, None for done."""
    barrier = threading.Barrier(OFFICES)
    told: list[type[BaseException] | None] = [None] * OFFICES

    def work(number: int) -> None:
        barrier.wait(10)
        try:
            with database.write() as session:
                act(session, number)
        except Refused as refusal:
            told[number] = type(refusal)

    threads = [threading.Thread(target=work, args=(number,)) for number in range(OFFICES)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    return told


def events(database: Database, type: str) -> int:
    with database.read() as session:
        return session.scalar(select(func.count()).select_from(Event).where(Event.type == type)) or 0


def test_a_permission_is_withdrawn_by_one_of_them(rooms: Database, occasion: Make, clock: Any) -> None:
    with rooms.write() as session:
        draft = PermissionDraft(
            GrantKind.ADJUSTMENT, ("amara-osei",), "agreed_adjustment", clock.utc, clock.utc + timedelta(days=9)
        )
        id = grant_permission(session, draft, occasion=occasion()).id
    told = at_once(rooms, lambda session, _: withdraw_permission(session, id, if_match='"1"', occasion=occasion()))
    assert sorted(map(str, told)) == sorted(map(str, [None, *[ChangedMeanwhile] * 3]))
    assert events(rooms, "permission.withdrawn.v1") == 1


def test_everything_is_withdrawn_from_somebody_once(rooms: Database, occasion: Make) -> None:
    draft = RestrictionDraft("person", EVERYTHING, "under_review", person="amara-osei")
    told = at_once(rooms, lambda session, _: make_restriction(session, draft, occasion=occasion()))
    assert told.count(None) == 1
    assert told.count(Conflict) == 3
    with rooms.read() as session:
        number = session.scalars(select(RestrictionMade.id)).one()
    told = at_once(rooms, lambda session, _: give_back(session, number, if_match='"1"', occasion=occasion()))
    assert told.count(None) == 1
    assert events(rooms, "restriction.ended.v1") == 1


def test_children_staying_in_ends_once(rooms: Database, occasion: Make, clock: Any) -> None:
    with rooms.write() as session:
        draft = RoomStateDraft(("robins",), clock.utc + timedelta(hours=1))
        number = set_room_state(session, draft, occasion=occasion())[0].id
    told = at_once(rooms, lambda session, _: end_room_state(session, number, if_match='"1"', occasion=occasion()))
    assert told.count(None) == 1
    assert told.count(ChangedMeanwhile) == 3
    assert events(rooms, "room_state.ended.v1") == 1


def test_a_groups_duty_is_the_first_offices_and_the_others_are_told(rooms: Database, occasion: Make) -> None:
    told = at_once(
        rooms,
        lambda session, number: save_group_rule(
            session, "student", "cabinet", 500 + number, if_match='"1"', occasion=occasion()
        ),
    )
    assert told.count(None) == 1
    assert told.count(ChangedMeanwhile) == 3
    with rooms.read() as session:
        assert session.scalars(select(GroupRule.expected_by)).one() == 500 + told.index(None)


def test_going_home_is_said_once_however_many_press(rooms: Database, occasion: Make) -> None:
    told = at_once(rooms, lambda session, _: say_going_home(session, "amara-osei", occasion=occasion()))
    assert told == [None] * OFFICES
    with rooms.read() as session:
        assert session.scalar(select(func.count()).select_from(GoingHome)) == 1
    assert events(rooms, "going_home.said.v1") == 1

"""Signing in: the same answer and time for whoever does not exist, throttled, and sessions that end by themselves."""

import threading
import time
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import func, select

from admin_web.access import Role
from admin_web.database.accounts import SignInAttempt, WebSession
from admin_web.database.engine import Database
from admin_web.errors import NotSignedIn, Refused, TooManyAttempts
from admin_web.services import sign_in as signing
from admin_web.services.accounts import AccountDraft, create_account, end_account
from admin_web.services.occasion import Occasion
from admin_web.services.passwords import hash_password
from admin_web.services.sessions import close_session, find_session, open_session, touch_session
from admin_web.services.sign_in import PER_NAME, PER_SOURCE, sign_in

AT = Callable[[], Occasion]
PASSWORD = "four unrelated otters juggle turnips"
HOME = "192.0.2.7"


@pytest.fixture(scope="session")
def password_hash() -> Any:
    return hash_password(PASSWORD)


@pytest.fixture
def tom(database: Database, occasion: AT, password_hash: Any) -> int:
    """Two accounts; the id of Tom Hallworth's."""
    with database.write() as session:
        for name, role in (("r.ashcombe", Role.HEADTEACHER), ("t.hallworth", Role.SLT)):
            draft = AccountDraft("Tom Hallworth", name, role)
            id = create_account(session, draft, password_hash, occasion=occasion()).id
    return id


@pytest.fixture
def instant_hash(monkeypatch: pytest.MonkeyPatch) -> None:
    """Replace argon2, which takes a tenth of a second, where a test tries very often."""
    monkeypatch.setattr(signing, "verify_password", lambda kept, password: kept is not None and password == PASSWORD)


def refusal(database: Database, name: str, password: str, at: Occasion, source: str = HOME) -> Refused:
    with pytest.raises(Refused) as refused:
        sign_in(database, name, password, source=source, machine_now=at.machine_now)
    return refused.value


def test_the_right_password_opens_a_session_with_a_new_token(database: Database, tom: int, occasion: AT) -> None:
    opened = sign_in(database, " T.Hallworth ", PASSWORD, source=HOME, machine_now=occasion().machine_now)
    again = sign_in(database, "t.hallworth", PASSWORD, source=HOME, machine_now=occasion().machine_now)
    assert (opened.account_id, opened.role) == (tom, Role.SLT)
    assert opened.token != again.token
    with database.read() as session:
        found = find_session(session, opened.token, machine_now=occasion().machine_now)
        assert found is not None
        assert (found.account_id, found.role, found.actor.id) == (tom, Role.SLT, f"account:{tom}")
        assert session.scalar(select(func.count()).select_from(SignInAttempt)) == 0


@pytest.mark.parametrize("name", ["t.hallworth", "nobody", "", "x" * 500, "t.hallworth\x00", "\udcff"])
def test_whoever_does_not_exist_gets_the_same_answer(database: Database, tom: int, occasion: AT, name: str) -> None:
    refused = refusal(database, name, "wrong wrong wrong", occasion())
    assert isinstance(refused, NotSignedIn)
    assert refused.error == "The name or the password is not right."
    with database.read() as session:
        assert session.scalar(select(func.count()).select_from(SignInAttempt)) == 2


@pytest.mark.parametrize("password", ["", "\x00", "\udcff", PASSWORD + "x", PASSWORD.upper(), "x" * 5000])
def test_a_wrong_password_of_any_kind_is_only_wrong(database: Database, tom: int, occasion: AT, password: str) -> None:
    assert isinstance(refusal(database, "t.hallworth", password, occasion()), NotSignedIn)


def test_an_unknown_name_takes_as_long_as_a_wrong_password(database: Database, tom: int, occasion: AT) -> None:
    refusal(database, "nobody", "x", occasion())  # the stand-in hash is made once
    took: dict[str, list[float]] = {"t.hallworth": [], "nobody": []}
    for _ in range(3):
        for name, times in took.items():
            began = time.perf_counter()
            refusal(database, name, "wrong wrong wrong", occasion())
            times.append(time.perf_counter() - began)
    assert min(took["nobody"]) > min(took["t.hallworth"]) / 3
    assert min(took["t.hallworth"]) > min(took["nobody"]) / 3


@pytest.mark.parametrize("name", ["t.hallworth", "nobody"])
def test_ten_refusals_for_a_name_close_it_for_a_quarter_of_an_hour(
    database: Database, tom: int, occasion: AT, clock: Any, instant_hash: None, name: str
) -> None:
    for number in range(PER_NAME):
        assert isinstance(refusal(database, name, "wrong", occasion(), f"192.0.2.{number}"), NotSignedIn)
    refused = refusal(database, name, PASSWORD, occasion(), "198.51.100.1")
    assert isinstance(refused, TooManyAttempts), "also the right password, and from elsewhere"
    assert sign_in(database, "r.ashcombe", PASSWORD, source=HOME, machine_now=occasion().machine_now)
    clock.advance(minutes=15, seconds=1)
    if name == "t.hallworth":
        sign_in(database, name, PASSWORD, source=HOME, machine_now=occasion().machine_now)
    else:
        assert isinstance(refusal(database, name, PASSWORD, occasion()), NotSignedIn)


def test_a_success_strikes_out_the_refusals_of_that_name(
    database: Database, tom: int, occasion: AT, instant_hash: None
) -> None:
    for _ in range(3):
        for _ in range(PER_NAME - 1):
            refusal(database, "t.hallworth", "wrong", occasion(), f"192.0.2.{time.monotonic_ns() % 200}")
        sign_in(database, "t.hallworth", PASSWORD, source=HOME, machine_now=occasion().machine_now)


def test_one_source_that_tries_many_names_is_stopped(
    database: Database, tom: int, occasion: AT, instant_hash: None
) -> None:
    for number in range(PER_SOURCE):
        assert isinstance(refusal(database, f"name{number}", "wrong", occasion()), NotSignedIn)
    assert isinstance(refusal(database, "one.more", "wrong", occasion()), TooManyAttempts)
    assert isinstance(refusal(database, "one.more", "wrong", occasion(), "198.51.100.1"), NotSignedIn)


def test_many_attempts_at_once_are_counted_as_well(
    database: Database, tom: int, occasion: AT, monkeypatch: pytest.MonkeyPatch
) -> None:
    all_are_at_it = threading.Barrier(PER_NAME, timeout=20)

    def slow(kept: str | None, password: str) -> bool:
        all_are_at_it.wait()
        return False

    monkeypatch.setattr(signing, "verify_password", slow)
    answers: list[type[Refused]] = []

    def attempt() -> None:
        answers.append(type(refusal(database, "t.hallworth", "wrong", occasion())))

    threads = [threading.Thread(target=attempt) for _ in range(PER_NAME * 2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert answers.count(NotSignedIn) == PER_NAME
    assert answers.count(TooManyAttempts) == PER_NAME


def test_an_account_that_has_ended_cannot_sign_in(database: Database, tom: int, occasion: AT) -> None:
    with database.write() as session:
        end_account(session, tom, occasion=occasion())
    assert isinstance(refusal(database, "t.hallworth", PASSWORD, occasion()), NotSignedIn)


def test_refused_sign_ins_are_kept_ninety_days(database: Database, tom: int, occasion: AT, instant_hash: None) -> None:
    refusal(database, "nobody", "x", occasion())
    at = occasion()
    later = Occasion(at.actor, at.now, at.machine_now + timedelta(days=90, seconds=1))
    refusal(database, "somebody", "x", later)
    with database.read() as session:
        assert session.scalar(select(func.count()).select_from(SignInAttempt)) == 2


@pytest.mark.parametrize(
    ("steps", "alive"),
    [
        ([14.9], True),
        ([15], False),
        ([14, 14, 14], True),
        ([14] * 51, True),  # 11 h 54 min
        ([14] * 51 + [6.1], False),  # 12 hours, however busy
    ],
)
def test_a_session_ends_after_15_idle_minutes_and_after_12_hours(
    database: Database, tom: int, occasion: AT, clock: Any, steps: list[float], alive: bool
) -> None:
    with database.write() as session:
        token = open_session(session, tom, machine_now=clock.machine_now())
    for minutes in steps[:-1]:
        clock.advance(minutes=minutes)
        with database.write() as session:
            found = find_session(session, token, machine_now=clock.machine_now())
            assert found is not None
            assert found.needs_touch(clock.machine_now())
            touch_session(session, token, machine_now=clock.machine_now())
    clock.advance(minutes=steps[-1])
    with database.read() as session:
        assert (find_session(session, token, machine_now=clock.machine_now()) is not None) is alive


def test_signing_out_ends_this_session_only_and_old_ones_are_swept(
    database: Database, tom: int, occasion: AT, clock: Any
) -> None:
    with database.write() as session:
        first = open_session(session, tom, machine_now=clock.machine_now())
        second = open_session(session, tom, machine_now=clock.machine_now())
    with database.write() as session:
        close_session(session, first)
    with database.read() as session:
        assert find_session(session, first, machine_now=clock.machine_now()) is None
        assert find_session(session, second, machine_now=clock.machine_now()) is not None
    clock.advance(hours=1)
    with database.write() as session:
        open_session(session, tom, machine_now=clock.machine_now())
        assert session.scalar(select(func.count()).select_from(WebSession)) == 1


def test_a_cookie_that_is_no_token_of_ours_is_nobody_s(database: Database, occasion: AT) -> None:
    with database.read() as session:
        for token in ("", "x", "\udcff", "a" * 10_000):
            assert find_session(session, token, machine_now=occasion().machine_now) is None

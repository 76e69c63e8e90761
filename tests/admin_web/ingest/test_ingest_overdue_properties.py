"""Whatever somebody declares after an overdue, in whatever batches it comes and comes again: the same rows."""

import hashlib
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from admin_web.database.events import ExceptionRow
from broker.instants import write_instant
from broker.messages.tap import Block, PhoneDeclared, PhoneOverdue, PhoneOverduePrivate, PhonePrivate
from policy.gesture import Intent
from policy.state import Declared

_people = count()
STEPS = st.lists(
    st.sampled_from(
        ["in", "in, taken back", "in, sent, taken back", "out", "overdue", "restart", "send", "send again"]
    ),
    min_size=2,
    max_size=14,
)
_AT = datetime(2026, 11, 23, 10, 45, tzinfo=UTC)


def solved(steps: Sequence[str]) -> list[bool]:
    """Work out, for each overdue, whether the phone came back after it: some `in` that was not taken back."""
    kept = [step for step in steps if step in ("in", "overdue")]
    return ["in" in kept[place + 1 :] for place, step in enumerate(kept) if step == "overdue"]


class Story:
    """Lets one person's day happen at a cabinet."""

    def __init__(self, school: Any) -> None:
        self.school = school
        self.cabinet = school.cabinets["robins"]
        self.person = f"p-{next(_people)}"
        self.badge = f"1:{hashlib.sha256(self.person.encode()).hexdigest()}"
        self.sent: list[bytes] = []

    def live(self, steps: Sequence[str]) -> None:
        for step in steps:
            self.school.clock.advance(seconds=90)
            match step:
                case "in":
                    self._declare(Intent.PUT_IN, Declared.IN)
                case "in, taken back" | "in, sent, taken back":
                    tap = self._declare(Intent.PUT_IN, Declared.IN)
                    if "sent" in step:
                        self.school.deliver("robins")
                    self._declare(Intent.NOT_OPENED, Declared.OUT, tap)
                case "out":
                    self._declare(Intent.TAKE_OUT, Declared.OUT)
                case "overdue":
                    self._overdue()
                case "restart":
                    self.cabinet.start()
                case "send":
                    self.sent = self.cabinet.frames()
                    self.school.deliver("robins")
                case "send again":
                    self.school.send("robins", *self.sent)
        self.school.deliver("robins")

    def _declare(self, intent: Intent, state: Declared, tap: int = 1) -> int:
        beside = PhonePrivate(badge=self.badge, person=self.person, slot=1)
        return int(self.cabinet.append(PhoneDeclared(point="robins", tap=str(tap), intent=intent, state=state), beside))

    def _overdue(self) -> None:
        block = Block(name="Lessons", starts=write_instant(_AT - timedelta(minutes=15)), ends=write_instant(_AT))
        beside = PhoneOverduePrivate(
            person=self.person, badge=self.badge, slot=1, block=block, due=write_instant(_AT + timedelta(minutes=5))
        )
        self.cabinet.append(PhoneOverdue(point="robins"), beside)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture], print_blob=True)
@given(steps=STEPS)
def test_an_overdue_phone_is_solved_exactly_by_a_put_in_that_stands(school: Any, steps: list[str]) -> None:
    story = Story(school)
    steps = ["overdue", *steps]
    story.live(steps)
    rows = school.all(ExceptionRow, ExceptionRow.holder == story.person)
    assert [row.ended_at is not None for row in rows] == solved(steps)
    assert all((row.solved_by is None) is (row.ended_at is None) for row in rows)

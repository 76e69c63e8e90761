"""Central is a device too: own epochs, a chain, heads; acts are events in the transaction of the act."""

import hashlib
import json
from typing import Any

import pytest

from admin_web.database.events import DeviceEpoch, ErasedCommitment, Event, EventPrivate, Head, LogRow
from admin_web.database.people import Badge, BadgePerson, DeclaredState, Person
from admin_web.events.central import begin_epoch, record_act
from admin_web.events.heads import sign_heads, unheaded_epochs
from admin_web.events.projection import Drawn, draw
from admin_web.events.store import lock_events
from broker.envelope import commitment, leaf_of
from broker.heads import Head as SignedHead
from broker.heads import verify_head
from broker.keys import new_signing_key
from broker.messages.central import ActPrivate, PersonSaved, RestrictedSaved, RulesPublished
from policy.gesture import Intent

FROM_CENTRAL = Event.device == "central"


def act(school: Any, message: Any, **private: Any) -> None:
    with school.database.write() as session:
        record_act(session, message, {"actor": "account:1", **private} if private else None, school.clock.now())


def _act_that_fails(session: Any, now: Any) -> None:
    record_act(session, RulesPublished(revision="1.2"), None, now)
    record_act(session, PersonSaved(), None, now)


def test_an_act_is_an_event_with_a_row_and_names_only_in_its_private_part(school: Any) -> None:
    act(school, PersonSaved(), person="amara-osei", what="created")
    event = school.all(Event, Event.type == "person.saved.v1")[0]
    assert b"amara" not in event.body
    (private,) = school.all(EventPrivate, EventPrivate.event_id == event.id)
    assert json.loads(private.private)["person"] == "amara-osei"
    assert json.loads(event.body)["commitment"] == commitment(private.private, private.salt)
    (row,) = school.all(LogRow, LogRow.event_id == event.id)
    assert (row.kind, row.person_id) == ("change", "amara-osei")


def test_acts_chain_within_an_epoch_and_an_epoch_cites_the_one_before(school: Any) -> None:
    act(school, RestrictedSaved(point="robins"), what="x")
    with school.database.write() as session:
        begin_epoch(session, school.clock.now())
    act(school, RulesPublished(revision="1.2"))
    act(school, RulesPublished(revision="1.3"))
    events = school.all(Event, FROM_CENTRAL)
    epochs = school.all(DeviceEpoch, DeviceEpoch.device == "central")
    first, second = sorted(epochs, key=lambda epoch: epoch.ordinal)
    assert (second.previous, second.previous_sequence) == (first.epoch, first.upto)
    of_second = [event for event in events if event.epoch == second.epoch]
    assert [event.sequence for event in of_second] == [1, 2, 3]
    for before, after in zip(of_second, of_second[1:], strict=False):
        assert json.loads(after.body)["prev"] == before.leaf.hex() == leaf_of(before.body).hex()
    cited = json.loads(of_second[0].body)["data"]
    assert (cited["previous"], cited["sequence"], cited["leaf"]) == (first.epoch, str(first.upto), first.leaf.hex())


def test_an_act_that_is_not_committed_leaves_no_hole_in_the_sequence(school: Any) -> None:
    with pytest.raises(ValueError, match="needs its private part"), school.database.write() as session:
        _act_that_fails(session, school.clock.now())
    act(school, RulesPublished(revision="1.3"))
    sequences = [event.sequence for event in school.all(Event, FROM_CENTRAL)]
    assert sequences == list(range(1, len(sequences) + 1))
    ids = [event.id for event in school.all(Event)]
    assert ids == list(range(1, len(ids) + 1))


def test_an_act_without_the_private_part_it_needs_is_refused(school: Any) -> None:
    with pytest.raises(ValueError, match="needs its private part"), school.database.write() as session:
        record_act(session, PersonSaved(), None, school.clock.now())


def test_a_private_part_may_be_given_as_the_model(school: Any) -> None:
    with school.database.write() as session:
        id = record_act(session, PersonSaved(), ActPrivate(actor="console", person="siân"), school.clock.now())
    assert str(id).startswith("central/")


def test_ingest_heads_every_epoch_that_a_kill_left_unheaded(school: Any) -> None:
    act(school, RulesPublished(revision="1.2"))
    with school.database.write() as session:
        begin_epoch(session, school.clock.now())
    key = new_signing_key()
    with school.database.write() as session:
        assert sign_heads(session, key, "ashgrove") == 2
    with school.database.read() as session:
        assert unheaded_epochs(session) == []
    for head in school.all(Head, Head.device == "central"):
        signed = SignedHead("central", head.epoch, head.sequence, head.leaf, head.signature)
        assert verify_head(key.public_key(), "ashgrove", signed)
    act(school, RulesPublished(revision="1.3"))
    with school.database.write() as session:
        assert sign_heads(session, key, "ashgrove") == 1


def test_ids_follow_the_order_of_commits_across_devices_and_central(school: Any) -> None:
    act(school, RulesPublished(revision="1.2"))
    school.deliver("robins")
    act(school, RulesPublished(revision="1.3"))
    school.deliver("kitchen")
    assert [event.id for event in school.all(Event)] == list(range(1, 6))
    with school.database.write() as session:
        assert lock_events(session) == 5


def test_a_private_part_that_was_erased_does_not_come_back_with_a_refill(school: Any) -> None:
    cabinet = school.cabinets["robins"]
    cabinet.tap_refused("amara", "amara-osei", "restricted")
    (frame,) = cabinet.frames()
    envelope = json.loads(json.loads(frame)["events"][1]["event"])
    with school.database.write() as session:
        session.add(ErasedCommitment(commitment=envelope["commitment"], erased_at=school.clock.now().utc))
    school.send("robins", frame)
    assert school.count(EventPrivate, EventPrivate.event_id > 1) == 0
    (row,) = school.all(LogRow, LogRow.kind == "refused")
    assert row.person_id is None
    assert row.refused


def test_a_badge_without_a_person_in_the_private_part_is_looked_up_at_arrival(school: Any) -> None:
    cabinet = school.cabinets["robins"]
    badge = hashlib.sha256(b"grace").hexdigest()
    with school.database.write() as session:
        now = school.clock.now().utc
        session.add(Person(id="grace-adeyemi", name="Grace Adeyemi", group="office"))
        session.add(Badge(reference=f"1:{badge}", added_at=now))
        session.flush()
        session.add(BadgePerson(badge=f"1:{badge}", person_id="grace-adeyemi", starts=now))
    cabinet.tap_refused("grace", None, "badge_not_known_here")
    school.deliver("robins")
    (row,) = school.all(LogRow, LogRow.kind == "refused")
    assert row.person_id == "grace-adeyemi"


def test_a_declaration_that_is_drawn_late_does_not_undo_a_later_one(school: Any) -> None:
    now = school.clock.now().utc
    private = {"badge": f"1:{'5a' * 32}", "person": "amara-osei", "slot": None}

    def declared(id: int, order: int, sequence: int, state: str) -> Drawn:
        return Drawn(id, "phone.declared.v1", sequence, {"tap": "1", "state": state}, private, now, "robins", order)

    school.deliver("robins")
    with school.database.write() as session:
        draw(session, [declared(2, 3, 4, "out")])
        draw(session, [declared(2, 2, 90, "in")])
        draw(session, [declared(2, 3, 3, "in")])
    assert [state.state for state in school.all(DeclaredState)] == ["out"]


def test_a_device_speaks_of_its_own_point_only(school: Any) -> None:
    cabinet = school.cabinets["robins"]
    cabinet.device = "kitchen"  # what it writes as `point`; its outbox still signs as robins
    cabinet.tap_granted("amara", "amara-osei", Intent.PUT_IN)
    cabinet.device = "robins"
    school.deliver("robins")
    assert {event.point_id for event in school.all(Event, Event.device == "robins")} == {"robins"}

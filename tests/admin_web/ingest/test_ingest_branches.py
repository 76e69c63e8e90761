"""Storage put back, cloned, and central put back: said in the office, nothing refused for ever, nobody accused."""

from typing import Any

from admin_web.database.engine import Database, open_database
from admin_web.database.events import DeviceEpoch, Event, EventPrivate, ExceptionRow, LogRow, Quarantine
from admin_web.database.people import DeclaredState
from admin_web.database.publishing import CurrentRevision, PublishedBundle
from admin_web.ingest.asking import GIVEN_UP_AFTER_ASKING, GIVEN_UP_AFTER_S, Asking
from admin_web.ingest.batch import Arrived, BatchIntake
from admin_web.ingest.plan import Missing
from admin_web.services.revision import raise_revision
from broker.messages.status import BundleHead, LampState, Status, Versions
from broker.messages.wire import Need
from broker.signed import sign_rules_head
from broker.topics import Channel, topic
from policy.clock import ClockQuality
from policy.gesture import Intent
from policy.rules import Revision


def exceptions(school: Any) -> list[str]:
    return [row.kind for row in school.all(ExceptionRow)]


def status_of(cabinet: Any, *, last_ack: str | None = None, bundle: BundleHead | None = None) -> Status:
    epoch, sequence = cabinet.outbox.position()
    return Status(
        device=cabinet.device,
        at="2026-11-23T08:00:00.000Z",
        clock=ClockQuality.SYNCED,
        boot="7",
        versions=Versions(phonekeep="0.1.0"),
        bundle=bundle,
        rules_applied=None if bundle is None else f"{bundle.generation}.{bundle.number}",
        last_ack=last_ack,
        epoch=epoch,
        sequence=str(sequence),
        outbox_depth=cabinet.outbox.depth(),
        lamps=LampState(red="off", amber="off", green="off"),
        doors={"1": "closed"},
    )


def say(school: Any, status: Status) -> Any:
    return school.intake.take([Arrived(topic("ashgrove", status.device, Channel.STATUS), status.to_bytes())])


def test_a_restart_that_cites_all_of_the_epoch_before_is_nothing_to_report(school: Any) -> None:
    cabinet = school.cabinets["robins"]
    for _ in range(3):
        cabinet.tap_granted("amara", "amara-osei", Intent.PUT_IN)
        cabinet.start()
    school.deliver("robins")
    school.deliver("robins")
    assert exceptions(school) == []
    assert [epoch.ordinal for epoch in school.all(DeviceEpoch, DeviceEpoch.device == "robins")] != []
    assert cabinet.outbox.depth() == 0


def test_a_storage_put_back_is_reported_once_and_its_events_are_taken(school: Any) -> None:
    cabinet = school.cabinets["robins"]
    cabinet.tap_granted("amara", "amara-osei", Intent.PUT_IN)
    copy = cabinet.storage()
    cabinet.tap_granted("amara", "amara-osei", Intent.TAKE_OUT)
    school.deliver("robins")
    back = cabinet.restored(copy)
    back.tap_granted("bilal", "bilal-hussain", Intent.PUT_IN)
    for _ in range(5):
        school.deliver("robins", cabinet=back)
    assert exceptions(school) == ["storage_went_back"]
    assert back.outbox.depth() == 0, "the copy's old events were acknowledged as far as the copy holds them"
    assert school.count(Quarantine) == 0
    assert {state.holder: state.state for state in school.all(DeclaredState)} == {
        "amara-osei": "out",
        "bilal-hussain": "in",
    }


def test_two_devices_in_one_name_are_cloned_only_when_the_other_branch_grows(
    school: Any,
) -> None:
    cabinet = school.cabinets["robins"]
    cabinet.tap_granted("amara", "amara-osei", Intent.PUT_IN)
    copy = cabinet.storage()
    school.deliver("robins")
    cabinet.start()
    school.deliver("robins")
    twin = cabinet.restored(copy)
    school.deliver("robins", cabinet=twin)
    assert exceptions(school) == ["storage_went_back"]
    twin.tap_refused("bilal", "bilal-hussain", "restricted")
    school.deliver("robins", cabinet=twin)
    assert exceptions(school) == ["storage_went_back"]
    cabinet.tap_refused("amara", "amara-osei", "restricted")
    school.deliver("robins")
    assert exceptions(school) == ["storage_went_back", "cloned"]
    assert cabinet.outbox.depth() == twin.outbox.depth() == 0


def test_a_new_card_that_knows_of_no_epoch_before_is_a_storage_that_went_back(school: Any) -> None:
    school.deliver("robins")
    blank = type(school.cabinets["robins"])("robins", school.clock, key=school.cabinets["robins"].key)
    school.deliver("robins", cabinet=blank)
    assert exceptions(school) == ["storage_went_back"]


def put_back(school: Any, copy: bytes, tmp_path: Any) -> None:
    """Put central's database back to a copy and start ingest on it anew."""
    school.database.close()
    (tmp_path / "yesterday.db").write_bytes(copy)
    school.database = open_database(f"sqlite:///{tmp_path / 'yesterday.db'}")
    school.intake = BatchIntake(school.database, school.clock, site="ashgrove", signing_key=school.signing_key)


def copy_of(database: Database) -> bytes:
    with database.engine.connect() as connection:
        driver: Any = connection.connection.driver_connection
        return bytes(driver.serialize())


def test_a_central_put_back_asks_for_what_it_lacks_epoch_by_epoch(
    school: Any, tmp_path: Any, database_url: Any
) -> None:
    if not database_url.startswith("sqlite"):
        return
    cabinet = school.cabinets["robins"]
    cabinet.tap_granted("amara", "amara-osei", Intent.PUT_IN)
    school.deliver("robins")
    yesterday = copy_of(school.database)
    for _ in range(3):
        cabinet.tap_granted("amara", "amara-osei", Intent.TAKE_OUT)
        cabinet.tap_granted("amara", "amara-osei", Intent.PUT_IN)
        school.deliver("robins")
        cabinet.start()
        school.deliver("robins")
    truth = [event.body for event in school.all(Event, Event.device == "robins")]
    acknowledged = cabinet.outbox.last_acknowledged().signed
    put_back(school, yesterday, tmp_path)
    assert school.count(Event, Event.device == "robins") == 3

    cabinet.tap_granted("bilal", "bilal-hussain", Intent.PUT_IN)
    replies = say(school, status_of(cabinet, last_ack=acknowledged))
    cabinet.trusted = school.signing_key.public_key()
    for _ in range(10):
        asked = cabinet.obey(replies)
        if not asked:
            break
        replies = school.send("robins", *asked)
    school.deliver("robins")
    bodies = [event.body for event in school.all(Event, Event.device == "robins")]
    assert set(truth) <= set(bodies)
    assert len(bodies) == len(truth) + 2
    assert exceptions(school) == ["central_went_back"]
    assert cabinet.outbox.depth() == 0
    states = {state.holder: state.state for state in school.all(DeclaredState)}
    assert states["bilal-hussain"] == "in"
    assert school.count(EventPrivate, EventPrivate.sealed.is_not(None)) > 0
    assert school.count(LogRow, LogRow.kind == "take_out") == 3


def test_a_bundle_of_our_own_signature_that_is_newer_than_ours_raises_the_generation_above_it(school: Any) -> None:
    cabinet = school.cabinets["robins"]
    with school.database.write() as session:
        raise_revision(session, school.clock.now())
    seen = Revision(1, 9)
    signature = sign_rules_head(school.signing_key, "ashgrove", "robins", seen).hex()
    head = BundleHead(device="robins", generation=1, number=9, signature=signature)
    say(school, status_of(cabinet, bundle=head))
    (current,) = school.all(CurrentRevision)
    assert (current.generation, current.number) == (2, 1)
    say(school, status_of(cabinet, bundle=head))
    (current,) = school.all(CurrentRevision)
    assert (current.generation, current.number) == (2, 1)
    assert exceptions(school) == ["central_went_back"]


def test_a_bundle_that_we_have_published_ourselves_shows_nothing(school: Any) -> None:
    now = school.clock.now().utc
    with school.database.write() as session:
        session.add(PublishedBundle(device="robins", generation=1, number=1, window_first=now.date(), published_at=now))
    signature = sign_rules_head(school.signing_key, "ashgrove", "robins", Revision(1, 1)).hex()
    say(
        school,
        status_of(
            school.cabinets["robins"], bundle=BundleHead(device="robins", generation=1, number=1, signature=signature)
        ),
    )
    assert exceptions(school) == []
    assert school.all(CurrentRevision)[0].generation == 1


def test_a_bundle_head_that_we_did_not_sign_is_not_believed(school: Any) -> None:
    head = BundleHead(device="robins", generation=7, number=9, signature="00" * 64)
    say(school, status_of(school.cabinets["robins"], bundle=head))
    (current,) = school.all(CurrentRevision)
    assert current.generation == 1
    assert exceptions(school) == []


def test_asking_is_paced_and_after_a_long_silence_given_up() -> None:
    asking, missing = Asking(), Missing("robins", "a" * 16, 4, 9)
    assert asking.is_due(missing, 0.0)
    assert not asking.is_due(missing, 1.0)
    assert asking.is_due(missing, 3.0)
    assert asking.is_due(Missing("robins", "a" * 16, 5, 9), 3.1), "it has moved on, so it is answering"
    for turn in range(1, GIVEN_UP_AFTER_ASKING):
        assert asking.is_due(Missing("robins", "a" * 16, 5, 9), 3.1 + turn * 40)
    assert not asking.is_given_up("robins", "a" * 16, 3.1 + GIVEN_UP_AFTER_S - 1)
    assert asking.is_given_up("robins", "a" * 16, 3.1 + GIVEN_UP_AFTER_S)


def test_events_that_the_device_no_longer_keeps_do_not_refuse_it_for_ever(school: Any) -> None:
    cabinet = school.cabinets["robins"]
    for _ in range(3):
        cabinet.tap_refused("amara", "amara-osei", "restricted")
    epoch, sequence = cabinet.outbox.position()
    cabinet.tap_refused("bilal", "bilal-hussain", "restricted")
    (later,) = cabinet.frames((epoch, sequence))
    (need,) = school.said(school.send("robins", later))
    assert isinstance(need, Need)
    for _ in range(GIVEN_UP_AFTER_ASKING):
        assert school.count(Event, Event.device == "robins") == 0
        school.seconds.now += 40
        school.send("robins", later)
    assert [event.sequence for event in school.all(Event, Event.device == "robins")] == [sequence + 1]
    assert exceptions(school) == ["events_missing"]

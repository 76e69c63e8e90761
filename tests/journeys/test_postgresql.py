"""The same school with its log in PostgreSQL, by one URL: a tap, an edit, and the office after ingest was killed."""

from pathlib import Path

from demo.driver import School, wait_until

AMARA = "04a1b2c3d4e580"


def test_a_school_on_postgresql_hears_taps_publishes_edits_and_survives_a_kill(
    new_postgres: str, tmp_path: Path
) -> None:
    with School.start(tmp_path / "school", "--database", new_postgres) as school:
        assert not (school.directory / "data" / "central" / "central.db").exists()
        school.bench("/clock", {"now": "2026-11-24T08:41:00"})
        school.tap("robins", AMARA, "put_in", hold_ms=600)
        granted = school.wait_event("tap.granted.v1", within_s=20, point="robins")[-1]
        assert granted["person"] == {"id": "amara-osei", "name": "Amara Osei"}
        school.put("points/robins/restricted", {"blocks": []})
        school.wait_event("rules.applied.v1", count=2, within_s=20, point="robins")
        school.kill("ingest")
        school.bench("/clock", {"now": "2026-11-24T09:30:00"})
        school.tap("robins", AMARA, "take_out", hold_ms=600)
        taken = school.wait_event("tap.granted.v1", count=2, within_s=30, point="robins")[-1]
        assert taken["reason"] == "outside_formal_time"
        wait_until(
            lambda: all(d["outbox_depth"] == 0 for d in school.api("devices")["items"]),
            within_s=30,
            what="nothing waits any more",
        )
        numbers = [int(e["id"].rsplit("/", 1)[1]) for e in school.events() if e["id"].startswith("robins/")]
        assert numbers == list(range(1, len(numbers) + 1))

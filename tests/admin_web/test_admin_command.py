"""`phonekeep-admin` sets a school up by hand: safe to run again, secrets for their owner only, errors in sentences."""

import json
import os
import re
import stat
import subprocess
import sys
from pathlib import Path

import pytest
from sqlalchemy import select
from typer.testing import CliRunner, Result

from admin_web.commands.main import app
from admin_web.database.accounts import Account
from admin_web.database.engine import open_database
from admin_web.database.places import Device, Point, Site
from admin_web.services.owner_link import is_owner_link_open
from admin_web.services.tokens import find_token
from admin_web.settings import load_settings
from broker.keys import badge_reference, load_recovery_key, load_signing_key, load_site_key, public_bytes

PASSWORD = "four unrelated otters juggle turnips"
INIT = ("init", "--site", "ashgrove", "--name", "Ashgrove Primary", "--http-on-loopback", "--web-port", "18080")


def run(data: Path, *words: str, given: str = "") -> Result:
    """Run a command in this process; nothing may ever end in a traceback."""
    result = CliRunner().invoke(app, ["--data", str(data), *words], input=given, env={"COLUMNS": "200"})
    assert "Traceback" not in result.output
    assert result.exception is None or isinstance(result.exception, SystemExit), repr(result.exception)
    return result


def done(data: Path, *words: str, given: str = "") -> str:
    """Run a command that works; its standard output."""
    result = run(data, *words, given=given)
    assert result.exit_code == 0, result.output
    return result.stdout


def refused(data: Path, *words: str, given: str = "") -> str:
    """Run a command that does not work; its sentence."""
    result = run(data, *words, given=given)
    assert result.exit_code == 1, result.output
    assert result.stdout == ""
    assert result.stderr.startswith("phonekeep-admin: ")
    return result.stderr


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """The data directory of a founded school."""
    done(tmp_path / "central", *INIT)
    return tmp_path / "central"


@pytest.fixture
def data_with_robins(data: Path) -> Path:
    """The same, with the point `robins`."""
    done(data, "point", "add", "robins", "--name", "Robins", "--kind", "one_door")
    return data


def modes(directory: Path) -> dict[str, int]:
    return {
        str(path.relative_to(directory)): stat.S_IMODE(path.stat().st_mode) for path in sorted(directory.rglob("*"))
    }


def test_init_founds_the_school_and_prints_the_owner_link(tmp_path: Path) -> None:
    link = done(tmp_path / "central", *INIT).strip()
    assert re.fullmatch(r"http://127\.0\.0\.1:18080/owner/[\w-]{43}", link)
    database = open_database(load_settings(tmp_path / "central").database_url)
    with database.read() as session:
        assert session.scalars(select(Site.name)).one() == "Ashgrove Primary"
        assert is_owner_link_open(session, link.rsplit("/", 1)[1])
    database.close()


def test_secrets_are_their_owner_s_and_the_database_is_the_group_s_whatever_the_umask(tmp_path: Path) -> None:
    before = os.umask(0o000)
    try:
        done(tmp_path / "central", "init", "--site", "ashgrove", "--name", "Ashgrove Primary", "--web-port", "8443")
    finally:
        os.umask(before)
    found = modes(tmp_path / "central")
    assert stat.S_IMODE((tmp_path / "central").stat().st_mode) == 0o2770
    assert {found[name] for name in ("ca", "keys", "broker")} == {0o700}, "web cannot even look into these"
    secret = [name for name in found if name.endswith(".key") and name != "web/web.key"] + ["owner-link"]
    assert len(secret) == 8
    assert {name: found[name] for name in secret} == dict.fromkeys(secret, 0o600)
    assert found["central.db"] == 0o660
    assert (found["central.toml"], found["web/web.key"]) == (0o640, 0o640)


def test_init_again_keeps_every_key_and_the_link_and_renews_certificates(data: Path) -> None:
    kept = ("keys/central.key", "keys/event.key", "keys/site.key", "keys/public.json", "ca/ca.key", "recovery.key")
    before = {name: (data / name).read_bytes() for name in kept}
    certificate = (data / "broker" / "server.pem").read_bytes()
    first = done(data, "owner-link")
    assert done(data, "init", "--site", "ashgrove", "--name", "Ashgrove Primary") == first
    assert {name: (data / name).read_bytes() for name in kept} == before
    assert (data / "broker" / "server.pem").read_bytes() != certificate
    assert load_settings(data).web.port == 18080, "what is not named stays as it is"


def test_init_again_with_other_ports_changes_them(data: Path) -> None:
    done(data, *INIT[:-1], "18081", "--broker-port", "18884")
    assert (load_settings(data).web.port, load_settings(data).broker.port) == (18081, 18884)
    assert "listener 18884 127.0.0.1" in (data / "broker" / "mosquitto.conf").read_text()


def test_an_init_that_was_interrupted_is_finished_by_the_next(tmp_path: Path) -> None:
    data = tmp_path / "central"
    done(data, *INIT)
    for name in ("keys/public.json", "ca/ca.pem", "central.toml", "central.db", "owner-link"):
        (data / name).unlink()
    done(data, *INIT)
    public = json.loads((data / "keys" / "public.json").read_bytes())
    assert public["recovery_public"] == public_bytes(load_recovery_key(data / "recovery.key")).hex()
    assert public["central_public"] == public_bytes(load_signing_key(data / "keys" / "central.key")).hex()


def test_the_recovery_key_is_written_once_and_stays_gone(data: Path) -> None:
    (data / "recovery.key").unlink()
    done(data, "init", "--site", "ashgrove", "--name", "Ashgrove Primary")
    assert not (data / "recovery.key").exists()


def test_another_site_or_a_site_that_cannot_be_is_refused(data: Path, tmp_path: Path) -> None:
    assert "belongs to the site 'ashgrove'" in refused(data, "init", "--site", "elmwood", "--name", "Elmwood")
    assert "site" in refused(tmp_path / "other", "init", "--site", "Ash Grove", "--name", "x")


def test_before_init_every_command_says_to_run_it(tmp_path: Path) -> None:
    for words in (
        ("point", "add", "robins", "--name", "Robins", "--kind", "one_door"),
        ("token", "add", "--name", "x", "--role", "office"),
        ("upgrade",),
        ("owner-link",),
        ("badge-reference",),
    ):
        assert "init" in refused(tmp_path / "nowhere", *words, given="04a1b2c3d4e580\n")


def test_a_device_gets_a_directory_for_each_program_and_central_its_public_halves(
    data_with_robins: Path, tmp_path: Path
) -> None:
    out = tmp_path / "robins-keys"
    assert done(data_with_robins, "device", "add", "robins", "--point", "robins", "--out", str(out)) == ""
    found = modes(out)
    assert set(found) == {
        "cabinet", "cabinet/central.json", "cabinet/event.key", "cabinet/site.key",
        "link", "link/ca.pem", "link/central.json", "link/device.key", "link/device.pem",
    }  # fmt: skip
    assert {found.pop("cabinet"), found.pop("link")} == {0o700}
    assert set(found.values()) == {0o600}
    said = json.loads((out / "cabinet" / "central.json").read_bytes())
    assert (said["site"], said["device"], said["point"], said["key_epoch"]) == ("ashgrove", "robins", "robins", 1)
    assert load_site_key(out / "cabinet" / "site.key") == load_site_key(data_with_robins / "keys" / "site.key")
    database = open_database(load_settings(data_with_robins).database_url)
    with database.read() as session:
        device = session.get_one(Device, "robins")
        assert device.event_key == public_bytes(load_signing_key(out / "cabinet" / "event.key"))
        serial = _openssl("x509", "-noout", "-serial", "-in", str(out / "link" / "device.pem"))
        assert int(device.certificate_serial or "", 16) == int(serial.removeprefix("serial="), 16)
    database.close()
    verified = _openssl("verify", "-CAfile", str(out / "link" / "ca.pem"), str(out / "link" / "device.pem"))
    assert verified.endswith(": OK")


def test_a_device_that_cannot_be_added_leaves_no_files(data_with_robins: Path, tmp_path: Path) -> None:
    out = tmp_path / "keys"
    add = ("device", "add")
    assert "point add" in refused(data_with_robins, *add, "wrens", "--point", "wrens", "--out", str(out))
    assert "id" in refused(data_with_robins, *add, "central", "--point", "robins", "--out", str(out))
    done(data_with_robins, *add, "robins", "--point", "robins", "--out", str(out))
    before = modes(out)
    assert "registered already" in refused(
        data_with_robins, *add, "robins", "--point", "robins", "--out", str(tmp_path / "again")
    )
    done(data_with_robins, "point", "add", "wrens", "--name", "Wrens", "--kind", "one_door")
    assert "not empty" in refused(data_with_robins, *add, "wrens", "--point", "wrens", "--out", str(out))
    assert modes(out) == before
    assert sorted(path.name for path in tmp_path.iterdir()) == ["central", "keys"]


def test_a_token_is_the_only_word_on_standard_output(data: Path) -> None:
    secret = done(data, "token", "add", "--name", "Bench", "--role", "headteacher").strip()
    database = open_database(load_settings(data).database_url)
    with database.read() as session:
        found = find_token(session, secret)
        assert found is not None
        assert found.role == "headteacher"
    database.close()


def test_an_account_takes_its_password_from_standard_input_and_closes_the_owner_link(data: Path) -> None:
    add = ("account", "add", "--name", "Ruth Ashcombe", "--sign-in", "R.Ashcombe", "--role", "headteacher")
    assert "at least 15" in refused(data, *add, given="short\n")
    assert "No password" in refused(data, *add)
    assert "own words" in refused(data, *add, given="Ashgrove-Ashcombe-2026\n")
    assert done(data, *add, given=PASSWORD + "\n") == ""
    assert "taken" in refused(data, *add, given=PASSWORD + "\n")
    assert done(data, "owner-link") == ""
    assert not (data / "owner-link").exists()
    database = open_database(load_settings(data).database_url)
    with database.read() as session:
        assert session.scalars(select(Account.sign_in_name)).all() == ["r.ashcombe"]
    database.close()


def test_badge_references_come_out_line_for_line_and_no_uid_is_repeated(data: Path) -> None:
    site_key = load_site_key(data / "keys" / "site.key")
    uids = ["04a1b2c3d4e580", "DE:AD:BE:EF", "00112233445566778899"]
    lines = done(data, "badge-reference", given="\n".join(uids) + "\n\n").splitlines()
    assert lines == [badge_reference(site_key, 1, bytes.fromhex(uid.replace(":", ""))) for uid in uids]
    sentence = refused(data, "badge-reference", given="04a1b2c3d4e5\n")
    assert "Line 1" in sentence
    assert "04a1b2c3d4e5\n" not in sentence


def test_a_school_is_imported_or_nothing_of_it(data: Path, tmp_path: Path) -> None:
    file = tmp_path / "school.json"
    file.write_text(json.dumps({"points": [{"id": "robins", "name": "Robins", "kind": "cupboard"}]}))
    assert "points[0].kind" in refused(data, "import", str(file))
    file.write_text("{")
    assert "is not JSON" in refused(data, "import", str(file))
    assert "No such file" in refused(data, "import", str(tmp_path / "absent.json"))
    file.write_text(json.dumps({"points": [{"id": "robins", "name": "Robins", "kind": "one_door"}]}))
    done(data, "import", str(file))
    database = open_database(load_settings(data).database_url)
    with database.read() as session:
        assert session.scalars(select(Point.id)).all() == ["robins"]
    database.close()


def test_unseal_wants_the_recovery_key_and_says_what_it_did(data: Path) -> None:
    assert done(data, "unseal", str(data / "recovery.key")).startswith("0 opened")
    assert "recovery key" in refused(data, "unseal", str(data / "keys" / "central.key"))
    assert "cannot be read" in refused(data, "unseal", str(data / "absent.key"))


def test_a_setting_that_is_wrong_is_named(data: Path) -> None:
    path = data / "central.toml"
    path.write_text(path.read_text().replace("port = 18080", 'port = "eighty"'))
    assert "web.port" in refused(data, "owner-link")
    path.write_text('site = "ashgrove"\nsight = 1\n')
    assert "sight" in refused(data, "owner-link")
    path.write_text("site = \n")
    assert "line 1" in refused(data, "owner-link")


def test_keys_are_not_written_as_another_user_than_the_directory_s(data_with_robins: Path, tmp_path: Path) -> None:
    if os.geteuid() != 0:
        pytest.skip("needs root to give a directory to another user")
    os.chown(data_with_robins, 65534, 65534)
    sentence = refused(
        data_with_robins, "device", "add", "robins", "--point", "robins", "--out", str(tmp_path / "keys")
    )
    assert "sudo -u nobody phonekeep-admin" in sentence


def test_as_a_process_of_its_own_it_ends_with_a_code_and_a_sentence(tmp_path: Path) -> None:
    program = [sys.executable, "-c", "from admin_web.commands.main import app; app()", "--data", str(tmp_path / "none")]
    ended = subprocess.run([*program, "owner-link"], capture_output=True, text=True, timeout=60)
    assert (ended.returncode, ended.stdout) == (1, "")
    assert ended.stderr.startswith("phonekeep-admin: There is no ")
    assert len(ended.stderr.splitlines()) == 1


def _openssl(*words: str) -> str:
    return subprocess.run(["openssl", *words], capture_output=True, text=True, check=True).stdout.strip()

"""Key files that only their owner reads, and badge references that give no UID away."""

import hmac
import stat
from pathlib import Path

import pytest

from broker.errors import BadKey
from broker.keys import (
    badge_reference,
    load_recovery_key,
    load_signing_key,
    load_site_key,
    new_recovery_key,
    new_signing_key,
    new_site_key,
    public_bytes,
    recovery_public_key,
    save_private_key,
    save_site_key,
    signing_public_key,
)

SITE_KEY = bytes(range(32))


def test_a_badge_reference_is_the_keyed_hash_of_the_whole_uid_after_the_key_epoch() -> None:
    uid = bytes.fromhex("04a1b2c3d4e580")
    assert badge_reference(SITE_KEY, 1, uid) == "1:" + hmac.new(SITE_KEY, uid, "sha256").hexdigest()


def test_badges_that_collide_in_their_first_bytes_have_references_of_their_own() -> None:
    one, other = (badge_reference(SITE_KEY, 1, bytes.fromhex(uid)) for uid in ("04a1b2c3d4e580", "04a1b2ffeedd81"))
    assert one != other
    assert "04a1b2" not in one


def test_a_reference_depends_on_key_and_key_epoch() -> None:
    uid = bytes.fromhex("04a1b2c3")
    assert (
        len({badge_reference(SITE_KEY, 1, uid), badge_reference(SITE_KEY, 2, uid), badge_reference(bytes(32), 1, uid)})
        == 3
    )


def test_keys_are_written_for_their_owner_only_and_read_back(tmp_path: Path) -> None:
    event, recovery, site = new_signing_key(), new_recovery_key(), new_site_key()
    save_private_key(tmp_path / "event.key", event)
    save_private_key(tmp_path / "recovery.key", recovery)
    save_site_key(tmp_path / "site.key", site)
    assert {stat.S_IMODE(path.stat().st_mode) for path in tmp_path.iterdir()} == {0o600}
    assert public_bytes(load_signing_key(tmp_path / "event.key")) == public_bytes(event)
    assert public_bytes(load_recovery_key(tmp_path / "recovery.key")) == public_bytes(recovery)
    assert load_site_key(tmp_path / "site.key") == site


def test_a_key_is_never_written_over(tmp_path: Path) -> None:
    save_site_key(tmp_path / "site.key", SITE_KEY)
    with pytest.raises(BadKey, match="never written over"):
        save_site_key(tmp_path / "site.key", bytes(32))
    assert load_site_key(tmp_path / "site.key") == SITE_KEY


def test_a_wrong_key_file_says_which_and_what_to_do(tmp_path: Path) -> None:
    save_private_key(tmp_path / "recovery.key", new_recovery_key())
    (tmp_path / "noise").write_bytes(b"\xff\x00noise")
    (tmp_path / "short").write_text("00ff")
    with pytest.raises(BadKey, match=r"recovery\.key holds another kind"):
        load_signing_key(tmp_path / "recovery.key")
    with pytest.raises(BadKey, match="missing cannot be read"):
        load_signing_key(tmp_path / "missing")
    with pytest.raises(BadKey, match="noise is not a private key"):
        load_recovery_key(tmp_path / "noise")
    with pytest.raises(BadKey, match="noise is not a site key"):
        load_site_key(tmp_path / "noise")
    with pytest.raises(BadKey, match="a site key has 32"):
        load_site_key(tmp_path / "short")


def test_public_halves_are_read_from_32_bytes_and_no_other_number() -> None:
    assert public_bytes(new_signing_key()) != public_bytes(new_signing_key())
    signing_public_key(public_bytes(new_signing_key()))
    recovery_public_key(public_bytes(new_recovery_key()))
    for read in (signing_public_key, recovery_public_key):
        with pytest.raises(BadKey, match="not 31"):
            read(bytes(31))

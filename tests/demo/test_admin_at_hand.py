"""A command of `phonekeep-admin` that was loaded beforehand does, says and refuses what it does at a terminal."""

import asyncio
from pathlib import Path

import pytest

from demo.admin import Admin
from demo.clock import SchoolClock
from demo.errors import SetUpFailed
from demo.places import Places

UIDS = ["04a1b2c3d4e580", "9c41d07e"]


async def said(admin: Admin, *words: str, given: str = "") -> str:
    """What a command printed, or why it did not work."""
    try:
        return await admin.run(*words, given=given)
    except SetUpFailed as problem:
        return f"failed: {problem}"


def test_what_is_at_hand_does_and_says_what_the_command_does(tmp_path: Path) -> None:
    places = Places(tmp_path)
    places.open()
    SchoolClock(places.simulation / "clock.json").add_synced([])
    admin = Admin(places)

    async def all_of_them() -> list[str]:
        given = "".join(f"{uid}\n" for uid in UIDS)
        return list(
            await asyncio.gather(
                said(admin, "badge-reference", given=given),
                said(admin, "token", "add", "--name", "x", "--role", "king"),
                said(admin, "import", "no-such-file.json"),
                said(admin, "owner-link"),
            )
        )

    async def scene() -> None:
        async with admin.at_hand():
            await admin.run("init", "--site", "ashgrove", "--name", "Ashgrove", "--http-on-loopback")
            at_hand = await all_of_them()
        assert at_hand == await all_of_them()
        references, usage, refused, _ = at_hand
        assert len(references.split()) == len(UIDS)
        assert "king" in usage
        assert "no-such-file.json" in refused
        assert refused.startswith("failed: `phonekeep-admin import no-such-file.json` did not work:\nphonekeep-admin: ")

    try:
        asyncio.run(scene())
    finally:
        places.close()


def test_what_cannot_be_loaded_is_said_with_its_last_words(tmp_path: Path) -> None:
    places = Places(tmp_path)
    places.open()
    (places.sockets / "admin.sock").touch()  # the address is taken

    async def scene() -> None:
        async with Admin(places).at_hand():
            pass

    try:
        with pytest.raises(SetUpFailed, match="cannot be loaded(.|\n)*Address already in use"):
            asyncio.run(scene())
    finally:
        places.close()

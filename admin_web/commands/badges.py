"""`badge-reference`: turns UIDs into references, for a list of badges that were never tapped; the UIDs go nowhere."""

import re
import sys

import typer

from admin_web.commands.keys import read_public_keys
from admin_web.commands.office import Office
from admin_web.errors import Invalid
from broker import keys

_UID = re.compile(r"[0-9a-fA-F]{8}|[0-9a-fA-F]{14}|[0-9a-fA-F]{20}")


def badge_reference(context: typer.Context) -> None:
    """Read UIDs from stdin, one a line in hex (4, 7 or 10 bytes), and print one badge reference a line."""
    office: Office = context.obj
    settings = office.settings()
    site_key = keys.load_site_key(settings.site_key)
    key_epoch = read_public_keys(settings).key_epoch
    uids = [_parse(line, number) for number, line in enumerate(sys.stdin, start=1) if line.strip()]
    for uid in uids:
        typer.echo(keys.badge_reference(site_key, key_epoch, uid))


def _parse(line: str, number: int) -> bytes:
    text = line.strip().replace(":", "").replace(" ", "")
    if not _UID.fullmatch(text):
        raise Invalid(
            f"Line {number} is not the UID of a badge.",
            what_to_do="Write 4, 7 or 10 bytes in hex, like 04a1b2c3d4e580.",
        )
    return bytes.fromhex(text)

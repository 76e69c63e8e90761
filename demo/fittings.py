"""What a device of the school is made of: its simulated hardware, its program and its configuration."""

from dataclasses import dataclass

from demo.board import READER, board_table
from demo.school import SampleCabinet


@dataclass(frozen=True, slots=True)
class Fitting:
    """One kind of device, fitted out; the rest of a device is the same for every kind."""

    id: str
    name: str
    kind: str
    """`cabinet` or `reception`."""
    slots: int
    """Doors; none at a reception."""
    buttons: bool
    program: str
    """Its own program beside `link`: `phonekeep-` and this."""
    arguments: tuple[str, ...]
    """Of that program, beyond what every device's gets."""
    hardware: tuple[str, ...]
    """Arguments of its simulator."""
    tables: str
    """Its tables of the configuration, in front of those that every device has."""
    board: str
    """Its table [board]."""


def cabinet_fitting(cabinet: SampleCabinet) -> Fitting:
    """Fit a cabinet of the sample school out."""
    profile = "bank" if cabinet.kind == "bank" else "one_door"
    hardware = ("--profile", profile, "--slots", str(cabinet.slots), *(("--buttons",) if cabinet.buttons else ()))
    return Fitting(
        id=cabinet.id,
        name=cabinet.name,
        kind="cabinet",
        slots=cabinet.slots,
        buttons=cabinet.buttons,
        program="cabinet",
        arguments=(),
        hardware=hardware,
        tables=f'[point]\nkind = "{cabinet.kind}"\nslots = {cabinet.slots}',
        board=board_table(cabinet),
    )


def reception_fitting(id: str, name: str, panel: str) -> Fitting:
    """Fit a reception out: a screen and a reader."""
    return Fitting(
        id=id,
        name=name,
        kind="reception",
        slots=0,
        buttons=False,
        program="reception",
        arguments=("--windowed",),
        hardware=("--profile", "reception"),
        tables=f'[screen]\npanel = "{panel}"',
        board=READER,
    )

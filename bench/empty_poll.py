"""SPI transfers it takes to find that no card is there: ours against the unmodified package, on one emulator."""

from typing import Any

from bench.figure import Figure
from hardware.rfid.driver import Mfrc522Reader
from hardware.simulator.clock import VirtualClock
from hardware.simulator.modules import fake_spidev, install_modules
from hardware.simulator.profiles import one_door
from hardware.simulator.wires import LocalWires
from hardware.simulator.world import World

POLLS = 20


def transfers_a_poll(world: World, poll: Any) -> float:
    """SPI transfers of one poll, once everything is set up."""
    poll()
    before = world.transfers
    for _ in range(POLLS):
        assert not poll()
    return (world.transfers - before) / POLLS


def take() -> list[Figure]:
    """Both on an emulator of their own, of the same kind."""
    clock = VirtualClock()
    world = World(clock, one_door())
    wires = LocalWires(world)
    install_modules(wires, wires)
    # Both import the package, which off a Pi finds what it asks for only now.
    from mfrc522 import SimpleMFRC522

    from hardware.rfid.chip import Chip

    device: Any = fake_spidev(wires).SpiDev()
    device.open(0, 0)
    ours = transfers_a_poll(world, Mfrc522Reader("bench", Chip(device, clock, 33), None, clock).poll)
    theirs = transfers_a_poll(world, SimpleMFRC522().read_id_no_block)
    ratio = ours / theirs
    return [
        Figure(
            "SPI transfers of an empty poll",
            "<= 1/40 of SimpleMFRC522's",
            f"{ours:.0f} against {theirs:.0f}: 1/{theirs / ours:.0f}",
            ratio <= 1 / 40,
            {"ours": ours, "theirs": theirs, "ratio": ratio},
        )
    ]

"""The wiring of a sample cabinet, as the [board] table of its configuration: the pins the simulator assumes too."""

from demo.school import SampleCabinet

READER = """\
[[board.readers]]
name = "reader"
reset_pin = 25"""
LAMPS = """\
[board.lamps]
red = 4
amber = 5
green = 6
active_high = true
[board.beeper]
pin = 21
active_high = true
[board.lock_feedback]
pin = 3
active_high = false"""
BUTTONS = """\
[board.buttons]
put_in = 20
take_out = 19"""
ONE_DOOR = ((17, 24),)
BANK = ((12, 18), (13, 19), (16, 20), (17, 24), (22, 26), (23, 27))
"""Lock and door contact of each slot, in BCM numbers."""


def board_table(cabinet: SampleCabinet) -> str:
    """Write the table for a cabinet."""
    pins = BANK if cabinet.kind == "bank" else ONE_DOOR
    parts = [READER, LAMPS]
    for slot, (lock, contact) in enumerate(pins[: cabinet.slots], 1):
        parts.append(f"[board.locks.{slot}]\npin = {lock}\nactive_high = true")
        parts.append(f"[board.doors.{slot}]\npin = {contact}")
    if cabinet.buttons:
        parts.append(BUTTONS)
    return "\n".join(parts)

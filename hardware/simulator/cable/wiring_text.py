"""A board's wiring as JSON: the program tells the simulator on which pins its configuration expects which part."""

from dataclasses import asdict
from typing import Any

from hardware.settings import (
    BeeperConfig,
    BoardConfig,
    DoorConfig,
    FeedbackConfig,
    LampsConfig,
    LockConfig,
    ReaderConfig,
)


def wiring_to_json(board: BoardConfig) -> dict[str, Any]:
    """Turn a board's configuration into what `wiring_from_json` reads."""
    return {
        "readers": [asdict(reader) for reader in board.readers],
        "locks": {str(slot): asdict(lock) for slot, lock in board.locks.items()},
        "doors": {str(slot): asdict(door) for slot, door in board.doors.items()},
        "lamps": asdict(board.lamps) if board.lamps else None,
        "beeper": asdict(board.beeper) if board.beeper else None,
        "buttons": dict(board.buttons),
        "lock_feedback": asdict(board.lock_feedback) if board.lock_feedback else None,
    }


def wiring_from_json(told: dict[str, Any]) -> BoardConfig:
    """Read it back; raises KeyError or TypeError on anything else."""
    return BoardConfig(
        readers=tuple(ReaderConfig(**reader) for reader in told["readers"]),
        locks={int(slot): LockConfig(**lock) for slot, lock in told["locks"].items()},
        doors={int(slot): DoorConfig(**door) for slot, door in told["doors"].items()},
        lamps=LampsConfig(**told["lamps"]) if told["lamps"] else None,
        beeper=BeeperConfig(**told["beeper"]) if told["beeper"] else None,
        buttons=dict(told["buttons"]),
        lock_feedback=FeedbackConfig(**told["lock_feedback"]) if told["lock_feedback"] else None,
    )

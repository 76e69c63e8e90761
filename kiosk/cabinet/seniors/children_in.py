"""Children staying in, said at the cabinet by a senior leader's badge held for 3 s (clause 6); it ends by itself."""

import logging
from datetime import datetime

from broker.instants import write_instant
from broker.messages.room import ChildrenIn as ChildrenInSaid
from broker.messages.room import ChildrenInPrivate
from kiosk.cabinet.effects import Effects
from kiosk.cabinet.office.status import StatusBoard
from kiosk.cabinet.storage.journal import Journal
from kiosk.cabinet.storage.store import Store
from kiosk.cabinet.taps import Taps
from kiosk.errors import StorageFailed
from policy.clock import Moment
from policy.ids import BadgeReference, PointId
from policy.room_state import until
from policy.rules import RoomState

log = logging.getLogger(__name__)


class ChildrenIn:
    """What a badge has said of the room; kept over a restart."""

    def __init__(
        self, point: PointId, taps: Taps, store: Store, journal: Journal, effects: Effects, status: StatusBoard
    ) -> None:
        self._point = point
        self._taps = taps
        self._store = store
        self._journal = journal
        self._effects = effects
        self._status = status

    def say(self, badge: BadgeReference, now: Moment) -> None:
        """Let children stay in from now until the end of the break, as `policy.room_state` has it."""
        state = RoomState(now.utc, until(self._taps.rules, now))
        private = ChildrenInPrivate(badge=badge, until=write_instant(state.ends))
        try:
            with self._store.transaction() as run:
                run.append(ChildrenInSaid(point=self._point), private, now)
                self._store.keep_room_state(state)
        except StorageFailed as fault:
            log.error("children staying in could not be written, so it does not hold: %s", fault)
            self._journal.failed = True
            return
        self._taps.keep_children_in(state)
        self._journal.uncovered = True
        self._effects.say_yes()
        log.info("children are staying in")

    def tick(self, now: Moment) -> None:
        """Keep the status true: it ends by itself, or by the office."""
        self._status.children_in_until = self._until(now)

    def _until(self, now: Moment) -> datetime | None:
        state, ended = self._taps.state.room_state, self._taps.rules.room_states_ended
        if state is None or not state.starts <= now.utc < state.ends:
            return None
        return None if ended is not None and state.starts < ended else state.ends

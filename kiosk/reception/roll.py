"""The roll of visitors: this screen's own copy and what central told; ticks only ever grow (kiosk.md: Evacuation)."""

from broker.messages.roll import RollBegun, RollEnded, RollPrivate, RollSeen
from kiosk.cabinet.storage.journal import Journal
from kiosk.reception.flow.inputs import OnRoll, RollRead
from kiosk.reception.store import ReceptionStore
from policy.clock import Moment


class Roll:
    """Calls the roll at this screen; methods raise StorageFailed."""

    def __init__(self, store: ReceptionStore, journal: Journal) -> None:
        self._store = store
        self._journal = journal

    @property
    def drill(self) -> bool | None:
        """Whether the roll that is being called is a drill; None: none is called."""
        return self._store.roll()

    def begin(self, drill: bool, by: str, now: Moment) -> RollRead:
        """Begin to call the roll, or go on with the one that is being called."""
        if self._store.roll() is None:
            with self._store.transaction() as run:
                run.append(RollBegun(drill=drill), RollPrivate(by=by), now)
                self._store.begin_roll(drill)
            self._journal.uncovered = True
        return self.read()

    def seen(self, visit: str, by: str, now: Moment) -> RollRead:
        """Note that a visitor was seen; said once, and never taken back."""
        drill = self._store.roll()
        if drill is not None and visit not in self._store.roll_seen():
            with self._store.transaction() as run:
                run.append(RollSeen(visit=visit, drill=drill), RollPrivate(by=by), now)
                self._store.add_seen(visit)
            self._journal.uncovered = True
        return self.read()

    def end(self, by: str, now: Moment) -> None:
        """End the roll-call."""
        drill = self._store.roll()
        if drill is None:
            return
        with self._store.transaction() as run:
            run.append(RollEnded(drill=drill), RollPrivate(by=by), now)
            self._store.end_roll()
        self._journal.uncovered = True

    def read(self) -> RollRead:
        """Everybody this screen knows to be in school, by name: the local copy, with what central told in it."""
        seen = self._store.roll_seen()
        roll = [
            OnRoll(one.visit, one.name, one.seeing, one.lanyard, one.visit in seen) for one in self._store.open_visits()
        ]
        roll.sort(key=lambda one: one.name.casefold())
        return RollRead(tuple(roll), bool(self._store.roll()))

"""The stage of the demo world: one clock that only moves forward, and lives that wait for their hour."""

from __future__ import annotations

import heapq
import itertools
from collections.abc import Callable, Generator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta

from django.db import transaction

from apps.core.actor import Actor
from apps.core.moment import SHANGHAI, FixedClock, Moment
from apps.core.scoping import enter
from apps.deadlines.services import sweep

#: A life: a generator that yields the instant it next wants to act at.
Life = Generator[datetime, None, None]
#: A stretch of a life that ends with the public id of what it made.
Stretch = Generator[datetime, None, str]
_SWEEP_EVERY = timedelta(days=5)
_CLOSING = time(17, 30)


@dataclass
class Stage:
    """Plays lives in order of time; between them the deadlines are swept, as beat would do."""

    anchor: date
    clock: FixedClock = field(init=False)
    _queue: list[tuple[datetime, int, Life]] = field(default_factory=list)
    _order: Iterator[int] = field(default_factory=itertools.count)
    _swept: datetime | None = None

    def __post_init__(self) -> None:
        self.clock = FixedClock(Moment.of(self.at(-460)))

    def at(self, days: float, hour: int = 9, minute: int = 0) -> datetime:
        """Return an instant *days* from the anchor's date, at a Shanghai time of day."""
        day = self.anchor + timedelta(days=int(days))
        return datetime.combine(day, time(hour, minute), SHANGHAI)

    def cast(self, life: Life) -> None:
        """Let a life begin: it runs to its first wish to wait."""
        self._wait(life)

    def _wait(self, life: Life) -> None:
        try:
            when = next(life)
        except StopIteration:
            return
        heapq.heappush(self._queue, (when, next(self._order), life))

    def play(self, tell: Callable[[int, int], None] = lambda _done, _left: None) -> None:
        """Play until nobody waits any more."""
        done = 0
        while self._queue:
            when, _, life = heapq.heappop(self._queue)
            self.move_to(when)
            self._wait(life)
            done += 1
            if done % 50 == 0:
                tell(done, len(self._queue))

    def move_to(self, when: datetime) -> None:
        """Move the clock forward to *when*, sweeping the deadlines on the way."""
        if self._swept is None:
            self._swept = self.clock.now().at
        while self._swept + _SWEEP_EVERY < when:
            self._swept += _SWEEP_EVERY
            if self._swept > self.clock.now().at:
                self.clock.set(Moment.of(self._swept))
            sweep(clock=self.clock)
        if when > self.clock.now().at:
            self.clock.set(Moment.of(when))

    def sweep_now(self) -> None:
        """Sweep the deadlines at the present hour."""
        sweep(clock=self.clock)
        self._swept = self.clock.now().at

    def pause(self, minutes: int = 7) -> None:
        """Let a little time pass between two acts of the same life; nobody is kept long after the office closes."""
        now = self.clock.now().at
        left = datetime.combine(now.astimezone(SHANGHAI).date(), _CLOSING, SHANGHAI) - now
        self.clock.advance(max(min(timedelta(minutes=minutes), left), timedelta(minutes=1)))

    @contextmanager
    def acting(self, actor: Actor) -> Iterator[Actor]:
        """Run one act of *actor* in a transaction, known to PostgreSQL."""
        with transaction.atomic():
            enter(actor)
            yield actor

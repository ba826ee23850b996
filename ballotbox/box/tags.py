"""What stands beside a ballot: a tag that holds for one day, under a key that is in this memory alone.

Whoever can refuse a second ballot can tell that there was a first, and so can everybody who holds the same.
The box therefore can do it for a day: then the key is overwritten, and nobody can tell any more which
invitation a tag was of, be it with its mail and every key of the application. What comes again on a later
day, or after a start, is kept beside the first; the tally counts the first, by the mark inside it.
"""

from __future__ import annotations

import hmac
import threading
from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta
from io import FileIO
from typing import Any
from uuid import UUID

from ballotbox.tickets import KEY_BYTES, TAG_BYTES

RANDOM = "/dev/urandom"
LONGEST_WAIT = 60.0  # seconds
Later = Callable[[float, Callable[[], None]], None]


def now() -> datetime:
    """One clock for all waves: at which hour the day ends matters to nobody."""
    return datetime.now(UTC)


def later(seconds: float, do: Callable[[], Any]) -> None:
    """Do it then, unless the process has ended."""
    timer = threading.Timer(seconds, do)
    timer.daemon = True
    timer.start()


class DayTags:
    """The tags of today. ``later`` wakes it when the day is over, whether anybody answers or not."""

    def __init__(self, clock: Callable[[], datetime] = now, later: Later = later) -> None:
        self._clock, self._later = clock, later
        self._lock = threading.Lock()
        self._key = bytearray(KEY_BYTES)
        self._day: date | None = None

    def tag(self, wave: UUID, mark: bytes) -> bytes:
        """The same for the same invitation, until the day ends."""
        with self._lock:
            self._renew()
            return hmac.digest(self._key, wave.bytes + mark, "sha256")[:TAG_BYTES]

    def _woken(self) -> None:
        with self._lock:
            self._wake_again()
            self._renew()

    def _renew(self) -> None:
        """A new key in place of yesterday's, in the same bytes: nothing of the old one is left."""
        moment = self._clock()
        if moment.date() == self._day:
            return
        begins = self._day is None
        with FileIO(RANDOM) as source:  # into the place itself: no copy lies about in memory
            if source.readinto(self._key) != KEY_BYTES:
                raise OSError(f"{RANDOM} gave less than was asked for.")
        self._day = moment.date()
        if begins:
            self._wake_again()

    def _wake_again(self) -> None:
        """When the day ends, but within a minute: a timer does not count while its machine sleeps."""
        moment = self._clock()
        ends = datetime.combine(moment.date() + timedelta(days=1), time(), tzinfo=moment.tzinfo)
        self._later(min((ends - moment).total_seconds(), LONGEST_WAIT), self._woken)

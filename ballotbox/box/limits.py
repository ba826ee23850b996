"""A fair share for every address, in memory alone.

An address is known only by an HMAC under a key that is thrown away every hour, with all counts.
"""

from __future__ import annotations

import hashlib
import hmac
import os
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field

HOUR = 3600.0
BURST = 10
MOST_ADDRESSES = 20_000


@dataclass
class Buckets:
    """Token buckets. ``rate``: requests a second in the long run; BURST seconds' worth may come at once."""

    rate: float
    clock: Callable[[], float] = time.monotonic
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _left: dict[bytes, tuple[float, float]] = field(default_factory=dict)
    _key: bytes = field(default_factory=lambda: os.urandom(32))
    _since: float | None = None

    def take(self, address: str) -> bool:
        """Whether one more request from this address is welcome."""
        with self._lock:
            now = self.clock()
            self._forget(now)
            name = hmac.new(self._key, address.encode(), hashlib.sha256).digest()
            full = self.rate * BURST
            left, seen = self._left.get(name, (full, now))
            left = min(full, left + (now - seen) * self.rate)
            welcome = left >= 1
            self._left[name] = (left - 1 if welcome else left, now)
            return welcome

    def _forget(self, now: float) -> None:
        """A new key and no counts, every hour, and when more came than a company has addresses."""
        if self._since is None:
            self._since = now
        if now - self._since >= HOUR or len(self._left) >= MOST_ADDRESSES:
            self._key, self._since = os.urandom(32), now
            self._left.clear()

"""Peak memory: this process, the database's processes, the web server's."""

from __future__ import annotations

import re
import threading
from pathlib import Path

INTERVAL = 0.1


def _status(pid: int, field: str) -> int:
    """A figure of /proc/PID/status in bytes; 0 for a process that is gone."""
    try:
        found = re.search(rf"^{field}:\s+(\d+) kB", Path(f"/proc/{pid}/status").read_text(), re.MULTILINE)
    except OSError:
        return 0
    return int(found.group(1)) * 1024 if found else 0


def resident_peak(pid: int) -> int:
    """The most this process ever had in memory."""
    return _status(pid, "VmHWM")


def private(pid: int) -> int:
    """What only this process has in memory."""
    return _status(pid, "RssAnon")


def children(pid: int) -> list[int]:
    try:
        return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
    except OSError:
        return []


class PrivatePeak:
    """Watches the private memory (shared buffers apart) of one database process."""

    def __init__(self, pid: int) -> None:
        self.pid, self.peak = pid, 0
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._watch, daemon=True)

    def _watch(self) -> None:
        while not self._stop.wait(INTERVAL):
            self.peak = max(self.peak, private(self.pid))

    def __enter__(self) -> PrivatePeak:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        self._thread.join()

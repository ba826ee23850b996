"""Real beat, a real worker and a broker of their own, working on the test database.

For tests marked `django_db(transaction=True)`: what the test has committed, these processes see.
"""

import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

from django.db import connection

from config import schedule
from stack import processes, valkey

ROOT = Path(__file__).resolve().parent.parent
PROGRAMS = Path(sys.executable).parent


@dataclass
class Queue:
    """The running processes. A test may kill and start them again."""

    env: dict[str, str]
    folder: Path
    broker: subprocess.Popen[bytes] | None = None
    worker: subprocess.Popen[bytes] | None = None
    beat: subprocess.Popen[bytes] | None = None

    def start_broker(self) -> None:
        command = valkey.command(self.folder, self.folder / "v.sock")
        self.broker = processes.start_detached(
            command, log=self.folder / "broker.log", env=self.env, cwd=self.folder
        )
        assert processes.wait_until(lambda: valkey.answers(self.folder / "v.sock"), 10), self.logs()

    def start_worker(self) -> None:
        options = ["--concurrency", "1", "--without-gossip", "--without-mingle", "--loglevel", "INFO"]
        self.worker = self._celery("worker", *options)

    def start_beat(self) -> None:
        self.beat = self._celery("beat", "--max-interval", "1", "--pidfile", "", "--loglevel", "INFO")

    def _celery(self, name: str, *options: str) -> subprocess.Popen[bytes]:
        command = [str(PROGRAMS / "celery"), "-A", "config", name, *options]
        return processes.start_detached(command, log=self.folder / f"{name}.log", env=self.env, cwd=ROOT)

    def kill(self, process: subprocess.Popen[bytes] | None) -> None:
        """kill -9 of a process and of the children it forked."""
        assert process is not None
        os.killpg(process.pid, signal.SIGKILL)
        process.wait(timeout=10)

    def wait_for(self, condition: Callable[[], bool], seconds: float = 40) -> None:
        """Wait until a condition holds in the database; fail with the logs when it never does."""
        deadline = time.monotonic() + seconds
        while not condition():
            assert time.monotonic() < deadline, self.logs()
            time.sleep(0.2)

    def logs(self) -> str:
        """The end of every log."""
        return "\n".join(f"-- {f.name}\n{f.read_text()[-2000:]}" for f in self.folder.glob("*.log"))

    def stop(self) -> None:
        """End everything."""
        for process in (self.beat, self.worker, self.broker):
            if process and process.poll() is None:
                processes.stop(process.pid, signal.SIGTERM, 10)


@contextmanager
def running_queue(*, every: int = 1, worker: bool = True, beat: bool = True, **env: str) -> Iterator[Queue]:
    """Start broker, worker and beat on the present test database, with the product's own schedule.

    `every`: seconds between two bells instead of a minute. `env`: more environment for the processes.
    """
    _shorten_schedule(every)
    folder = Path(tempfile.mkdtemp(prefix="tend-q-"))  # short: a socket's path is limited to 107 bytes
    settings = {
        "DJANGO_SETTINGS_MODULE": "config.settings.test",
        "DATABASE_URL": _database_url(),
        "REDIS_URL": f"redis+socket://{folder}/v.sock?virtual_host=0",
    }
    queue = Queue(env=dict(os.environ) | settings | env, folder=folder)
    try:
        queue.start_broker()
        if worker:
            queue.start_worker()
        if beat:
            queue.start_beat()
        yield queue
    finally:
        queue.stop()
        shutil.rmtree(folder, ignore_errors=True)


def _database_url() -> str:
    """The test database as other processes reach it."""
    words = connection.settings_dict
    host = words["HOST"]
    place = f"/{host}" if host.startswith("/") else f"{host}:{words['PORT'] or 5432}"
    return f"postgres://{words['USER']}:{quote(words['PASSWORD'], safe='')}@{place}/{words['NAME']}"


def _shorten_schedule(every: int) -> None:
    from django_celery_beat.models import IntervalSchedule, PeriodicTask

    schedule.install()
    interval, _ = IntervalSchedule.objects.get_or_create(every=every, period=IntervalSchedule.SECONDS)
    PeriodicTask.objects.filter(name__in=[bell.name for bell in schedule.SCHEDULE]).update(interval=interval)

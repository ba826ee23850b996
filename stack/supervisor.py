"""Runs web, worker, beat, mail sink, ballot box and tally, and keeps them and the two servers alive.

One loop, twice a second: what has ended is started again after a pause that doubles each time.
Ctrl-C, SIGTERM and SIGHUP stop everything; after a kill -9 the next start finds what is left over
by a mark in its environment and ends it.
"""

import fcntl
import os
import shutil
import signal
import subprocess
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType

from stack import paths, processes, services, surveys
from stack.say import Problem, say, warn

MARK = "TEND_SUPERVISED"  # carries the data directory: what is left over is found by it
LOCK = paths.VAR / "supervisor.pid"
LOOP_SECONDS = 0.5
FIRST_PAUSE, LONGEST_PAUSE = 1.0, 60.0
STEADY_SECONDS = 60.0  # after running this long a child is trusted again
STOP_SECONDS = 20.0
LARGEST_LOG_BYTES = 20_000_000


@dataclass
class Child:
    """A process that should always run."""

    name: str
    command: Sequence[str]
    env: Mapping[str, str] = field(default_factory=surveys.application_environment)
    process: subprocess.Popen[bytes] | None = None
    started: float = 0.0
    pause: float = FIRST_PAUSE
    not_before: float = field(default=0.0)

    @property
    def log(self) -> Path:
        return paths.LOGS / f"{self.name}.log"

    def start(self) -> None:
        """Start it now, in a session of its own: a Ctrl-C reaches only the supervisor."""
        env = {**self.env, MARK: str(paths.VAR)}
        self.process = processes.start_detached(self.command, log=self.log, env=env, cwd=paths.ROOT)
        self.started = time.monotonic()

    def tend(self) -> None:
        """Start it again when it has ended and its pause is over."""
        now = time.monotonic()
        if self.process is not None and self.process.poll() is None:
            if now - self.started > STEADY_SECONDS:
                self.pause = FIRST_PAUSE
            return
        if self.process is not None:
            how = _how(self.process.returncode)
            warn(f"  {self.name} ended ({how}); again in {self.pause:.0f} s, see {self.log}")
            self.process = None
            self.not_before = now + self.pause
            self.pause = min(self.pause * 2, LONGEST_PAUSE)
        if now >= self.not_before:
            self.start()


def _how(code: int) -> str:
    return f"signal {-code}" if code < 0 else f"exit code {code}"


def keep_logs_small() -> None:
    """Keep one older log of each process, the two servers included; the disk may not fill up.

    The file itself stays, because its process goes on writing to it; lines of this very moment are lost.
    """
    for log in paths.LOGS.glob("*.log"):
        if log.name.endswith(".old.log") or log.stat().st_size <= LARGEST_LOG_BYTES:
            continue
        try:
            shutil.copyfile(log, log.with_suffix(".old.log"))
        except OSError:
            pass  # on a full disk the room is worth more than the lines
        os.truncate(log, 0)


def children(port: int, survey: surveys.Surveys | None, *, reload: bool) -> list[Child]:
    """What runs besides the two servers. Only web and ballot box listen on a TCP port."""
    program = str(paths.VENV / "bin")
    celery = [f"{program}/celery", "-A", "config"]
    web = [
        f"{program}/gunicorn", "config.wsgi:application", "--bind", f"127.0.0.1:{port}", "--workers", "2",
        "--worker-class", "gthread", "--threads", "4", "--graceful-timeout", "10", "--no-control-socket",
        "--worker-tmp-dir", str(paths.SOCKETS), "--access-logfile", "-",
    ]  # fmt: skip
    worker = ["worker", "--loglevel", "INFO", "--concurrency", "2", "--without-gossip", "--without-mingle"]
    return [
        Child("mail", [f"{program}/python", "-m", "stack.mailsink"]),
        Child("web", [*web, *(["--reload"] if reload else [])]),
        Child("worker", [*celery, *worker]),
        Child("beat", [*celery, "beat", "--loglevel", "INFO", "--pidfile", ""]),
        *(survey_children(survey) if survey else []),
    ]


def survey_children(survey: surveys.Surveys) -> list[Child]:
    """The ballot box and the tally, each with an environment of its own."""
    program = str(paths.VENV / "bin")
    tally = [
        f"{program}/celery", "-A", "ballotbox.tally_app", "worker", "-Q", "tally", "--concurrency", "1",
        "--loglevel", "INFO", "--without-gossip", "--without-mingle",
    ]  # fmt: skip
    box = Child("box", [f"{program}/python", "-m", "ballotbox.box"], survey.box_environment())
    if not (paths.ROOT / "ballotbox" / "tally_app.py").exists():
        return [box]
    return [box, Child("tally", tally, survey.tally_environment())]


class Lock:
    """One supervisor per data directory. The kernel lets go of it whatever happens to us."""

    def __init__(self) -> None:
        paths.prepare()
        self._file = os.fdopen(os.open(LOCK, os.O_RDWR | os.O_CREAT, 0o600), "r+")
        try:
            fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            pid = self._file.read().strip()
            raise Problem(f"Tend runs already here (process {pid}): `make stop` stops it.") from error
        self._file.seek(0)
        self._file.truncate()
        self._file.write(str(os.getpid()))
        self._file.flush()


def supervisor_pid() -> int | None:
    """The process id of the running supervisor."""
    try:
        file = LOCK.open()
    except OSError:
        return None
    with file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            return int(file.read().strip() or 0) or None
    return None


def left_over() -> list[int]:
    """Processes that an earlier supervisor of this data directory started and that still run."""
    mark = f"{MARK}={paths.VAR}".encode()
    found = []
    for entry in Path("/proc").glob("[0-9]*"):
        try:
            words = (entry / "environ").read_bytes().split(b"\0")
        except OSError:
            continue  # somebody else's, or gone
        if mark in words and int(entry.name) != os.getpid():
            found.append(int(entry.name))
    return found


def stop_left_over() -> None:
    """Ask them all, then insist: a queue worker gets time to finish what it does."""
    for pid in left_over():
        _signal(pid, signal.SIGTERM)
    if not processes.wait_until(lambda: all(map(processes.gone, left_over())), STOP_SECONDS):
        for pid in left_over():
            _signal(pid, signal.SIGKILL)
        processes.wait_until(lambda: all(map(processes.gone, left_over())), 5)


def _signal(pid: int, number: signal.Signals) -> None:
    try:
        os.kill(pid, number)
    except ProcessLookupError:
        pass


class Supervisor:
    """Starts all children and tends them until it is told to stop."""

    def __init__(self, kids: list[Child]) -> None:
        self.kids = kids
        self.ending = False
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, self._end)

    def _end(self, _number: int, _frame: FrameType | None) -> None:
        self.ending = True

    def start(self) -> None:
        """Start all children."""
        for child in self.kids:
            child.start()

    def run(self) -> None:
        """Tend children and servers until a signal comes."""
        not_before = 0.0
        while not self.ending:
            for child in self.kids:
                child.tend()
            if time.monotonic() >= not_before and not services.alive():
                not_before = time.monotonic() + LONGEST_PAUSE / 10
                self._start_services()
            keep_logs_small()
            time.sleep(LOOP_SECONDS)

    def _start_services(self) -> None:
        warn("  A database or broker process ended; starting it again")
        try:
            services.start()
        except Problem as problem:
            warn(f"  {problem}")

    def stop(self) -> None:
        """Stop the children, all at once, each with time to finish."""
        running = [child.process for child in self.kids if child.process and child.process.poll() is None]
        for process in running:
            _signal(process.pid, signal.SIGTERM)
        processes.wait_until(lambda: all(p.poll() is not None for p in running), STOP_SECONDS)
        stop_left_over()


def stop_everything() -> bool:
    """`make stop`: the supervisor if there is one, then whatever an earlier one left. True if any ran."""
    pid = supervisor_pid()
    if pid:
        _signal(pid, signal.SIGTERM)
        if not processes.wait_until(lambda: supervisor_pid() is None, 3 * STOP_SECONDS):
            _signal(pid, signal.SIGKILL)
    ran = bool(pid or left_over() or services.any_running())
    stop_left_over()
    services.stop_for_good()
    if pid:
        say("Stopped.")
    return ran

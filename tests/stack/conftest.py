"""Whole installations, run as a person runs them: real processes in a data directory of their own."""

import os
import queue
import signal
import socket
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent.parent
READY = "Tend is ready"
FOREIGN = {
    "DATABASE_URL",
    "REDIS_URL",
    "SECRET_KEY",
    "EMAIL_URL",
    "MAIL_PROVIDER",
    "MEDIA_ROOT",
    "TEND_DB",
    "DJANGO_SETTINGS_MODULE",
    "DJANGO_ALLOW_ASYNC_UNSAFE",
    "BALLOTS_TALLY_URL",
    "BALLOTS_BOX_URL",
    "BALLOTS_RESULTS_URL",
    "SURVEY_KEYS",
    "BOX_WAVES",
    "TALLY_KEYS",
    "SURVEY_URL",
}


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class Installation:
    """One data directory, with the commands of the Makefile."""

    def __init__(self, var: Path, port: int = 0) -> None:
        self.var = var
        self.port = port or free_port()
        self.survey_port = free_port()
        # Nothing of the machine or of the surrounding test run may lead it elsewhere.
        self.env = {k: v for k, v in os.environ.items() if k not in FOREIGN} | {
            "TEND_VAR": str(var),
            "PORT": str(self.port),
            "SURVEY_PORT": str(self.survey_port),
            "DEMO": "0",
        }
        self.process: subprocess.Popen[str] | None = None
        self.lines: list[str] = []
        self._incoming: queue.Queue[str | None] = queue.Queue()

    def command(self, *arguments: str, **env: str) -> subprocess.CompletedProcess[str]:
        """Run `python -m stack …` to its end."""
        return subprocess.run(
            [sys.executable, "-m", "stack", *arguments],
            cwd=ROOT,
            env=self.env | env,
            capture_output=True,
            text=True,
            timeout=400,
            check=False,
        )

    def manage(self, *arguments: str) -> str:
        """Run `manage.py …`; its output. Fails the test when it fails."""
        env = self.env | {"DJANGO_SETTINGS_MODULE": "config.settings.dev"}
        done = subprocess.run(
            [sys.executable, "manage.py", *arguments],
            cwd=ROOT,
            env=env,
            capture_output=True,
            text=True,
            timeout=400,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        return done.stdout

    def database_url(self) -> str:
        """The address of its embedded database, as the application uses it."""
        return self.python("from stack import services; print(services.database_url())")

    def python(self, text: str) -> str:
        """Run a line of Python in its environment; what it printed."""
        done = subprocess.run(
            [sys.executable, "-c", text], cwd=ROOT, env=self.env, capture_output=True, text=True, check=True
        )
        return done.stdout.strip()

    def sql(self, text: str) -> str:
        """Ask the installation's database, as its superuser."""
        done = self.command("sql", text)
        assert done.returncode == 0, done.stderr
        return done.stdout.strip()

    def start(self, seconds: float = 400) -> float:
        """`run` until it says it is ready. Returns how long that took."""
        began = time.monotonic()
        self.lines, self._incoming = [], queue.Queue()
        self.process = subprocess.Popen(
            [sys.executable, "-m", "stack", "run"],
            cwd=ROOT,
            env=self.env,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        )
        threading.Thread(target=self._listen, args=(self.process, self._incoming), daemon=True).start()
        assert self.says(READY, seconds), f"not ready: {self.lines}\n{self.logs()}"
        return time.monotonic() - began

    @staticmethod
    def _listen(process: "subprocess.Popen[str]", heard: "queue.Queue[str | None]") -> None:
        assert process.stdout is not None
        for line in process.stdout:
            heard.put(line.rstrip())
        heard.put(None)

    def says(self, text: str, seconds: float) -> bool:
        """Wait until a line with this text was printed."""
        deadline = time.monotonic() + seconds
        while not any(text in line for line in self.lines):
            try:
                line = self._incoming.get(timeout=max(0.01, deadline - time.monotonic()))
            except queue.Empty:
                return False
            if line is None:
                return False
            self.lines.append(line)
        return True

    def interrupt(self) -> int:
        """Ctrl-C; the exit code."""
        assert self.process is not None
        self.process.send_signal(signal.SIGINT)
        return self.process.wait(timeout=60)

    def kill(self) -> None:
        """kill -9 of the supervisor alone."""
        assert self.process is not None
        self.process.kill()
        self.process.wait(timeout=10)

    def answers(self) -> bool:
        """True when the web server answers, and not with an error of its own."""
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self.port}/", timeout=5) as page:
                return page.status < 500
        except urllib.error.HTTPError as error:
            return error.code < 500
        except OSError:
            return False

    def supervised(self, word: str = "") -> list[int]:
        """Process ids of what the supervisor started, whose command holds `word`, oldest first."""
        mark = f"TEND_SUPERVISED={self.var}".encode()
        return sorted(pid for pid, environ in _environments() if mark in environ and word in command_of(pid))

    def server(self, name: str) -> int:
        """The process id of "postgres" or "valkey"."""
        line = next(x for x in self.command("services").stdout.splitlines() if x.startswith(name))
        return int(line.split("process ")[1].split(")")[0])

    def logs(self) -> str:
        """The end of every log, for a failure's message."""
        parts = [f"{f.name}: {f.read_text(errors='replace')[-1500:]}" for f in (self.var / "log").glob("*")]
        return "\n".join(parts)

    def clean_up(self) -> None:
        """End everything, however the test went."""
        if self.process and self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
            try:
                self.process.wait(timeout=60)
            except subprocess.TimeoutExpired:
                self.process.kill()
        self.command("stop")


def _environments() -> Iterator[tuple[int, list[bytes]]]:
    for entry in Path("/proc").glob("[0-9]*"):
        try:
            yield int(entry.name), (entry / "environ").read_bytes().split(b"\0")
        except OSError:
            continue


def command_of(pid: int) -> str:
    """The command line of a process; empty when it is gone."""
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
    except OSError:
        return ""


def eventually(condition: object, seconds: float = 30) -> bool:
    """Wait for a condition to come true."""
    assert callable(condition)
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.1)
    return True


@pytest.fixture(scope="module")
def installation(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Installation]:
    """An installation that the tests of one module use one after the other."""
    found = Installation(tmp_path_factory.mktemp("tend") / "var")
    yield found
    found.clean_up()


@pytest.fixture
def another(tmp_path: Path) -> Iterator[Installation]:
    """A second one, for a single test."""
    found = Installation(tmp_path / "var")
    yield found
    found.clean_up()

"""`python3 -m stack …`: what the Makefile calls.

Starts on the system's Python, installs what is missing into .venv and goes on there.
"""

import errno
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from stack import environment, paths
from stack.say import Problem, say, step, warn


def _run() -> int:
    from stack.run import run

    run()
    return 0


def _stop() -> int:
    from stack import services, supervisor

    services.KEEP.unlink(missing_ok=True)
    if not supervisor.stop_everything():
        say("Nothing was running.")
    return 0


def _services(action: str = "status") -> int:
    from stack import services

    if action == "start":
        services.start()
        services.KEEP.touch()
    elif action == "stop":
        services.KEEP.unlink(missing_ok=True)
        services.stop()
    say(services.status())
    return 0


def _backup() -> int:
    from stack import archive

    with _servers(), step("Backup"):
        file = archive.backup()
    say(f"{file} ({file.stat().st_size / 1e6:.1f} MB). Keep a copy on another machine.")
    return 0


def _restore() -> int:
    from stack import archive, supervisor

    if not os.environ.get("FILE"):
        raise Problem("Name the backup, as in `make restore FILE=var/backups/tend-….tar`.")
    if supervisor.supervisor_pid():
        raise Problem("Tend is running: stop it first (`make stop`).")
    with _servers(), step("Restore"):
        rows = archive.restore(Path(os.environ["FILE"]))
    say(f"{sum(rows.values())} rows in {len(rows)} tables restored and verified.")
    return 0


@contextmanager
def _servers() -> Iterator[None]:
    """The servers run; if they were started for this, they are stopped afterwards."""
    from stack import services

    running = services.any_running()
    services.start()
    try:
        yield
    finally:
        if not running:
            services.stop()


def _reset() -> int:
    """Delete the installation's data, not its backups."""
    from stack import supervisor

    question = f"This deletes all data in {paths.VAR} except the backups. Type yes to go on: "
    if os.environ.get("FORCE") != "1" and input(question).strip().lower() != "yes":
        say("Nothing was deleted.")
        return 1
    supervisor.stop_everything()
    for entry in paths.VAR.iterdir():
        if entry.is_dir() and entry != paths.BACKUPS:
            shutil.rmtree(entry)
        elif entry.is_file():
            entry.unlink()
    shutil.rmtree(paths.SOCKETS, ignore_errors=True)
    say("Deleted. `make run` starts afresh.")
    return 0


def _bench() -> int:
    return subprocess.run([sys.executable, "-m", "bench"], cwd=paths.ROOT, check=False).returncode


def _lock() -> int:
    """Look for newer versions within requirements*.in and write requirements*.txt."""
    compile_ = [str(paths.VENV / "bin" / "uv"), "pip", "compile", "--quiet", "--universal", "--upgrade"]
    options = ["--python-version", "3.11", "--generate-hashes", "--no-header", "--no-annotate"]
    for name in ("requirements", "requirements-dev", "requirements-uv"):
        files = [f"{name}.in", "-o", f"{name}.txt"]
        subprocess.run([*compile_, *options, *files], cwd=paths.ROOT, check=True)
    return 0


def _sql(text: str) -> int:
    from stack import postgres

    say(postgres.psql(text))
    return 0


def _test(only: str = "") -> int:
    from stack import checks

    return checks.run_all(only)


def _setup() -> int:
    return 0


# name -> (what runs in .venv, whether it needs the tools for tests and checks)
COMMANDS: dict[str, tuple[Callable[..., int], bool]] = {
    "run": (_run, False),
    "stop": (_stop, False),
    "services": (_services, False),
    "backup": (_backup, False),
    "restore": (_restore, False),
    "reset": (_reset, False),
    "bench": (_bench, True),
    "lock": (_lock, True),
    "sql": (_sql, False),
    "test": (_test, True),
    "setup": (_setup, False),
    "setup-dev": (_setup, True),
}


def main(arguments: Sequence[str]) -> int:
    """Run one command; its exit code."""
    if not arguments or arguments[0] not in COMMANDS:
        raise Problem(f"Usage: python3 -m stack {'|'.join(COMMANDS)}")
    command, dev = COMMANDS[arguments[0]]
    if not environment.inside():
        paths.prepare()
        environment.prepare(dev=dev)
        sys.stdout.flush()
        os.chdir(paths.ROOT)
        os.execv(environment.PYTHON, [str(environment.PYTHON), "-m", "stack", *arguments])  # noqa: S606
    return command(*arguments[1:])


def guarded(arguments: Sequence[str]) -> int:
    """`main`, with everything a person can repair said in one sentence instead of a traceback."""
    try:
        return main(arguments)
    except Problem as problem:
        warn(str(problem))
    except KeyboardInterrupt:
        warn("Interrupted.")
        return 130
    except OSError as error:
        if error.errno not in (errno.ENOSPC, errno.EDQUOT, errno.EACCES, errno.EROFS):
            raise
        warn(f"{error.filename or paths.VAR}: {error.strerror}.")
    return 1


if __name__ == "__main__":
    sys.exit(guarded(sys.argv[1:]))

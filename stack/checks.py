"""`make test`: every check and every test, cheapest first, one line for each that passes."""

import os
import shutil
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass

from stack import environment, paths, services
from stack.say import Problem, say, step

NO_TESTS = 5  # pytest's exit code when nothing was collected
CHROMIUMS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")


@dataclass(frozen=True)
class Check:
    """A command that must exit with 0."""

    name: str
    command: Sequence[str]
    aloud: bool = False  # show its output also when it passes


def _bin(name: str) -> str:
    return str(paths.VENV / "bin" / name)


def static_checks() -> list[Check]:
    """Everything that runs no test."""
    python = _bin("python")
    return [
        Check("Lint", [_bin("ruff"), "check", "--quiet", "."]),
        Check("Format", [_bin("ruff"), "format", "--check", "--quiet", "."]),
        Check("Types", [_bin("mypy"), "."]),
        Check("Layers", [_bin("lint-imports")]),
        Check("Migrations", [python, "manage.py", "makemigrations", "--check", "--dry-run"]),
        Check("Templates", [_bin("djlint"), "templates", "ballotbox/templates", "--lint", "--quiet"]),
    ]


def run_all(only: str = "") -> int:
    """Run everything (or "checks", "unit", "browser"); the exit code of the first group that fails."""
    began = time.monotonic()
    started = not services.any_running()
    with step("PostgreSQL and broker"):
        services.start()
    try:
        code = _groups(only)
    finally:
        if started and not services.keep():
            services.stop()
    say(f"{'All is well' if code == 0 else 'Failed'} after {time.monotonic() - began:.0f} s")
    return code


def _groups(only: str) -> int:
    if only in ("", "checks") and not _static():
        return 1
    if only in ("", "unit"):
        code = _pytest("not browser", {}, ["-n", "2", "--dist", "loadgroup"])
        if code:
            return code
    if only in ("", "browser"):
        # Playwright's event loop makes Django think that it is called from asynchronous code.
        return _pytest("browser", {"DJANGO_ALLOW_ASYNC_UNSAFE": "1"} | browser_environment(), [])
    return 0


def _static() -> bool:
    """All static checks, so that one run shows everything there is to repair."""
    fine = True
    for check in static_checks():
        began = time.monotonic()
        done = subprocess.run(check.command, cwd=paths.ROOT, capture_output=True, text=True, check=False)
        took = time.monotonic() - began
        if done.returncode == 0:
            say(f"  {check.name}: fine ({took:.1f} s)")
        else:
            fine = False
            say(f"  {check.name}: FAILED\n{done.stdout}{done.stderr}")
    return fine


def _pytest(marker: str, more: dict[str, str], options: Sequence[str]) -> int:
    env = os.environ | {"DJANGO_SETTINGS_MODULE": "config.settings.test"} | more
    # Arguments in TESTS choose files or add options, as in `make test TESTS="tests/users -x"`.
    chosen = os.environ.get("TESTS", "").split()
    command = [
        _bin("python"),
        "-m",
        "pytest",
        "-q",
        "--durations=10",
        "--durations-min=3",
        "-m",
        marker,
        *options,
        *chosen,
    ]
    code = subprocess.run(command, cwd=paths.ROOT, env=env, check=False).returncode
    if code == NO_TESTS:
        say(f"  No tests marked {marker!r} here.")
        return 0 if chosen else NO_TESTS
    return code


def browser_environment() -> dict[str, str]:
    """Where Chromium is, and a Node.js for Playwright that needs no system library."""
    return {"TEND_CHROMIUM": _chromium(), "PLAYWRIGHT_NODEJS_PATH": environment.node()[0]}


def _chromium() -> str:
    """The path of a Chromium or Chrome; as root on Debian it is installed when missing."""
    found = os.environ.get("TEND_CHROMIUM") or next(filter(None, map(shutil.which, CHROMIUMS)), "")
    if not found and os.getuid() == 0 and shutil.which("apt-get"):
        with step("Chromium"):
            environment.install_debian_packages(["chromium"])
        found = shutil.which("chromium") or ""
    if not found:
        raise Problem("Browser tests need Chromium: install it (Debian: `sudo apt-get install chromium`).")
    sys.stdout.flush()
    return found

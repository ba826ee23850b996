"""What the person at the terminal reads."""

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager


class Problem(Exception):  # noqa: N818 - it is caught to be read, not to be handled
    """Something the person can do something about. The message is one clear sentence."""


def say(text: str) -> None:
    """Print one line at once, also when the output is a pipe."""
    print(text, flush=True)


def warn(text: str) -> None:
    """Print one line to the error stream."""
    print(text, file=sys.stderr, flush=True)


@contextmanager
def step(text: str) -> Iterator[None]:
    """A progress line: what is being done, then how many seconds it took."""
    interactive = sys.stdout.isatty()
    print(f"  {text} …", end="" if interactive else "\n", flush=True)
    began = time.monotonic()
    try:
        yield
    except BaseException:
        print(" failed" if interactive else f"  {text}: failed", flush=True)
        raise
    if interactive:
        print(f" {time.monotonic() - began:.1f} s", flush=True)

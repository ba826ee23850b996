"""`python3 -m stack …`: what the Makefile calls.

Starts on the system's Python, installs what is missing into .venv and goes on there.
"""

import errno
import os
import sys
from collections.abc import Callable, Sequence

from stack import environment, paths
from stack.say import Problem, say, warn


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

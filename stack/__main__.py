"""`python3 -m stack …`: what the Makefile calls."""

import sys

from stack import postgres, services
from stack.say import Problem, say, warn


def main(arguments: list[str]) -> int:
    match arguments:
        case ["services", "start"]:
            services.start()
            say(services.status())
        case ["services", "stop"]:
            services.stop()
        case ["services", "status"]:
            say(services.status())
        case ["sql", text]:
            say(postgres.psql(text))
        case _:
            raise Problem("Usage: python3 -m stack services start|stop|status")
    return 0


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except Problem as problem:
        warn(f"{problem}")
        sys.exit(1)

"""Box and tally beside the rest: which addresses, folders and environment each of them gets, and no more.

The box knows neither the application's database nor its key; the application knows neither those of the box
nor those of the tally.
"""

import os
from collections.abc import Mapping, MutableMapping
from dataclasses import dataclass

from stack import ballots, paths, services
from stack.say import Problem

KEYS = {"SURVEY_KEYS": "mailer", "BOX_WAVES": "box", "TALLY_KEYS": "tally"}
# What the application's own processes may not see.
FOREIGN = (ballots.TALLY, ballots.BOX, "TALLY_KEYS")
# What any process needs of the machine.
PLAIN = ("PATH", "LANG", "LC_ALL", "LC_CTYPE", "TZ", "TMPDIR", "LOG_LEVEL")
NOT_SET_UP = (
    "Surveys are not set up: BALLOTS_TALLY_URL, BALLOTS_BOX_URL and BALLOTS_RESULTS_URL name no database."
)


@dataclass(frozen=True)
class Surveys:
    """How the survey's two processes run."""

    port: int
    addresses: Mapping[str, str]
    broker: str

    @property
    def url(self) -> str:
        """What links in survey mails begin with."""
        return f"http://127.0.0.1:{self.port}"

    def box_environment(self) -> dict[str, str]:
        """Everything the box is told."""
        more = _given("SURVEY_HOSTS", "TRUSTED_PROXY_COUNT", "BOX_RATE")
        return more | {
            ballots.BOX: self.addresses[ballots.BOX], "BOX_WAVES": folder("BOX_WAVES"),
            "BOX_BIND": f"127.0.0.1:{self.port}",
        }  # fmt: skip

    def tally_environment(self) -> dict[str, str]:
        """Everything the tally is told."""
        return _given("TRUSTEE_PUBLIC_KEY") | {
            ballots.TALLY: self.addresses[ballots.TALLY], "TALLY_KEYS": folder("TALLY_KEYS"),
            "REDIS_URL": self.broker,
        }  # fmt: skip


def planned(port: int) -> Surveys | None:
    """Box and tally for this start; None where there is no database for them. Raises Problem."""
    addresses = find_addresses()
    if not addresses:
        return None
    broker = os.environ.get("REDIS_URL") or services.broker_url()
    return Surveys(port=_port(port), addresses=addresses, broker=broker)


def find_addresses() -> dict[str, str]:
    """The address of each role: the given ones, else those of the embedded server, else none at all."""
    given = {name: os.environ.get(name, "") for name in ballots.ROLES}
    if all(given.values()):
        return given
    if any(given.values()):
        missing = ", ".join(name for name, value in given.items() if not value)
        raise Problem(f"Set {missing} too: box, tally and results each reach the ballots by their own role.")
    return ballots.embedded(ballots.name(services.DATABASE)) if services.own_database() else {}


def _port(port: int) -> int:
    text = os.environ.get("SURVEY_PORT") or str(port + 1)
    if not text.isdigit() or not 0 < int(text) < 65536 or int(text) == port:
        raise Problem(
            f"SURVEY_PORT={text} is no free port number: choose one from 1024 to 65535, not {port}."
        )
    return int(text)


def folder(name: str) -> str:
    """A role's folder of keys, below `var/keys` unless the environment names another."""
    return os.environ.get(name) or str(paths.KEYS / KEYS[name])


def make_folders() -> None:
    """Folders that only their owner can enter; never part of a backup."""
    paths.make_private(paths.KEYS)
    for each in KEYS.values():
        paths.make_private(paths.KEYS / each)


def application_environment() -> dict[str, str]:
    """The environment of the application's processes: without the addresses and keys of box and tally."""
    return {key: value for key, value in os.environ.items() if key not in FOREIGN}


def fill(environment: MutableMapping[str, str]) -> None:
    """What the application's settings need to know of surveys on its own embedded server."""
    if not environment.get(ballots.RESULTS) and not environment.get("DATABASE_URL"):
        environment[ballots.RESULTS] = ballots.embedded(ballots.name(services.DATABASE))[ballots.RESULTS]
    if not environment.get(ballots.RESULTS):
        return
    for name in ("SURVEY_KEYS", "BOX_WAVES"):
        environment.setdefault(name, str(paths.KEYS / KEYS[name]))
    if not environment.get("SURVEY_URL") and paths.SURVEY_PORT.exists():
        environment["SURVEY_URL"] = f"http://127.0.0.1:{paths.SURVEY_PORT.read_text().strip()}"


def _given(*names: str) -> dict[str, str]:
    return {name: os.environ[name] for name in (*PLAIN, *names) if os.environ.get(name)}

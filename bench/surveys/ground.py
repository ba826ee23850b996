"""What surveys need to be sent and answered: a ballots' database, keys, an open wave, and people to ask."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

import psycopg2
from django.conf import settings
from psycopg2 import sql

from ballotbox import database, tally
from ballotbox.keyfiles import KeyFiles
from bench.database import PREFIX
from contacts.models import Contact
from stack import ballots as roles
from stack import paths
from surveys import ballots
from surveys.models import Programme, Wave
from surveys.services import waves
from surveys.services.inviting import Guest
from users.clock import company_today

NAME = f"{PREFIX}_ballots"


@dataclass(frozen=True)
class Ground:
    """The addresses of the three roles, and a folder for sockets, logs and keys."""

    addresses: dict[str, str]
    folder: Path

    @property
    def box_waves(self) -> Path:
        return self.folder / "box"

    def ballots(self) -> int:
        """How many are stored."""
        with database.connected(self.addresses[roles.TALLY]) as cursor:
            cursor.execute("SELECT count(*) FROM ballot")
            return int(cursor.fetchone()[0])


@contextmanager
def prepared(there: dict[str, str]) -> Iterator[Ground]:
    """An empty ballots' database beside the one that is there, and empty folders of keys; settings name them.

    Gone afterwards.
    """
    folder = Path(tempfile.mkdtemp(prefix="bench-", dir=paths.SOCKETS))
    addresses = {variable: f"{url.rpartition('/')[0]}/{NAME}" for variable, url in there.items()}
    try:
        _make(there, addresses)
        settings.BALLOTS_RESULTS_URL = addresses[roles.RESULTS]
        settings.SURVEY_KEYS, settings.BOX_WAVES = str(folder / "mailer"), str(folder / "box")
        settings.SURVEY_URL = "http://127.0.0.1:9"
        yield Ground(addresses, folder)
    finally:
        _run(there, "DROP DATABASE IF EXISTS {name} WITH (FORCE)")
        shutil.rmtree(folder, ignore_errors=True)


def open_wave(ground: Ground) -> Wave:
    """The survey after a purchase is switched on, and its wave is open, as a night would have left it."""
    on = company_today()
    programme = Programme.objects.get(kind=Programme.Kind.AFTER_PURCHASE)
    programme.reply_to, programme.is_on = "quality@bench.example", True
    programme.save()
    (wave,) = waves.plan(on, {})[:1]
    ballots.announce(wave)
    keys = KeyFiles(ground.folder / "tally")
    tally.prepare_wave(tally.Tally(ground.addresses[roles.TALLY], keys), wave.pk)
    waves.take_over(wave, ballots.standings([wave.pk])[wave.pk], on)
    return wave


def guests(most: int) -> list[Guest]:
    """The main contacts of customers."""
    people = Contact.objects.filter(is_main=True, account__status="customer")
    people = people.select_related("account", "account__tier").order_by("pk")[:most]
    return [Guest(contact, contact.account) for contact in people]


def _make(there: dict[str, str], addresses: dict[str, str]) -> None:
    _run(
        there,
        "CREATE DATABASE {name}",
        "REVOKE ALL ON DATABASE {name} FROM PUBLIC",
        "GRANT CONNECT ON DATABASE {name} TO {box}, {results}",
    )
    box, results = (database.words(addresses[each])["user"] for each in (roles.BOX, roles.RESULTS))
    database.prepare(addresses[roles.TALLY], box_role=box, results_role=results)


def _run(there: dict[str, str], *statements: str) -> None:
    """As the tally's role, in the ballots' database that is there already."""
    names = {
        "name": sql.Identifier(NAME),
        "box": sql.Identifier(database.words(there[roles.BOX])["user"]),
        "results": sql.Identifier(database.words(there[roles.RESULTS])["user"]),
    }
    with closing(psycopg2.connect(**database.words(there[roles.TALLY]))) as connection:
        connection.autocommit = True
        with connection.cursor() as cursor:
            for statement in statements:
                cursor.execute(sql.SQL(statement).format(**names))

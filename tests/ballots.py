"""Fixtures around anonymous ballots: a database of their own, and the real ballot box as a process.

``ballots``: empty tables, the three addresses, folders of keys; settings and environment point to them.
``box``: the same, and the box answers at ``box.url``.
"""

from __future__ import annotations

import http.client
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlencode, urlsplit
from uuid import UUID, uuid4

import psycopg2
import pytest
from psycopg2 import sql

from ballotbox import bundle, database, policy, sealing, tickets
from ballotbox.questionnaire import Option, Question, Questionnaire
from stack import ballots as embedded

ROOT = Path(__file__).resolve().parent.parent
TABLES = ("redaction", "comment", "hidden", "figure", "release", "wave")


@dataclass
class Ballots:
    """A test's ballots database and key folders."""

    tally_url: str
    box_url: str
    results_url: str
    folder: Path

    @property
    def waves(self) -> Path:
        """BOX_WAVES."""
        return self.folder / "box"

    @property
    def survey_keys(self) -> Path:
        """SURVEY_KEYS."""
        return self.folder / "mailer"

    @property
    def tally_keys(self) -> Path:
        """TALLY_KEYS."""
        return self.folder / "tally"

    def rows(self, text: str, *values: Any) -> list[tuple[Any, ...]]:
        """Ask as the tally."""
        with database.connected(self.tally_url) as cursor:
            cursor.execute(text, values)
            found: list[tuple[Any, ...]] = cursor.fetchall()
            return found

    def count(self) -> int:
        """How many ballots there are."""
        return int(self.rows("SELECT count(*) FROM ballot")[0][0])


@dataclass
class Box:
    """The running box. ``url`` without a slash at its end."""

    url: str
    ballots: Ballots
    log: Path
    process: subprocess.Popen[bytes] | None = None
    waves: list[Wave] = field(default_factory=list)

    def wave(self, asked: Questionnaire | None = None, **facts: Any) -> Wave:
        """A wave that is open: its partition and its file are there."""
        made = Wave.make(self.ballots, asked, **facts)
        self.waves.append(made)
        return made

    def ask(self, method: str, path: str, form: Any = None, **headers: str) -> Page:
        """One request on a connection of its own. ``form``: fields (sent as a browser sends them)."""
        where = urlsplit(self.url)
        body = None if form is None else urlencode(form, doseq=True)
        more = {"Content-Type": "application/x-www-form-urlencoded"} if body is not None else {}
        with closing(http.client.HTTPConnection(where.hostname or "", where.port, timeout=60)) as line:
            line.request(method, path, body, {**more, **headers})
            answer = line.getresponse()
            return Page(answer.status, answer.read(), {k.lower(): v for k, v in answer.getheaders()})

    def get(self, path: str) -> Page:
        return self.ask("GET", path)

    def post(self, path: str, form: Any) -> Page:
        return self.ask("POST", path, form)

    def logged(self) -> str:
        """Everything the process has written to its log."""
        return self.log.read_text(errors="replace")


@dataclass(frozen=True)
class Page:
    """What came back."""

    status: int
    body: bytes
    headers: dict[str, str]

    @property
    def text(self) -> str:
        return self.body.decode()


@dataclass
class Wave:
    """An open wave with all its keys, as CRM and tally would have made it."""

    id: UUID
    asked: Questionnaire
    ticket_key: bytes
    private_key: bytes
    ballots: Ballots

    @classmethod
    def make(cls, ballots: Ballots, asked: Questionnaire | None, **facts: Any) -> Wave:
        wave = cls(uuid4(), asked or questionnaire(), tickets.new_key(), sealing.new_private_key(), ballots)
        wave.publish(**facts)
        with database.connected(ballots.tally_url) as cursor:
            database.add_partition(cursor, wave.id)
        return wave

    def publish(self, **facts: Any) -> None:
        """Write the box's file; ``facts`` replace what a bundle says by default."""
        public = sealing.public_key_of(self.private_key)
        told: dict[str, Any] = {
            "programme": "After a purchase", "label": "2026 Q4", "company": "Northwind Pumps",
            "time_zone": "UTC", "opens": date.today() - timedelta(days=10),
            "closes": date.today() + timedelta(days=30), "questionnaire": self.asked,
            "policy": policy.DEFAULT,
            "ticket_key": self.ticket_key, "public_key": public,
            "fingerprint": sealing.fingerprint(public), "contact_address": "feedback@northwind.example",
        }  # fmt: skip
        bundle.write(self.ballots.waves, bundle.Bundle(wave=self.id, **(told | facts)))

    def ticket(self, tag: bytes | None = None, **more: Any) -> str:
        """A fresh ticket, of a random invitation unless a tag is given."""
        return tickets.write(self.ticket_key, tickets.Ticket(self.id, tag or os.urandom(16), **more))

    def said(self) -> list[dict[str, Any]]:
        """All ballots of this wave, opened."""
        rows = self.ballots.rows("SELECT sealed FROM ballot WHERE wave = %s", str(self.id))
        return [sealing.unseal(self.private_key, self.id, bytes(sealed)) for (sealed,) in rows]


def questionnaire() -> Questionnaire:
    """One question of each type, in English and German; the first is required."""
    lines = ("delivery", "Delivery", "Lieferung"), ("invoice", "Invoice", "Rechnung")
    reasons = ("price", "Price", "Preis"), ("advice", "Advice", "Beratung"), ("other", "Other", "Anderes")

    def both(english: str, german: str) -> dict[str, str]:
        return {"en": english, "de": german}

    def options(*given: tuple[str, str, str]) -> tuple[Option, ...]:
        return tuple(Option(key, both(english, german)) for key, english, german in given)

    ends = {"low": both("Not at all", "Gar nicht"), "high": both("Very much", "Sehr")}
    return Questionnaire(
        questions=(
            Question("recommend", "nps", both("Would you recommend us?", "Würden Sie uns empfehlen?"),
                     required=True, **ends),
            Question("product", "scale", both("How good is it?", "Wie gut ist es?"), **ends),
            Question("trust", "agree", both("I trust them.", "Ich vertraue ihnen."), **ends),
            Question("process", "items", both("How was each step?", "Wie war jeder Schritt?"),
                     options=options(*lines), **ends),
            Question("note", "info", both("Now a few words.", "Nun ein paar Worte.")),
            Question("reason", "single", both("What decided it?", "Was gab den Ausschlag?"),
                     options=options(*reasons), shuffled=True),
            Question("problems", "multi", both("What went wrong?", "Was ging schief?"),
                     options=options(*lines, *reasons), most=2),
            Question("change", "text", both("What should we change?", "Was sollen wir ändern?"),
                     help=both("No names, please.", "Bitte keine Namen.")),
        ),
        languages=("en", "de"),
        title=both("Your purchase", "Ihr Einkauf"),
        intro=both("Three minutes.", "Drei Minuten."),
    )  # fmt: skip


# -- Fixtures -----------------------------------------------------------------------------------------


def _name() -> str:
    worker = os.environ.get("PYTEST_XDIST_WORKER", "")
    return "_".join(filter(None, [os.environ.get("TEND_TEST_DB") or "test_tend", "ballots", worker]))


def _addresses(name: str) -> dict[str, str]:
    """Of servers of one's own when BALLOTS_* name them, else of the embedded one."""
    given = {variable: os.environ.get(variable, "") for variable in embedded.ROLES}
    if given[embedded.TALLY]:
        return {variable: f"{url.rpartition('/')[0]}/{name}" for variable, url in given.items()}
    return embedded.embedded(name)


@pytest.fixture(scope="session")
def ballots_database() -> Iterator[dict[str, str]]:
    """An empty database of the tally's, which only the three roles may enter. Gone at the end."""
    name, addresses = _name(), _addresses(_name())
    own = os.environ.get(embedded.TALLY) or embedded.embedded("tend_ballots")[embedded.TALLY]
    roles = {variable: database.words(url)["user"] for variable, url in addresses.items()}

    def run(*statements: str) -> None:
        with closing(psycopg2.connect(**database.words(own))) as connection:
            connection.autocommit = True
            with connection.cursor() as cursor:
                for statement in statements:
                    words = {"name": sql.Identifier(name)}
                    words |= {k: sql.Identifier(v) for k, v in roles.items()}
                    cursor.execute(sql.SQL(statement).format(**words))

    run(
        "DROP DATABASE IF EXISTS {name} WITH (FORCE)", "CREATE DATABASE {name}",
        "REVOKE ALL ON DATABASE {name} FROM PUBLIC",
        "GRANT CONNECT ON DATABASE {name} TO {BALLOTS_BOX_URL}, {BALLOTS_RESULTS_URL}",
    )  # fmt: skip
    database.prepare(
        addresses[embedded.TALLY], box_role=roles[embedded.BOX], results_role=roles[embedded.RESULTS]
    )
    if not os.environ.get(embedded.TALLY):
        embedded.hush(name)
    yield addresses
    run("DROP DATABASE IF EXISTS {name} WITH (FORCE)")


def _empty(tally_url: str) -> None:
    with database.connected(tally_url) as cursor:
        cursor.execute(
            "SELECT inhrelid::regclass::text FROM pg_inherits WHERE inhparent = 'ballot'::regclass"
        )
        for (partition,) in cursor.fetchall():
            cursor.execute(sql.SQL("DROP TABLE {}").format(sql.Identifier(partition)))
        for way in ("DISABLE", "ENABLE"):  # the owner's way round the promise that released figures stay
            if way == "ENABLE":
                cursor.execute(f"TRUNCATE {', '.join(TABLES)}")
            for table in TABLES:
                cursor.execute(f"ALTER TABLE {table} {way} TRIGGER USER")


@pytest.fixture
def ballots(
    ballots_database: dict[str, str], tmp_path: Path, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> Ballots:
    """Empty tables and folders; settings (application) and environment (tally) name them."""
    urls = [ballots_database[each] for each in (embedded.TALLY, embedded.BOX, embedded.RESULTS)]
    found = Ballots(*urls, folder=tmp_path / "keys")
    _empty(found.tally_url)
    for folder in (found.waves, found.survey_keys, found.tally_keys):
        folder.mkdir(mode=0o700, parents=True)
    settings.BALLOTS_RESULTS_URL = found.results_url
    settings.SURVEY_KEYS, settings.BOX_WAVES = str(found.survey_keys), str(found.waves)
    settings.SURVEY_URL = "http://127.0.0.1:9"
    monkeypatch.setenv(embedded.TALLY, found.tally_url)
    monkeypatch.setenv("TALLY_KEYS", str(found.tally_keys))
    return found


@pytest.fixture(scope="session")
def box_process(
    ballots_database: dict[str, str], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[Box, Path]]:
    """One box for the whole run; its waves are read anew for every request, through a link."""
    folder = tmp_path_factory.mktemp("box")
    with start_box(ballots_database[embedded.BOX], folder / "waves", folder / "box.log") as found:
        yield found, folder / "waves"


class start_box:
    """Start a real box on a free port, with nothing in its environment that it does not need."""

    def __init__(self, url: str, waves: Path, log: Path, **more: str) -> None:
        self.listener = socket.create_server(("127.0.0.1", 0))
        port = self.listener.getsockname()[1]
        self.env = {
            "PATH": os.environ["PATH"], "LC_ALL": "C.UTF-8", "BALLOTS_BOX_URL": url, "BOX_WAVES": str(waves),
            "BOX_BIND": f"fd://{self.listener.fileno()}", **more,
        }  # fmt: skip
        self.box = Box(f"http://127.0.0.1:{port}", None, log)  # type: ignore[arg-type]

    def __enter__(self) -> Box:
        with self.box.log.open("ab") as output:
            self.box.process = subprocess.Popen(
                [sys.executable, "-m", "ballotbox.box"], cwd=ROOT, env=self.env, stdout=output,
                stderr=subprocess.STDOUT, pass_fds=[self.listener.fileno()], stdin=subprocess.DEVNULL,
            )  # fmt: skip
        deadline = time.monotonic() + 60
        while True:  # connections wait in the socket's queue until the process takes them
            assert self.box.process.poll() is None, self.box.logged()
            assert time.monotonic() < deadline, self.box.logged()
            try:
                if self.box.get("/").status == 404:
                    return self.box
            except OSError:
                continue

    def __exit__(self, *_: object) -> None:
        process = self.box.process
        assert process is not None
        process.terminate()
        try:
            process.wait(timeout=30)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait(timeout=10)
        self.listener.close()


@pytest.fixture
def box(box_process: tuple[Box, Path], ballots: Ballots, settings: Any) -> Box:
    """The running box, with this test's empty tables and empty folder of waves."""
    found, link = box_process
    link.unlink(missing_ok=True)
    link.symlink_to(ballots.waves)
    found.ballots, found.waves = ballots, []
    settings.SURVEY_URL = found.url
    return found

"""The application in the play: its own services and pages, on a database that is copied after every submit.

Surveys of the night, the outbox's dispatcher and a mail sink of its own. Its days are those of 2025, so that
the tally, which goes by the machine's clock, finds the wave closed when the play says so.
"""

from __future__ import annotations

import base64
import importlib
import json
import logging
import os
import re
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from signal import SIGTERM
from typing import Any
from unittest import mock

import psycopg2
import time_machine
from celery import Celery
from django.db import connection, connections
from django.test import Client, override_settings
from django.urls import clear_url_caches
from psycopg2 import sql

from ballotbox import bundle
from cadences import survey_night
from contacts.models import Contact
from correspondence import services as outbox
from correspondence.models import Message
from stack import processes
from surveys import ballots as gateway
from surveys.models import Wave
from tests import factories as make
from tests.anonymity.evidence import Person
from tests.ballots import ROOT, Ballots
from tests.cadences.test_survey_night import owed
from tests.queue import _database_url
from tests.surveys import factories as survey
from users.models import User

SENT, FOLLOWED_UP, CLOSED = date(2025, 7, 17), date(2025, 7, 24), date(2025, 10, 29)
SELLER = "Kari Selger"
SECRET = "reports:secret"
SINK = """
import sys
from pathlib import Path
from stack import mailsink, paths
paths.MAIL, paths.MAIL_SOCKET = Path(sys.argv[1]), Path(sys.argv[2])
mailsink.main()
"""
ENVIRONMENT = {"PATH": os.environ["PATH"], "LC_ALL": "C.UTF-8"}
LINK = re.compile(r"/s/(\S+)")


@dataclass(frozen=True)
class Copy:
    """A mail as the sink keeps it, which is what its operator holds."""

    to: str
    message: EmailMessage
    raw: bytes

    @property
    def text(self) -> str:
        part = self.message.get_body(("plain",))
        assert part is not None
        return str(part.get_content())

    @property
    def ticket(self) -> str:
        found = LINK.search(self.text)
        assert found is not None, self.text
        return found[1]


@dataclass
class Crm:
    """What the play asks of the application."""

    url: str
    ballots: Ballots
    sink: Path
    clock: Any
    wave: Wave

    def night(self, on: date) -> None:
        """The surveys of a night, and all mail that is due the next noon."""
        self.clock.move_to(datetime(on.year, on.month, on.day, 12, tzinfo=UTC))
        survey_night.run(on, "command")
        while outbox.send_due(seconds=60):
            pass

    def mails(self) -> list[Copy]:
        """Everything in the sink, in the order in which it came."""
        found = []
        for path in sorted(self.sink.glob("*.eml")):
            raw = path.read_bytes()
            message = message_from_bytes(raw, policy=policy.default)
            found.append(Copy(str(message["X-Envelope-To"]), message, raw))  # type: ignore[arg-type]
        return found

    def bounce(self, who: Person) -> None:
        """The provider reports it, as Postmark does."""
        row = Message.objects.filter(recipient=who.email).order_by("id")[0]
        said = {
            "RecordType": "Bounce", "ID": row.pk, "Type": "HardBounce", "TypeCode": 1,
            "MessageID": row.message_id.strip("<>"), "Description": "no such user", "Details": "550 5.1.1",
            "Email": who.email, "From": "feedback@northwind.example", "BouncedAt": "2025-07-17T13:00:00Z",
            "Subject": "", "Metadata": {}, "Tag": "",
        }  # fmt: skip
        secret = base64.b64encode(SECRET.encode()).decode()
        answer = Client().post(
            "/mail/reports/postmark/", json.dumps(said), content_type="application/json",
            HTTP_AUTHORIZATION=f"Basic {secret}",
        )  # fmt: skip
        assert answer.status_code == 200, answer.content

    def unsubscribe(self, copy: Copy) -> None:
        """One click in the mail program (RFC 8058)."""
        address = str(copy.message["List-Unsubscribe"]).strip("<>")
        path = address.partition("testserver")[2]
        answer = Client().post(path, {"List-Unsubscribe": "One-Click"})
        assert answer.status_code == 200, address


@contextmanager
def application(ballots: Ballots, invited: Sequence[Person], broker: Celery, folder: Path) -> Iterator[Crm]:
    """The application with these people as its customers; two tiers, one salesperson."""
    with ExitStack() as stack:
        url = stack.enter_context(copied_database())
        sink = stack.enter_context(mail_sink(folder))
        stack.enter_context(logged(folder / "crm.log"))
        stack.enter_context(override_settings(**_settings(ballots, folder)))
        stack.enter_context(_addresses())
        stack.enter_context(mock.patch.object(gateway, "current_app", broker))
        stack.enter_context(_open_in_any_year())
        noon = datetime(SENT.year, SENT.month, SENT.day, 12, tzinfo=UTC)
        clock = stack.enter_context(time_machine.travel(noon, tick=False))
        yield Crm(url, ballots, sink, clock, _customers(invited))


def _settings(ballots: Ballots, folder: Path) -> dict[str, Any]:
    return {
        "MAIL_TRANSPORT": "config.mail.SinkBackend", "MAIL_SINK_SOCKET": folder / "m.sock",
        "MAIL_PROVIDER": "postmark", "MAIL_WEBHOOK_SECRET": SECRET, "ANYMAIL": {"WEBHOOK_SECRET": SECRET},
        "SITE_URL": "https://testserver", "SURVEY_KEYS": str(ballots.survey_keys),
        "BOX_WAVES": str(ballots.waves), "BALLOTS_RESULTS_URL": ballots.results_url,
        "SURVEY_URL": "https://feedback.northwind.example",
    }  # fmt: skip


def _customers(invited: Sequence[Person]) -> Wave:
    make.make_company(name="Northwind Pumps", time_zone="UTC")
    make.make_schedule(switched_on_at=datetime(2025, 1, 1, tzinfo=UTC))
    programme = survey.make_programme()
    wave = survey.make_wave(
        programme, label="2025 Q3", opens_on=date(2025, 7, 1), last_send_on=date(2025, 9, 30), state="planned"
    )
    seller: User = make.make_user(display_name=SELLER)
    tiers = [make.make_tier(rank, name=name) for rank, name in ((1, "Large"), (2, "Small"))]
    for number, who in enumerate(invited):
        bought = SENT - timedelta(days=14)
        contact: Contact = survey.make_customer(
            seller, name=f"{who.name} Works", email=who.email, bought_on=bought, tier=tiers[number % 2]
        )
        contact.first_name, contact.last_name = "Kim", who.name
        contact.save()
        owed(SENT, contact)
    return wave


# -- Around it ----------------------------------------------------------------------------------------------


@contextmanager
def copied_database() -> Iterator[str]:
    """A copy of the tests' empty database: what is written there is committed, and seen by dumps."""
    words = connection.settings_dict
    empty, name = words["NAME"], f"{words['NAME']}_attack"
    assert empty == words["TEST"]["NAME"], "not the tests' database"
    connections.close_all()
    _as_owner(
        ("DROP DATABASE IF EXISTS {name} WITH (FORCE)", "CREATE DATABASE {name} TEMPLATE {empty}",
         "REVOKE ALL ON DATABASE {name} FROM PUBLIC"), name=name, empty=empty,
    )  # fmt: skip
    words["NAME"] = name
    try:
        yield _database_url()
    finally:
        connections.close_all()
        words["NAME"] = empty
        _as_owner(("DROP DATABASE {name} WITH (FORCE)",), name=name)


def _as_owner(statements: Sequence[str], **names: str) -> None:
    words = connection.settings_dict
    place = {"host": words["HOST"], "port": words["PORT"] or None, "user": words["USER"]}
    line = psycopg2.connect(**place, password=words["PASSWORD"], dbname="postgres")
    line.autocommit = True
    try:
        with line.cursor() as cursor:
            for statement in statements:
                quoted = {key: sql.Identifier(value) for key, value in names.items()}
                cursor.execute(sql.SQL(statement).format(**quoted))
    finally:
        line.close()


@contextmanager
def mail_sink(folder: Path) -> Iterator[Path]:
    """The product's own mail sink, with a folder of its own."""
    kept = folder / "mail"
    kept.mkdir()
    command = [sys.executable, "-c", SINK, str(kept), str(folder / "m.sock")]
    sink: subprocess.Popen[bytes] = processes.start_detached(
        command, log=folder / "sink.log", env=ENVIRONMENT, cwd=ROOT
    )
    try:
        assert processes.wait_until((folder / "m.sock").exists, 30), (folder / "sink.log").read_text()
        yield kept
    finally:
        processes.stop(sink.pid, SIGTERM, 20)


@contextmanager
def logged(path: Path) -> Iterator[None]:
    """All that the application says, at the level at which it runs."""
    handler = logging.FileHandler(path)
    handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(name)s: %(message)s"))
    root = logging.getLogger()
    level = root.level
    root.addHandler(handler)
    root.setLevel(logging.INFO)
    try:
        yield
    finally:
        root.setLevel(level)
        root.removeHandler(handler)
        handler.close()


@contextmanager
def _addresses() -> Iterator[None]:
    """The pages as they are with a provider that reports."""

    def load() -> None:
        importlib.reload(sys.modules.get("config.urls") or importlib.import_module("config.urls"))
        clear_url_caches()

    load()
    try:
        yield
    finally:
        with override_settings(MAIL_PROVIDER=""):
            load()


@contextmanager
def _open_in_any_year() -> Iterator[None]:
    """The box goes by the machine's clock: for it the wave is open until its key is taken away."""
    write = bundle.write

    def later(folder: Path, file: bundle.Bundle) -> Path:
        return write(folder, replace(file, closes=date(2999, 12, 31)))

    with mock.patch.object(bundle, "write", later):
        yield


def how_often(copies: Sequence[Copy]) -> Counter[str]:
    """Address -> number of mails."""
    return Counter(copy.to for copy in copies)

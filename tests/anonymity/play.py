"""The whole play on the real programs: application, outbox, mail sink, ballot box, tally, broker, databases.

40 are invited by the night's surveys and mailed by the outbox, two mails bounce, 16 answer from the mail, one
of them and one other unsubscribe, everybody gets the same follow-up, 8 more answer from that. Some forget an
answer, some send twice, once the database says no. After every submit both databases are dumped.
"""

from __future__ import annotations

import os
import random
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from signal import SIGTERM
from typing import Any
from uuid import UUID

from celery import Celery
from psycopg2 import sql

from ballotbox import database, keyfiles
from ballotbox.keyfiles import KeyFiles
from stack import postgres, processes, valkey
from surveys.models import Invitation
from tests.anonymity.archive import Archive, write_ahead_log
from tests.anonymity.crm import CLOSED, FOLLOWED_UP, SENT, Copy, Crm, application
from tests.anonymity.evidence import Evidence, Moment, Person, files_below, log_since, look, people, read
from tests.anonymity.onlooker import Onlooker
from tests.ballotbox.waves import state
from tests.ballots import ROOT, Ballots, Box, start_box

SEED, INVITED, ANSWERS, FROM_FOLLOW_UP = 11, 40, 24, 8
CRM = "crm."
VISITOR = {
    "User-Agent": "CanaryBrowser/7",
    "X-Forwarded-For": "203.0.113.77",
    "Referer": "https://canary.example/",
}


@dataclass
class Play:
    """What happened, and what the attacker has of it.

    ``before``: files before the close, ``keys_before``: the tally's folder then (it is not in any backup: a
    thief of it before the release is the one whom v1 does not stop), ``after``: every file when all is over.
    ``mails``: what the operator of a mail server holds, first all invitations, then the follow-ups.
    """

    evidence: Evidence
    wave: UUID
    invitations: dict[Person, UUID] = field(default_factory=dict)
    mails: tuple[list[Copy], list[Copy]] = ([], [])
    bounced: list[Person] = field(default_factory=list)
    gone: list[Person] = field(default_factory=list)
    pages: list[tuple[int, bytes]] = field(default_factory=list)
    refused: list[int] = field(default_factory=list)
    before: dict[str, bytes] = field(default_factory=dict)
    keys_before: dict[str, bytes] = field(default_factory=dict)
    after: dict[str, bytes] = field(default_factory=dict)
    seen: list[tuple[dict[str, Any], dict[str, Any]]] = field(default_factory=list)
    comments: list[str] = field(default_factory=list)
    wal_before: bytes = b""
    wal_after: bytes = b""

    @property
    def copies(self) -> list[Copy]:
        return [*self.mails[0], *self.mails[1]]

    @property
    def links(self) -> dict[Person, list[str]]:
        """Whose mail holds which tickets."""
        by_email = {who.email: who for who in self.evidence.invited}
        found: dict[Person, list[str]] = {}
        for copy in self.copies:
            found.setdefault(by_email[copy.to], []).append(copy.ticket)
        return found


def text_of(who: Person, number: int) -> str:
    """What somebody writes: their canary, and all that the CRM could recognise them by."""
    return f"{who.canary}! Ask {who.name}, {who.email} or 0171/23450{number:02d}, order 2025-{number}."


class Stage:
    """One wave from the purchase to the end."""

    def __init__(self, crm: Crm, box: Box, folder: Path, archive: Archive | None, evidence: Evidence) -> None:
        self.crm, self.box, self.folder, self.ballots = crm, box, folder, crm.ballots
        self.archive = archive
        self.play = Play(evidence, crm.wave.pk)
        self.log_size = os.path.getsize(postgres.LOG) if postgres.LOG.exists() else 0
        self.onlooker = Onlooker(self.ballots, crm.url)

    def invite(self) -> None:
        """The night plans and invites, the outbox mails; two addresses do not exist."""
        play = self.play
        self.crm.night(SENT)
        self._wait("ready")
        self.crm.night(SENT)
        play.mails = (self.crm.mails(), [])
        rows = Invitation.objects.values_list("address", "pk")
        by_email = dict(rows)
        play.invitations = {who: by_email[who.email] for who in play.evidence.invited}
        quiet = [who for who in play.evidence.invited if who not in play.evidence.order]
        play.bounced, play.gone = quiet[:2], [quiet[2], play.evidence.order[1]]
        for who in play.bounced:
            self.crm.bounce(who)
        self.look(full=True)

    def _wait(self, wanted: str) -> None:
        deadline = time.monotonic() + 90
        while state(self.ballots, self.play.wave) != wanted:
            assert time.monotonic() < deadline, [log.read_text() for log in self.folder.glob("*.log")]
            time.sleep(0.2)

    def look(self, *, full: bool = False) -> Moment:
        """Both databases; the application's as a dump where its order may be read, else row by row."""
        ballots = look(self.ballots.tally_url, ["public"])
        crm = (look if full else read)(self.crm.url, ["public"], prefix=CRM)
        self.play.evidence.moments.append(Moment(ballots.dump + crm.dump, [*ballots.rows, *crm.rows]))
        return self.play.evidence.last

    def answer(self, who: Person, number: int) -> None:
        """Open, sometimes forget something, send; sometimes send something else, from a second mail."""
        before = self.play.evidence.last
        ticket = self.play.links[who][-1]
        watched = self.onlooker.look() if number % 4 == 0 else None
        self._submit(ticket, who, number)
        if watched is not None:
            self.play.seen.append((watched, self.onlooker.look()))
        self.play.evidence.submits.append((who, before, self.look()))

    def _submit(self, ticket: str, who: Person, number: int) -> None:
        path = f"/s/{ticket}"
        self.box.ask("GET", path, **VISITOR)
        self.box.ask("HEAD", path, **VISITOR)
        form = {"recommend": str(number % 11), "change": text_of(who, number)}
        if number % 5 == 0:
            self.play.refused.append(self.box.ask("POST", path, {**form, "recommend": ""}, **VISITOR).status)
        if number == 3:
            with self._no_database():
                self.play.refused.append(self.box.ask("POST", path, form, **VISITOR).status)
        page = self.box.ask("POST", path, form, **VISITOR)
        assert page.status == 200, page.text
        self.play.pages.append((page.status, page.body))
        if number % 6 == 0:
            again = self.box.ask("POST", path, {**form, "change": "second thoughts"}, **VISITOR)
            self.play.pages.append((again.status, again.body))

    @contextmanager
    def _no_database(self) -> Iterator[None]:
        """The database takes no ballot for a moment."""
        role = sql.Identifier(database.words(self.ballots.box_url)["user"])
        for statement in ("REVOKE INSERT ON ballot FROM {}", "GRANT INSERT ON ballot TO {}"):
            with database.connected(self.ballots.tally_url) as cursor:
                cursor.execute(sql.SQL(statement).format(role))
            if statement.startswith("REVOKE"):
                yield

    def follow_up(self) -> None:
        """To everybody, whoever has answered; some of those who have, answer once more."""
        play, first = self.play, self.play.mails[0]
        for who in play.gone:
            self.crm.unsubscribe(next(copy for copy in first if copy.to == who.email))
        self.crm.night(FOLLOWED_UP)
        play.mails = (first, self.crm.mails()[len(first) :])
        for who in play.evidence.order[2:6]:
            form = {"recommend": "0", "change": "second thoughts"}
            page = self.box.ask("POST", f"/s/{play.links[who][-1]}", form, **VISITOR)
            play.pages.append((page.status, page.body))
        self.look()

    def forget(self) -> None:
        """Two weeks after the mails; until then the attacker collects what there is."""
        self.play.before = self.files()
        self.play.keys_before = files_below(self.ballots.tally_keys)
        self.play.wal_before = self.archive.read() if self.archive else b""
        self.crm.night(SENT + timedelta(days=14))

    def files(self) -> dict[str, bytes]:
        """All files but the tally's keys and the mails: keys and waves, logs, the broker's file."""
        found = files_below(self.ballots.survey_keys, self.ballots.waves, self.folder / "data")
        found |= {str(log): log.read_bytes() for log in (*self.folder.glob("*.log"), self.box.log)}
        return found | {"postgres.log": log_since(postgres.LOG, self.log_size)}

    def settle(self) -> None:
        self.crm.night(CLOSED)
        self._wait("released")
        assert processes.wait_until(
            lambda: not KeyFiles(self.ballots.tally_keys).has(keyfiles.private_key(self.play.wave)), 60
        )
        self.crm.night(CLOSED + timedelta(days=1))
        self.look(full=True)
        self.play.wal_after = self.archive.read() if self.archive else b""
        self.play.after = self.files() | files_below(self.ballots.tally_keys)
        self.play.comments = [text for (text,) in self.ballots.rows("SELECT text FROM comment ORDER BY id")]


def perform(ballots: Ballots) -> Play:
    """Everything, once."""
    invited = people(INVITED, SEED)
    order = random.Random(SEED).sample(invited, ANSWERS)
    with ExitStack() as running:
        broker, folder = running.enter_context(worker(ballots))
        box = running.enter_context(start_box(ballots.box_url, ballots.waves, ballots.folder / "box.log"))
        box.ballots = ballots
        is_ours = not os.environ.get("BALLOTS_TALLY_URL")  # else its server keeps the log to itself
        archive = running.enter_context(write_ahead_log(folder)) if is_ours else None
        crm = running.enter_context(application(ballots, invited, broker, folder))
        stage = Stage(crm, box, folder, archive, Evidence(invited, order))
        stage.invite()
        for number, who in enumerate(order[:-FROM_FOLLOW_UP]):
            stage.answer(who, number)
        stage.follow_up()
        for number, who in enumerate(order[-FROM_FOLLOW_UP:], ANSWERS - FROM_FOLLOW_UP):
            stage.answer(who, number)
        stage.forget()
        stage.settle()
        return stage.play


@contextmanager
def worker(ballots: Ballots) -> Iterator[tuple[Celery, Path]]:
    """A broker and the real tally, with nothing in its environment that it does not need."""
    with tempfile.TemporaryDirectory(prefix="tend-a-") as name:  # short: a socket's path is limited
        folder = Path(name)
        data = folder / "data"
        data.mkdir()
        address = f"redis+socket://{folder}/v.sock?virtual_host=0"
        env = {
            "PATH": os.environ["PATH"], "LC_ALL": "C.UTF-8", "BALLOTS_TALLY_URL": ballots.tally_url,
            "TALLY_KEYS": str(ballots.tally_keys), "REDIS_URL": address,
        }  # fmt: skip
        broker = processes.start_detached(
            valkey.command(data, folder / "v.sock"), log=folder / "broker.log", env=env, cwd=folder
        )
        command = [
            sys.executable, "-m", "celery", "-A", "ballotbox.tally_app", "worker", "-Q", "tally",
            "--concurrency", "1", "--loglevel", "INFO", "--without-gossip", "--without-mingle",
        ]  # fmt: skip
        tally: Any = None
        try:
            assert processes.wait_until(lambda: valkey.answers(folder / "v.sock"), 20)
            tally = processes.start_detached(command, log=folder / "tally.log", env=env, cwd=ROOT)
            yield Celery("crm", broker=address, set_as_current=False), folder
        finally:
            for process in filter(None, (tally, broker)):
                processes.stop(process.pid, SIGTERM, 20)

"""The whole play on the real processes: ballot box, tally, broker, database with its three roles.

The mailer is a table of its own beside them, with what the CRM keeps of an invitation.
"""

from __future__ import annotations

import os
import random
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path
from signal import SIGTERM
from typing import Any
from uuid import UUID

from celery import Celery

from ballotbox import bundle, database, keyfiles, policy, sealing, tickets
from ballotbox.keyfiles import KeyFiles
from stack import postgres, processes, valkey
from tests.anonymity.evidence import Evidence, Person, files_below, log_since, look, people
from tests.ballotbox.waves import close, plan, public_key, state
from tests.ballots import Ballots, Box, questionnaire, start_box

SEED, INVITED, ANSWERS = 11, 40, 24
SCHEMAS = ["public", "mailer"]
VISITOR = {
    "User-Agent": "CanaryBrowser/7",
    "X-Forwarded-For": "203.0.113.77",
    "Referer": "https://canary.example/",
}
MAILER = """
    DROP SCHEMA IF EXISTS mailer CASCADE;
    CREATE SCHEMA mailer;
    CREATE TABLE mailer.invitation (
        id uuid PRIMARY KEY, wave uuid NOT NULL, email text NOT NULL, name text NOT NULL,
        codes jsonb NOT NULL, sent_on date NOT NULL);
"""


@dataclass
class Play:
    """What happened, and what the attacker has of it.

    ``before``: files before the close, ``keys_before``: the tally's folder then (it is not in any backup: a
    thief of it before the release is the one whom v1 does not stop), ``after``: every file when all is over.
    """

    evidence: Evidence
    wave: UUID
    tags: dict[str, Person] = field(default_factory=dict)
    tickets: list[str] = field(default_factory=list)
    pages: list[tuple[int, bytes]] = field(default_factory=list)
    before: dict[str, bytes] = field(default_factory=dict)
    keys_before: dict[str, bytes] = field(default_factory=dict)
    after: dict[str, bytes] = field(default_factory=dict)
    comments: list[str] = field(default_factory=list)


def text_of(who: Person, number: int) -> str:
    """What somebody writes: their canary, and all that the CRM could recognise them by."""
    return f"{who.canary}! Ask {who.name}, {who.email} or 0171/23450{number:02d}, order 2025-{number}."


class Stage:
    """One wave from planning to the end."""

    def __init__(self, ballots: Ballots, box: Box, ring: Callable[..., None], places: list[Path]) -> None:
        self.ballots, self.box, self.ring, self.places = ballots, box, ring, places
        self.mailer = KeyFiles(ballots.survey_keys)
        self.day = date(2025, 7, 3)
        invited = people(INVITED, SEED)
        order = random.Random(SEED).sample(invited, ANSWERS)
        self.play = Play(Evidence(invited, order), wave=self._plan())
        self.log_size = os.path.getsize(postgres.LOG) if postgres.LOG.exists() else 0

    def _plan(self) -> UUID:
        wave = plan(self.ballots, label="Quarter under attack")
        self.ring("ballotbox.prepare_wave", str(wave))
        self._wait(wave, "ready")
        key = self.mailer.make(keyfiles.ticket_key(wave), tickets.new_key())
        self.mailer.make(keyfiles.tag_key(wave, self.day), tickets.new_key())
        public = public_key(self.ballots, wave)
        told = bundle.Bundle(
            wave=wave, programme="After a purchase", label="Quarter under attack", company="Northwind Pumps",
            time_zone="UTC", opens=date(2025, 7, 1), closes=date.today() + timedelta(days=30),
            questionnaire=questionnaire(), policy=policy.DEFAULT, ticket_key=key, public_key=public,
            fingerprint=sealing.fingerprint(public),
        )  # fmt: skip
        bundle.write(self.ballots.waves, told)
        return wave

    def _wait(self, wave: UUID, wanted: str) -> None:
        deadline = time.monotonic() + 90
        while state(self.ballots, wave) != wanted:
            assert time.monotonic() < deadline, [
                place.read_text() for place in self.places if place.is_file()
            ]
            time.sleep(0.2)

    def ticket(self, who: Person) -> str:
        """A fresh one, as for a mail or a follow-up."""
        wave, number = self.play.wave, self.play.evidence.invited.index(who)
        tag = tickets.tag_of(self.mailer.read(keyfiles.tag_key(wave, self.day)), who.id)
        self.play.tags[tag.hex()] = who
        codes = {"tier": ("Large", "Small")[number % 2]}
        made = tickets.write(
            self.mailer.read(keyfiles.ticket_key(wave)), tickets.Ticket(wave, tag, codes=codes)
        )
        self.play.tickets.append(made)
        return made

    def invite(self) -> None:
        with database.connected(self.ballots.tally_url) as cursor:
            cursor.execute(MAILER)
            for number, who in enumerate(self.play.evidence.invited):
                codes = f'{{"tier": "{("Large", "Small")[number % 2]}"}}'
                cursor.execute(
                    "INSERT INTO mailer.invitation VALUES (%s, %s, %s, %s, %s, %s)",
                    [str(who.id), str(self.play.wave), who.email, who.name, codes, self.day],
                )
        self.look()

    def look(self) -> None:
        self.play.evidence.moments.append(look(self.ballots.tally_url, SCHEMAS))

    def answer(self, who: Person, number: int) -> None:
        """Open, sometimes forget something, send; sometimes send something else, from a second mail."""
        path = f"/s/{self.ticket(who)}"
        self.box.ask("GET", path, **VISITOR)
        self.box.ask("HEAD", path, **VISITOR)
        form = {"recommend": str(number % 11), "change": text_of(who, number), "product": str(1 + number % 5)}
        if number % 5 == 0:
            self.box.ask("POST", path, {**form, "recommend": ""}, **VISITOR)
        page = self.box.ask("POST", path, form, **VISITOR)
        assert page.status == 200, page.text
        self.play.pages.append((page.status, page.body))
        if number % 6 == 0:
            again = self.box.ask(
                "POST", f"/s/{self.ticket(who)}", {**form, "change": "second thoughts"}, **VISITOR
            )
            self.play.pages.append((again.status, again.body))
        self.look()

    def follow_up(self) -> None:
        """To everybody, whoever has answered; then the key behind the tags goes."""
        for who in self.play.evidence.invited:
            self.box.ask("GET", f"/s/{self.ticket(who)}", **VISITOR)
        self.play.before = self.files()
        self.play.keys_before = files_below(self.ballots.tally_keys)
        self.mailer.destroy(keyfiles.tag_key(self.play.wave, self.day))

    def files(self) -> dict[str, bytes]:
        """All files but the tally's keys: the mailer's and the box's folders, logs, the broker's file."""
        found = files_below(self.ballots.survey_keys, self.ballots.waves)
        found |= {str(place): place.read_bytes() for place in self.places if place.is_file()}
        for place in self.places:
            found |= files_below(place) if place.is_dir() else {}
        return found | {"postgres.log": log_since(postgres.LOG, self.log_size)}

    def settle(self) -> None:
        names = [word for who in self.play.evidence.invited for word in (who.name, who.email)]
        close(self.ballots, self.play.wave, {"": INVITED, "tier:Large": 20, "tier:Small": 20}, names)
        self.ring("ballotbox.settle", "2025-10-29")
        self._wait(self.play.wave, "released")
        deadline = time.monotonic() + 60
        while list(KeyFiles(self.ballots.tally_keys).names()):
            assert time.monotonic() < deadline
            time.sleep(0.1)
        self.look()
        self.play.after = self.files() | files_below(self.ballots.tally_keys)
        self.play.comments = [text for (text,) in self.ballots.rows("SELECT text FROM comment ORDER BY id")]


def perform(ballots: Ballots) -> Play:
    """Everything, once."""
    with ExitStack() as processes_running:
        ring, places = processes_running.enter_context(worker(ballots))
        log = ballots.folder / "box.log"
        box = processes_running.enter_context(start_box(ballots.box_url, ballots.waves, log))
        box.ballots = ballots
        stage = Stage(ballots, box, ring, [*places, log])
        stage.invite()
        for number, who in enumerate(stage.play.evidence.order):
            stage.answer(who, number)
        stage.follow_up()
        stage.settle()
        return stage.play


@contextmanager
def worker(ballots: Ballots) -> Iterator[tuple[Callable[..., None], list[Path]]]:
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
        root = Path(__file__).resolve().parent.parent.parent
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
            tally = processes.start_detached(command, log=folder / "tally.log", env=env, cwd=root)
            crm = Celery("crm", broker=address, set_as_current=False)

            def ring(task: str, argument: str) -> None:
                crm.send_task(task, args=[argument], queue="tally", ignore_result=True)

            yield ring, [folder / "tally.log", folder / "broker.log", data]
        finally:
            for process in filter(None, (tally, broker)):
                processes.stop(process.pid, SIGTERM, 20)

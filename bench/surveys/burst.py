"""A burst of submits at the real ballot box, while My day of the application is asked for."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median, quantiles
from typing import Any

from ballotbox import tickets
from bench import pages
from bench.report import Line
from bench.surveys.ground import Ground
from stack import ballots as roles
from stack import paths, processes
from stack import surveys as stacked
from surveys import keys
from surveys.models import Invitation, Wave

IDLE_SECONDS = 20
GOAL_MS = 500.0  # My day p95 during the burst
ANSWERS = {
    "recommend": "8", "product": "4", "problems": ["late", "documents"], "solved": "yes", "easy": "6",
    "process.need": "5", "process.facts": "4", "process.agreements": "na", "process.reachable": "5",
    "change": "Tell us earlier when a delivery will be late; the drawings came a week after the pump.",
}  # fmt: skip


@dataclass
class Burst:
    """What came of every submit, how many ballots lie in the box, and milliseconds of My day."""

    answered: list[dict[str, Any]] = field(default_factory=list)
    seconds: float = 0.0
    stored: int = 0
    idle: list[float] = field(default_factory=list)
    meanwhile: list[float] = field(default_factory=list)

    @property
    def thanked(self) -> int:
        return sum(each["thanked"] for each in self.answered)


def measure(ground: Ground, wave: Wave, rate: int, seconds: int, say: Callable[[str], None]) -> Burst:
    """``rate`` submits a second for so many seconds, each of an invitation of its own."""
    found, asked = Burst(), _tickets(wave, rate * seconds)
    with _box(ground) as port, pages.my_day() as ask:
        found.idle = ask(lambda begun: time.monotonic() - begun > min(seconds, IDLE_SECONDS))
        say(f"  My day without a burst: p50 {median(found.idle):.0f} ms")
        plan = {"port": port, "tickets": asked, "rate": rate, "answers": ANSWERS}
        with _crowd(plan, ground.folder) as crowd:
            begun = time.monotonic()
            found.meanwhile = ask(lambda _begun: crowd.poll() is not None)
            found.seconds = time.monotonic() - begun
        found.answered = json.loads((ground.folder / "answered.json").read_text())
    found.stored = ground.ballots()
    say(f"  {len(found.answered):,} submits in {found.seconds:.0f} s: {found.thanked:,} thank-you pages, "
        f"{found.stored:,} ballots")  # fmt: skip
    return found


def lines(found: Burst) -> list[Line]:
    times = [1000 * each["seconds"] for each in found.answered]
    refused = sorted({each["status"] for each in found.answered if not each["thanked"]})
    return [
        Line(
            "answers lost that were thanked for", found.thanked - found.stored, "", 0,
            detail=f"{len(found.answered):,} submits in {found.seconds:.0f} s, {found.thanked:,} thank-you "
            f"pages, {found.stored:,} ballots stored",
        ),
        Line(
            "submits that were thanked", 100 * found.thanked / len(found.answered), "%",
            detail=f"the others got {', '.join(map(str, refused))}" if refused else "",
        ),
        Line(
            "submit p50, burst", median(times), "ms",
            detail=f"p95 {_p95(times):.0f} ms; at least 150 ms by design",
        ),
        Line(
            "My day p95, burst", _p95(found.meanwhile), "ms", GOAL_MS,
            detail=f"p50 {median(found.meanwhile):.0f} ms; without a burst p50 {median(found.idle):.0f}, "
            f"p95 {_p95(found.idle):.0f} ms",
        ),
    ]  # fmt: skip


def _p95(times: Sequence[float]) -> float:
    return quantiles(times, n=20)[18]


def _tickets(wave: Wave, number: int) -> list[str]:
    """The links of invitations that were sent, as their mails have them."""
    rows = list(Invitation.objects.filter(wave=wave).order_by("id")[:number])
    if len(rows) < number:
        raise RuntimeError(f"{number} submits need as many invitations, there are {len(rows)}.")
    made = []
    for row in rows:
        ticket_key, tag_key = keys.link_keys(wave.pk, row.send_on)
        ticket = tickets.Ticket(wave.pk, tickets.tag_of(tag_key, row.pk), "en", row.codes)
        made.append(tickets.write(ticket_key, ticket))
    return made


@contextmanager
def _box(ground: Ground) -> Iterator[int]:
    """The ballot box as `make run` starts it; its port. All customers of the bench have one address."""
    port = pages.free_port()
    plain = {name: os.environ[name] for name in stacked.PLAIN if name in os.environ}
    environment = plain | {
        roles.BOX: ground.addresses[roles.BOX], "BOX_WAVES": str(ground.box_waves),
        "BOX_BIND": f"127.0.0.1:{port}", "BOX_RATE": "100000",
    }  # fmt: skip
    process = subprocess.Popen(
        [sys.executable, "-m", "ballotbox.box"], cwd=paths.ROOT, env=environment, start_new_session=True
    )
    try:
        if not processes.wait_until(lambda: pages.answers(port) or process.poll() is not None, 30):
            raise RuntimeError("The ballot box did not answer within 30 seconds.")
        yield port
    finally:
        process.terminate()
        process.wait(30)


@contextmanager
def _crowd(plan: dict[str, Any], folder: Path) -> Iterator[subprocess.Popen[bytes]]:
    """The customers, as a process of their own; "answered.json" says what came of it."""
    (folder / "plan.json").write_text(json.dumps(plan))
    command = [sys.executable, "-m", "bench.surveys.crowd", str(folder)]
    with subprocess.Popen(command, cwd=paths.ROOT) as process:
        try:
            yield process
        finally:
            process.terminate()

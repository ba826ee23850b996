"""`python -m bench`. Sizes come from the environment: see ``Sizes``."""

from __future__ import annotations

import os
import sys
import time
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from bench.report import Line

TODAY = date(2026, 11, 24)  # a Tuesday without holidays: every run measures the same night
PLAN_DAYS = 90  # how long the plan has been running: some of what it asked for has lapsed


@dataclass(frozen=True)
class Sizes:
    """BENCH_ACCOUNTS for the night, BENCH_PAGES "few,many" for the pages, BENCH_INVITATIONS for surveys with
    BENCH_BURST "submits a second,seconds", BENCH_LETTERS for a batch, BENCH_MAILING for
    recipients of a mailing, BENCH_IMPORT for rows of a customer file; 0 leaves a part out. And how often to
    repeat.
    """

    accounts: int
    pages: tuple[int, ...]
    invitations: int
    mailing: int
    burst: tuple[int, int]
    letters: int
    imports: int
    repeats: int
    requests: int
    out: Path

    @classmethod
    def read(cls) -> Sizes:
        accounts = int(os.environ.get("BENCH_ACCOUNTS", "1000000"))
        pages = os.environ.get("BENCH_PAGES", "1000,200000")
        rate, seconds = os.environ.get("BENCH_BURST", "50,60").split(",")
        return cls(
            accounts,
            tuple(int(size) for size in pages.split(",") if int(size)),
            int(os.environ.get("BENCH_INVITATIONS", "10000")),
            int(os.environ.get("BENCH_MAILING", "50000")),
            (int(rate), int(seconds)),
            int(os.environ.get("BENCH_LETTERS", "5000")),
            int(os.environ.get("BENCH_IMPORT", "100000")),
            int(os.environ.get("BENCH_REPEATS", "3")),
            int(os.environ.get("BENCH_REQUESTS", "300")),
            Path(os.environ.get("BENCH_OUT", "var/bench.json")),
        )


def main() -> int:
    """0 when everything was measured, whether or not the goals were met."""
    from stack import services, surveys

    ours = not services.any_running() and services.own_database()
    services.start()
    ballots = surveys.find_addresses()  # before the settings say what they know of them
    try:
        os.environ["DJANGO_SETTINGS_MODULE"] = "bench.settings"
        import django

        django.setup()
        _measure(Sizes.read(), ballots)
    finally:
        if ours:
            services.stop()
    return 0


STARTED = time.perf_counter()


def say(text: str) -> None:
    """A line of progress, with the seconds since the start."""
    sys.stdout.write(f"{time.perf_counter() - STARTED:6.0f} s  {text}\n")
    sys.stdout.flush()


def _measure(sizes: Sizes, ballots: dict[str, str]) -> None:
    from bench import database, report

    raw: dict[str, Any] = {"sizes": sizes}
    lines: list[report.Line] = []
    with database.template() as template:
        if sizes.accounts or sizes.pages:
            lines += _of_engine(template, sizes, raw)
        if sizes.invitations and ballots:
            lines += _of_surveys(template, sizes, ballots, raw)
        if sizes.letters:
            lines += _of_letters(template, sizes, raw)
        if sizes.mailing:
            lines += _of_mailing(template, sizes, raw)
        if sizes.imports:
            lines += _of_imports(template, sizes, raw)
    report.write(sizes.out, lines, raw)
    say(f"\n{report.table(lines)}\n\n{report.summary(lines)}\nWritten to {sizes.out}.")


def _of_engine(template: str, sizes: Sizes, raw: dict[str, Any]) -> list[Line]:
    """Pages, plan, and the night."""
    from bench import database, engine, figures, memory, pages, plan, tiers

    measured: dict[int, pages.Pages] = {}
    planned: list[Line] = []
    for size in sizes.pages:
        say(f"Pages at {size:,} accounts")
        with database.copy(template, size):
            _first_night(size)
            say("  first night done; asking for pages")
            measured[size] = pages.measure(sizes.requests)
            if size == max(sizes.pages):
                planned = plan.lines(plan.measure(TODAY, sizes.repeats, say), size)
    lines = figures.of_pages(measured)
    raw["milliseconds"] = {size: page.times for size, page in measured.items()}
    if not sizes.accounts:
        return lines + planned
    say(f"Night at {sizes.accounts:,} accounts, {sizes.repeats} runs of each step")
    with database.copy(template, sizes.accounts):
        raw["rows"] = _fill(sizes.accounts)
        night = engine.measure(sizes.accounts, TODAY, sizes.repeats, say)
        say("  tiers under changed rules")
        planned += tiers.lines(tiers.measure(TODAY, sizes.repeats), sizes.accounts)
    raw |= {"seconds": night.seconds, "touchpoints": night.rows, "changed": night.changed}
    lines = figures.of_night(night, sizes.accounts) + lines + planned
    return lines + figures.of_memory(night, measured, memory.resident_peak(os.getpid()))


def _of_surveys(template: str, sizes: Sizes, ballots: dict[str, str], raw: dict[str, Any]) -> list[Line]:
    """Mails of a wave, and a burst of answers to it."""
    from bench import database
    from bench.surveys import burst, ground, mails

    say(f"Surveys: {sizes.invitations:,} invitations")
    accounts = sizes.invitations * 10 // 9 + 10  # nine in ten are customers
    with database.copy(template, accounts), ground.prepared(ballots) as prepared:
        _first_night(accounts)
        wave = ground.open_wave(prepared)
        sent = mails.measure(prepared, wave, ground.guests(sizes.invitations), say)
        rate, seconds = sizes.burst
        say(f"Burst: {rate} submits a second for {seconds} s")
        answered = burst.measure(prepared, wave, rate, seconds, say)
    raw |= {"mails": sent, "my day": {"idle": answered.idle, "burst": answered.meanwhile}}
    return mails.lines(sent) + burst.lines(answered)


def _of_letters(template: str, sizes: Sizes, raw: dict[str, Any]) -> list[Line]:
    """A batch from the queue to one PDF."""
    from bench import database, letters

    say(f"Letters: {sizes.letters:,}")
    with database.copy(template, sizes.letters):
        printed = letters.measure(sizes.letters, say)
    raw["letters"] = printed
    return letters.lines(printed)


def _of_mailing(template: str, sizes: Sizes, raw: dict[str, Any]) -> list[Line]:
    """A mailing counted, frozen and prepared."""
    from bench import database, mailings

    say(f"Mailing to {sizes.mailing:,}")
    accounts = sizes.mailing * 3 // 2 + 10  # some have no owner, are paused, are no customers
    with database.copy(template, accounts):
        _first_night(accounts)
        found = mailings.measure(sizes.mailing, say)
    raw["mailing"] = found
    return mailings.lines(found)


def _of_imports(template: str, sizes: Sizes, raw: dict[str, Any]) -> list[Line]:
    """A customer file brought in and taken back, beside a company at work."""
    from bench import database, imports

    say(f"Import of {sizes.imports:,} rows")
    with database.copy(template, sizes.imports):
        _first_night(min(sizes.imports, 20_000))
        found = imports.measure(sizes.imports, say)
    raw["import"] = found
    return imports.lines(found)


def _first_night(size: int) -> None:
    from bench import engine, facts
    from cadences.lists.figures import count_figures
    from sales.worth import count_worth

    _fill(size)
    engine.reconcile_all(TODAY)
    facts.keep_up(TODAY)
    start = time.perf_counter()
    count_figures(TODAY)
    say(f"  figures of the account list in {time.perf_counter() - start:.2f} s")
    start = time.perf_counter()
    counted = count_worth(TODAY)
    say(f"  share and rank of {counted:,} accounts in {time.perf_counter() - start:.2f} s")
    facts.vacuum()


def _fill(size: int) -> dict[str, int]:
    from bench import facts
    from cadences import plans, tiering

    start = time.perf_counter()
    plans.start_plan(TODAY - timedelta(days=PLAN_DAYS))
    # first tiers while the tables have no indexes yet: every account is written
    counts = facts.fill(size, TODAY, before_indexes=lambda: tiering.retier(None, TODAY), say=say)
    say(f"  {', '.join(f'{count:,} {name}' for name, count in counts.items())} "
        f"in {time.perf_counter() - start:.0f} s")  # fmt: skip
    return counts


if __name__ == "__main__":
    sys.exit(main())

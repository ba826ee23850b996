"""``survey_night [--on DATE] [--json]``: the surveys of a night, now."""

from __future__ import annotations

import argparse
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from cadences import survey_night
from cadences.management.arguments import as_json, iso_date
from cadences.nightly import NightRefusedError
from users.clock import company_today

NUMBERS = ("asked", "invited", "lapsed", "waits")


class Command(BaseCommand):
    help = (
        "Invite whom a survey is owed to as of a day, send follow-ups, open and close waves. Exit code 0:"
        " done; 1: done, but something could not be; 2: refused."
    )

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        parser.add_argument("--on", type=iso_date, help="YYYY-MM-DD; the company's today if left out")
        parser.add_argument("--json", action="store_true", help="one JSON object on standard output")

    def handle(self, *args: Any, **options: Any) -> None:
        on = options["on"] or company_today()
        try:
            run = survey_night.run(on, asked_by="command")
        except NightRefusedError as error:
            raise CommandError(" ".join(error.messages), returncode=2) from None
        counts = run.counts
        if options["json"]:
            self.stdout.write(as_json({"on": run.period, **counts}))
        else:
            done = ", ".join(f"{counts[name]} {name}" for name in NUMBERS if counts.get(name))
            self.stdout.write(f"Surveys of {run.period}: {done or 'nobody to ask'}.")
            self.stdout.write("".join(f"{words}: {n}\n" for words, n in counts.get("reasons", {}).items()))
        for trouble in counts.get("troubles", []):
            self.stderr.write(trouble)
        if counts.get("troubles"):
            raise SystemExit(1)

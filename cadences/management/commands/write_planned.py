"""``write_planned [--on DATE] [--json]``: the e-mails and letters that the plan owes on a day, now."""

from __future__ import annotations

import argparse
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from cadences.management.arguments import as_json, iso_date
from cadences.nightly import NightRefusedError
from cadences.planned import night
from users.clock import company_today


class Command(BaseCommand):
    help = (
        "Draft or queue what the plan owes as e-mail, letter or gift as of a day. Exit code 0: done; 1: done,"
        " but something could not be written; 2: refused."
    )

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        parser.add_argument("--on", type=iso_date, help="YYYY-MM-DD; the company's today if left out")
        parser.add_argument("--json", action="store_true", help="one JSON object on standard output")

    def handle(self, *args: Any, **options: Any) -> None:
        on = options["on"] or company_today()
        try:
            run = night.run(on, asked_by="command")
        except NightRefusedError as error:
            raise CommandError(" ".join(error.messages), returncode=2) from None
        counts = run.counts
        if options["json"]:
            self.stdout.write(as_json({"on": run.period, **counts}))
        else:
            told = ", ".join(
                f"{counts[name]} {name.replace('_', ' ')}" for name in night.ADDED_UP if counts[name]
            )
            self.stdout.write(f"Letters of {run.period}: {told or 'nothing to write'}.")
            self.stdout.write(
                "".join(f"not written, {words}: {n}\n" for words, n in counts["reasons"].items())
            )
        if counts["reasons"]:
            raise SystemExit(1)

"""``nightly [--on DATE] [--rehearse] [--json]``: the night's run, now."""

from __future__ import annotations

import argparse
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from cadences.management.arguments import as_json, iso_date
from cadences.models import Schedule
from cadences.nightly import NightRefusedError, run_night
from core.models import JobRun
from users.clock import company_today

NUMBERS = ("created", "moved", "cancelled", "lapsed", "closed", "reopened", "retiered", "covered")


class Command(BaseCommand):
    help = (
        "Re-tier and reconcile everything as of a day. Works although the schedule is off: the command is the"
        " request. Exit code 0: done; 1: done, but accounts were left out; 2: refused."
    )

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        parser.add_argument("--on", type=iso_date, help="YYYY-MM-DD; the company's today if left out")
        parser.add_argument("--rehearse", action="store_true", help="compute everything, write nothing")
        parser.add_argument("--json", action="store_true", help="one JSON object on standard output")

    def handle(self, *args: Any, **options: Any) -> None:
        on = options["on"] or company_today()
        try:
            run = run_night(on, asked_by="command", rehearse=options["rehearse"])
        except NightRefusedError as error:
            raise CommandError(" ".join(error.messages), returncode=2) from None
        self.stdout.write(
            as_json(self._summary(run, options)) if options["json"] else self._words(run, options)
        )
        if run.counts.get("troubled"):
            raise SystemExit(1)

    def _summary(self, run: JobRun, options: dict[str, Any]) -> dict[str, Any]:
        return {
            "on": run.period,
            "rehearsed": options["rehearse"],
            "schedule_on": Schedule.get().is_on,
            **{name: run.counts.get(name, 0) for name in NUMBERS},
            "troubled": run.counts.get("troubled", []),
        }

    def _words(self, run: JobRun, options: dict[str, Any]) -> str:
        done = ", ".join(f"{run.counts[name]} {name}" for name in NUMBERS if run.counts.get(name))
        lines = [f"Night of {run.period}{' (rehearsed, nothing written)' if options['rehearse'] else ''}: "
                 f"{done or 'nothing to do'}."]  # fmt: skip
        lines += [
            f"Left out: account {row['account']}: {row['reason']}" for row in run.counts.get("troubled", [])
        ]
        if not Schedule.get().is_on:
            lines.append("The schedule is off: no night starts by itself until an admin switches it on.")
        return "\n".join(lines)

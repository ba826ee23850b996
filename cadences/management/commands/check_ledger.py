"""``check_ledger [--on DATE] [--json]``: what should exist exists, once."""

from __future__ import annotations

import argparse
from datetime import date
from typing import Any

from django.core.management.base import BaseCommand

from accounts.models import Account
from cadences.ledger import check
from cadences.management.arguments import as_json, iso_date
from cadences.models import Slot
from cadences.nightly import last_night
from users.clock import company_today


class Command(BaseCommand):
    help = (
        "Check the touchpoints against the laws of the ledger and against what is owed on the day of the last"
        " night. Exit code 0: all is well; 1: breaches, one line each."
    )

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        parser.add_argument("--on", type=iso_date, help="YYYY-MM-DD; the day of the last night if left out")
        parser.add_argument("--json", action="store_true", help="a JSON list on standard output")

    def handle(self, *args: Any, **options: Any) -> None:
        last = last_night()
        on = options["on"] or (date.fromisoformat(last.period) if last else company_today())
        breaches = check(on)
        self._name(breaches)
        if options["json"]:
            self.stdout.write(as_json(breaches))
        else:
            for row in breaches:
                self.stdout.write(f"{row['account']}  {row['slot']}  {row['cycle']}: {row['law']}")
            self.stdout.write(
                f"{len(breaches)} breaches as of {on}." if breaches else f"All is well as of {on}."
            )
        if breaches:
            raise SystemExit(1)

    def _name(self, breaches: list[dict[str, Any]]) -> None:
        """Ids into names that people know."""
        accounts = Account.objects.in_bulk({row["account"] for row in breaches})
        slots = Slot.objects.in_bulk({row["slot"] for row in breaches})
        for row in breaches:
            account = accounts[row["account"]]
            row["account"] = account.external_id or account.name
            row["slot"] = slots[row["slot"]].key

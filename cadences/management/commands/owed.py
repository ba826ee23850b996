"""``owed --account EXTERNAL_ID | --all [--from DATE --to DATE] [--closed] [--json]``: what and why."""

from __future__ import annotations

import argparse
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from accounts.models import Account
from cadences.management.arguments import as_json, iso_date
from cadences.models import Touchpoint
from cadences.why import explain_all


class Command(BaseCommand):
    help = "List stored touchpoints with their dates and reasons. Exit code 0; 2 when the account is unknown."

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        who = parser.add_mutually_exclusive_group(required=True)
        who.add_argument("--account", metavar="EXTERNAL_ID", help="the id in the company's customer file")
        who.add_argument("--all", action="store_true", help="every account")
        parser.add_argument("--from", dest="first", type=iso_date, help="first due date, YYYY-MM-DD")
        parser.add_argument("--to", dest="last", type=iso_date, help="last due date, YYYY-MM-DD")
        parser.add_argument(
            "--closed", action="store_true", help="also done, skipped, lapsed and cancelled ones"
        )
        parser.add_argument("--json", action="store_true", help="a JSON list on standard output")

    def handle(self, *args: Any, **options: Any) -> None:
        rows = self._rows(options)
        if options["json"]:
            self.stdout.write(as_json(rows))
            return
        for row in rows:
            self.stdout.write(
                f"{row['account'] or row['account_name']}  {row['due']}  {row['slot']} ({row['kind']}, "
                f"{row['cycle']}, {row['state']})  {row['assignee'] or 'nobody'}: {row['why']}"
            )
        if not rows:
            self.stdout.write("Nothing.")

    def _rows(self, options: dict[str, Any]) -> list[dict[str, Any]]:
        found = Touchpoint.objects.select_related("account", "assignee", "slot", "item")
        if options["account"] is not None:
            if not Account.objects.filter(external_id=options["account"]).exists():
                raise CommandError(f"There is no account with the id “{options['account']}”.", returncode=2)
            found = found.filter(account__external_id=options["account"])
        if not options["closed"]:
            found = found.filter(state=Touchpoint.State.OPEN)
        if options["first"]:
            found = found.filter(due_on__gte=options["first"])
        if options["last"]:
            found = found.filter(due_on__lte=options["last"])
        touchpoints = list(
            found.order_by("account__external_id", "account_id", "due_on", "slot__position", "id")
        )
        why = explain_all(touchpoints)
        return [self._row(touchpoint, why[touchpoint.pk]) for touchpoint in touchpoints]

    def _row(self, touchpoint: Touchpoint, why: list[str]) -> dict[str, Any]:
        return {
            "account": touchpoint.account.external_id,
            "account_name": touchpoint.account.name,
            "slot": touchpoint.slot.key,
            "kind": touchpoint.kind,
            "cycle": touchpoint.cycle,
            "ideal": touchpoint.ideal_on,
            "due": touchpoint.due_on,
            "assignee": touchpoint.assignee.display_name if touchpoint.assignee else None,
            "assignee_id": touchpoint.assignee.external_id if touchpoint.assignee else None,
            "state": touchpoint.state,
            "why": " ".join(why),
        }

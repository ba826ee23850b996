"""``plan_start DATE``: let the seeded plan run from that day, while nothing has run."""

from __future__ import annotations

import argparse
from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError

from cadences.management.arguments import iso_date
from cadences.plans import start_plan


class Command(BaseCommand):
    help = "Set the day from which the seeded plan is owed. Possible until the first night has run."

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        parser.add_argument("date", type=iso_date, help="YYYY-MM-DD")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            plan = start_plan(options["date"])
        except ValidationError as error:
            raise CommandError(" ".join(error.messages), returncode=2) from None
        self.stdout.write(f"Plan {plan.version} runs from {plan.effective_from}.")

"""``seed``: what a new installation needs; running it again changes nothing."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand

from cadences.plans import seed
from correspondence.texts import seeding
from surveys.services import programmes


class Command(BaseCommand):
    help = (
        "Make the company calendar, tiers, slots, sheets and plan 1 (as a draft), survey programmes (off),"
        " templates of mails and letters where they are missing."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        made = seed() | {"survey programmes": programmes.seed(), "templates": seeding.seed()}
        words = ", ".join(f"{count} {name}" for name, count in made.items() if count)
        self.stdout.write(f"Made {words}." if words else "Everything is there already.")

"""``manage.py replay_erasures``: after a restore, erase again whom the register names."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand

from core.history import acting
from imports.erasing import services


class Command(BaseCommand):
    help = (
        "Erase again, after a restore, the people whom the register of erasures names. Harmless at any time."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        with acting(None, "replay_erasures"):
            number = services.replay()
        self.stdout.write(f"{number} erased again." if number else "Nobody had to be erased again.")

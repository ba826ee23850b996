"""`load_demo`: an invented company around today, to look at and to learn with."""

from __future__ import annotations

from argparse import ArgumentParser
from datetime import date
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from imports.demo import company, people
from users.clock import company_today


class Command(BaseCommand):
    help = "Load an invented demo company around today. Does nothing when the database has accounts or users."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--on", type=date.fromisoformat, help="the day to build around; today by default")
        parser.add_argument(
            "--logins",
            type=Path,
            default=Path(settings.BASE_DIR) / "var" / "demo-logins.txt",
            help="where to write who can sign in",
        )
        parser.add_argument("--seed", type=int, default=company.SEED, help="another number, another company")

    def handle(self, *args: Any, **options: Any) -> None:
        if settings.SETTINGS_MODULE.endswith(".prod"):
            raise CommandError("load_demo makes users with a known password: it does not run in production.")
        say = self.stdout.write if options["verbosity"] else _silence
        try:
            company.make(options["on"] or company_today(), say, options["seed"])
        except company.NotEmpty:
            say("The database has accounts or users already: nothing was loaded.")
            return
        except company.Broken as broken:
            raise CommandError(f"No demo could be made: {broken}.") from None
        text = logins()
        options["logins"].parent.mkdir(parents=True, exist_ok=True)
        options["logins"].write_text(text, encoding="utf-8")
        say(text)


def _silence(_: str) -> None:
    """Where the progress goes when nobody wants to read it."""


def logins() -> str:
    """Who can sign in, one line each, and the password they share."""
    lines = [f"  {who.email:<36} {who.role:<12} {who.name}, {who.title}" for who in people.STAFF]
    return "\n".join(["Demo logins:", *lines, f"  password for all: {people.PASSWORD}", ""])

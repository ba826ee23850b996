"""``manage.py create_admin EMAIL NAME``: the first admin, who then invites everybody else."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError, CommandParser

from core.history import acting
from users import services


class Command(BaseCommand):
    help = (
        "Make an admin (or give the role to the user with that address) and print the link to set a password."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("email")
        parser.add_argument("name", help="as colleagues read it, for example 'Eva Lind'")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            with acting(None, "create_admin"):
                link = services.create_admin(options["email"], options["name"])
        except ValidationError as error:
            raise CommandError(" ".join(error.messages)) from error
        self.stdout.write(f"{options['name']} sets a password here (works once, for 7 days):\n{link}")

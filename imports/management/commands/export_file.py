"""Write what files have brought in, as a file that can be brought in again (docs/import.md)."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from imports import giving_back


class Command(BaseCommand):
    help = "Write users, accounts, contacts … as CSV with the columns that import_file takes."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("kind", choices=list(giving_back.QUERIES))
        parser.add_argument("file", type=Path)

    def handle(self, *_args: Any, **options: Any) -> None:
        try:
            with options["file"].open("w", encoding="utf-8", newline="") as stream:
                stream.writelines(giving_back.lines(options["kind"]))
        except OSError as error:
            raise CommandError(f"{options['file']}: {error.strerror}.") from None

"""Bring a file in from the shell: the same check and the same rules as on the page (docs/import.md)."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.db import DatabaseError

from imports import fields, services
from imports.errors import BadFileError, BadMappingError
from imports.mapping import Mapping, parse

SHOWN = 20


class Command(BaseCommand):
    help = (
        "Import users, accounts, purchases, contacts, interactions … from CSV, XLSX or vCard. "
        "Exit code 0: every row is in; 1: some rows were refused; 2: nothing was done."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("kind", choices=list(fields.OF_KIND))
        parser.add_argument("file", type=Path)
        parser.add_argument(
            "--mapping", type=Path, help='JSON: {"account.name": "company_name", …} plus options'
        )
        parser.add_argument("--dry-run", action="store_true", help="check everything, write nothing")
        parser.add_argument("--json", action="store_true", help="one JSON object on standard output")
        parser.add_argument(
            "--as-of", help="the day that dates every fact this import makes (default: today)"
        )
        parser.add_argument("--sheet", help="of a workbook: the one to read (default: the first with rows)")
        parser.add_argument("--currency", help="ISO 4217 code of amounts without a currency column")

    def handle(self, *_args: Any, **options: Any) -> None:
        try:
            report = self._run(options)
        except OSError as error:
            report = self._nothing(options, f"{error.filename or options['file']}: {error.strerror}.")
        except DatabaseError as error:
            report = self._nothing(options, f"The database refused the import: {str(error).splitlines()[0]}")
        except BadFileError as error:
            report = self._nothing(options, str(error))
            if isinstance(error, BadMappingError) and error.field:
                report["field"] = error.field
        if options["json"]:
            self.stdout.write(json.dumps(report, ensure_ascii=False, indent=2))
        elif "error" in report:
            self.stderr.write(report["error"])
        else:
            self._say(report)
        if report["exit"]:
            sys.exit(report["exit"])

    def _nothing(self, options: dict[str, Any], error: str) -> dict[str, Any]:
        """Nothing was written, whatever the reason; 1 would say that most rows are in."""
        return {"kind": options["kind"], "file": str(options["file"]), "error": error, "exit": 2}

    def _run(self, options: dict[str, Any]) -> dict[str, Any]:
        mapping = self._mapping(options)
        path: Path = options["file"]
        if not path.is_file():
            raise BadFileError(f"There is no file {path}.")
        found = services.from_command(path, mapping, dry_run=options["dry_run"])
        counts = found.outcome.counts
        nothing = found.outcome.taken == 0
        return {
            "kind": options["kind"],
            "file": str(path),
            "dry_run": options["dry_run"],
            "rows": found.outcome.rows,
            "counts": counts,
            "mapping": found.outcome.mapping.columns,
            "options": found.outcome.mapping.options.as_json(),
            "notes": found.outcome.notes,
            "refused": found.refused,
            "batch": found.batch_id,
            "exit": 2 if nothing else 1 if counts["refused"] else 0,
        }

    def _mapping(self, options: dict[str, Any]) -> Mapping:
        raw: Any = {}
        if options["mapping"]:
            try:
                raw = json.loads(options["mapping"].read_text(encoding="utf-8-sig"))
            except OSError as error:
                raise BadMappingError(
                    f"The mapping {options['mapping']} cannot be read: {error.strerror}."
                ) from None
            except ValueError as error:
                raise BadMappingError(f"The mapping {options['mapping']} is no JSON: {error}.") from None
        said = {name: options[name] for name in ("as_of", "currency", "sheet")}
        return parse(options["kind"], raw, **said)

    def _say(self, report: dict[str, Any]) -> None:
        verb = "would be " if report["dry_run"] else ""
        counts = report["counts"]
        for note in report["notes"]:
            self.stdout.write(note)
        rows = ", ".join(
            f"{counts[name]} {verb}{name}" for name in ("new", "changed", "unchanged", "refused")
        )
        self.stdout.write(f"{report['rows']} rows of {report['kind']}: {rows}.")
        if counts.get("skipped"):
            self.stdout.write(f"{counts['skipped']} rows left out, as the option mode says.")
        also = [f"{number} {name}" for name, number in counts.items() if name not in services.STATUSES]
        if also:
            self.stdout.write(f"With them: {', '.join(also)}.")
        for refusal in report["refused"][:SHOWN]:
            where = f"row {refusal['row']}" + (f", {refusal['column']}" if refusal["column"] else "")
            self.stdout.write(f"  {where}: {refusal['reason']}")
        if counts["refused"] > SHOWN:
            self.stdout.write(
                f"  … and {counts['refused'] - SHOWN} more (--json lists up to {services.LISTED})."
            )

"""One file from its first byte to the records: survey, stage, judge, apply. The one door of all imports.

Runs inside the caller's transaction; what it leaves in temporary tables (refusals) is read by the
caller before the commit. Memory is bounded by a chunk of rows, never by the file.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from django.db import DataError, connection
from django.db.backends.utils import CursorWrapper
from django.utils.translation import gettext as _

from core import facts
from imports import column_habits, saved_mappings, sources, spelling, staging
from imports.cleaners import FileHabits
from imports.duplicates import at_import
from imports.errors import BadFileError, RefusedError
from imports.mapping import Mapping
from imports.progress import Silent, Watcher
from imports.reading import Layout, Row
from imports.targets import OF_KIND, Target
from imports.undo import journal
from sales.services import refresh_status
from users.clock import company_today
from users.models import Company

SILENT = Silent()
FACTS_AT_ONCE = 20_000
FEW_ROWS = 200


@dataclass
class Outcome:
    """What came of a file, or would come of it."""

    layout: Layout
    mapping: Mapping
    rows: int
    counts: dict[str, int]
    notes: list[str]
    habits: FileHabits
    samples: list[dict[str, Any]] = field(default_factory=list)
    strangers: list[dict[str, Any]] = field(default_factory=list)
    """Owners whom the file names and nobody here is, or several are."""

    @property
    def taken(self) -> int:
        return self.rows - self.counts["refused"]


def _no_loops(cursor: CursorWrapper, wanted: bool) -> None:
    """Joins of a large file never loop over tables that the same transaction has just filled.

    Their statistics still say "empty", and the planner would compare every row with every other.
    """
    cursor.execute("SELECT set_config('enable_nestloop', %s, true)", ["off" if wanted else "on"])


def run(path: Path, mapping: Mapping, *, apply: bool, progress: Watcher = SILENT) -> Outcome:
    """Check the file, and when ``apply`` bring it in. Raises BadFileError: then nothing was written.

    Call inside ``transaction.atomic``; roll back when it raises.
    """
    options = mapping.options
    progress.step("reading")
    layout = sources.inspect(path, options.encoding, options.delimiter, options.sheet)
    mapping = mapping.fit(layout.header)
    total, habits = survey(path, layout, mapping)
    target = OF_KIND[mapping.kind](mapping, layout.header, habits, options.as_of or company_today())
    try:
        with connection.cursor() as cursor:
            _no_loops(cursor, total > FEW_ROWS)
            staging.create(cursor, target.columns)
            _stage(cursor, path, layout, target, total=total, progress=progress)
            progress.step("compare")
            target.judge(cursor)
            _refusals(cursor, path, layout, mapping)
            notes = [
                *layout.notes,
                *habits.notes,
                *target.notes,
                *spelling.notes(cursor, mapping.kind, mapping.columns),
            ]
            if mapping.options.match != options.match:
                notes.append(saved_mappings.found_by_name())
            skipped = target.leave_out(cursor)
            if not apply:
                notes += at_import.notes(cursor, mapping.kind)
            outcome = Outcome(layout, mapping, total, staging.count(cursor), notes, habits)
            outcome.counts |= {"skipped": skipped} if skipped else {}
            outcome.samples, outcome.strangers = target.samples(cursor), target.strangers
            if apply:
                _bring_in(cursor, target, outcome, progress)
    except DataError as error:
        raise BadFileError(
            _("The database cannot keep a value of this file: %s") % str(error).splitlines()[0]
        ) from error
    return outcome


def _bring_in(cursor: CursorWrapper, target: Target, outcome: Outcome, progress: Watcher) -> None:
    progress.step("writing")
    journal.open_journal(cursor)
    target.apply(cursor)
    _no_loops(cursor, False)
    outcome.counts |= {name: made for name, made in target.made.items() if made}
    progress.step("planning")
    tell(cursor, progress)


def survey(path: Path, layout: Layout, mapping: Mapping) -> tuple[int, FileHabits]:
    """Read all of the file once: how many rows, and how it writes dates and numbers.

    Raises BadFileError for what is wrong with the whole file, QuestionError where only a person can tell.
    """
    seen = column_habits.watched(mapping)
    watched = [(layout.header.index(mapping.columns[key]), habit) for key, habit in seen.items()]
    total = 0
    for row in sources.rows(path, layout):
        total += 1
        if not row.fault:
            for index, habit in watched:
                habit.see(row.line, row.cells[index].strip())
    if not total:
        raise BadFileError(_("The file has a header and no rows. Export it again with at least one row."))
    return total, column_habits.settle(mapping, seen, Company.get().time_zone)


def _stage(
    cursor: CursorWrapper, path: Path, layout: Layout, target: Target, *, total: int, progress: Watcher
) -> None:
    """Copy rows into ``stage``; refused ones with their key alone, and into ``refused`` with the reason."""
    names = target.filled
    good = staging.Copier(cursor, "stage", ("row", "key", "bad", *names))
    bad = staging.Copier(cursor, "refused", ("row", "field", "reason", "cells"))
    blank = (None,) * len(names)
    for done, row in enumerate(sources.rows(path, layout), start=1):
        try:
            values = target.clean(row)
        except RefusedError as refused:
            key = None if row.fault else target.bare_key(row)
            bad.add((row.line, refused.field or None, refused.reason, staging.as_json(row.cells)))
            good.add((row.line, key, True, *blank))
        else:
            good.add((row.line, target.key(values), False, *map(values.get, names)))
        if done % staging.CHUNK == 0:
            progress(done, total)
    good.flush()
    bad.flush()
    cursor.execute("ANALYZE stage")
    progress(total, total)


def _refusals(cursor: CursorWrapper, path: Path, layout: Layout, mapping: Mapping) -> None:
    staging.refuse_from_judged(cursor)
    staging.name_columns(cursor, _file_names(mapping))
    if staging.lines_without_cells(cursor):
        staging.fill_cells(cursor, _lines(path, layout))


def _file_names(mapping: Mapping) -> dict[str, str]:
    """How the file calls each field; parts of a whole name are called like the whole."""
    columns = mapping.columns
    whole = columns.get("contact.name", "")
    return {"contact.last_name": whole, "contact.first_name": whole} | columns


def _lines(path: Path, layout: Layout) -> Iterator[tuple[int, list[str]]]:
    row: Row
    for row in sources.rows(path, layout):
        yield row.line, row.cells


def tell(cursor: CursorWrapper, progress: Watcher) -> None:
    """What follows for the touched accounts: their status, then whoever listens to facts."""
    cursor.execute("SELECT account_id FROM touched ORDER BY account_id")
    touched = [pk for (pk,) in cursor.fetchall()]
    for start in range(0, len(touched), FACTS_AT_ONCE):
        ids = touched[start : start + FACTS_AT_ONCE]
        refresh_status(ids)
        facts.changed(account_ids=ids)
        progress.step("planning")

"""What is kept of a person away from their own rows: wishes to be called, and rows of files brought in."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.utils.translation import gettext as _

from imports.erasing import files_brought_in
from imports.erasing.registry import Person
from imports.erasing.requests import requests_of
from imports.models import ImportBatch, Refusal
from imports.taking_out import said
from imports.taking_out.reports import Row, Section
from users.models import User

REQUEST = ("name", "company", "reach", "message", "received_on", "state", "note", "handled_on")


def sections(user: User, person: Person) -> list[Section]:
    """For the person to read; what is empty is left out."""
    found = list(_wishes(user, person))
    rows = [*map(_refused, files_brought_in.surely_refused(person))]
    rows += [_sample(batch, sample) for batch, sample in files_brought_in.samples(person)]
    if rows:
        found.append(Section(_("Rows of files that were brought in"), rows))
    return found


def raw(user: User, person: Person) -> dict[str, list[dict[str, Any]]]:
    """For programs; wishes only for those who may read them."""
    requests = requests_of(person).order_by("received_on", "pk") if user.is_manager else []
    refused = files_brought_in.surely_refused(person)
    return {
        "surveys.contactrequest": [{name: getattr(one, name) for name in REQUEST} for one in requests],
        "imports.refusal": [
            {"file": one.batch.filename, "row": one.row, "reason": one.reason, "cells": _cells(one)}
            for one in refused
        ],
        "imports.sample": [
            {"file": batch.filename} | sample for batch, sample in files_brought_in.samples(person)
        ],
    }


def _wishes(user: User, person: Person) -> Iterator[Section]:
    """Managers read them. Others hear that there are some, so that nobody takes the file for whole."""
    found = requests_of(person).order_by("received_on", "pk")
    if user.is_manager and (rows := said.rows(found, REQUEST)):
        yield Section(_("Wishes to be called"), rows)
    elif not user.is_manager and found.exists():
        note = _("There are some. Managers read them: let a manager take out this file, too.")
        yield Section(_("Wishes to be called"), [], note=note)


def _refused(refusal: Refusal) -> Row:
    reason = f"{refusal.column}: {refusal.reason}" if refusal.column else refusal.reason
    return [
        *_place(refusal.batch, refusal.row),
        (str(_("Refused because")), reason),
        *_cells(refusal).items(),
    ]


def _sample(batch: ImportBatch, sample: dict[str, Any]) -> Row:
    changes = [(str(one.get("field", "")), str(one.get("after", ""))) for one in sample.get("changes", [])]
    return [*_place(batch, sample.get("row", "")), (_("Key"), str(sample.get("key", ""))), *changes]


def _place(batch: ImportBatch, row: object) -> Row:
    return [
        (str(_("File")), batch.filename),
        (str(_("Row")), str(row)),
        (str(_("Of")), said.plain(batch.created_at)),
    ]


def _cells(refusal: Refusal) -> dict[str, str]:
    """Column -> what stands there, what is empty left out."""
    header = list(refusal.batch.layout.get("header", []))
    names = [header[i] if i < len(header) else str(i + 1) for i in range(len(refusal.cells))]
    return {name: str(cell) for name, cell in zip(names, refusal.cells, strict=True) if cell}

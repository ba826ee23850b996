"""Words of rows that were deleted since: the history alone says them, and no longer than a row would."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from django.db.models import Exists, Model, OuterRef, Q, QuerySet

from core.history import history_of
from imports.erasing.what import ERASED


def says(words: Sequence[str]) -> Q:
    """Something still stands in one of these columns."""
    said = Q()
    for column in words:
        said |= ~Q(**{f"{column}__in": ["", ERASED]})
    return said


def history_says(model: type[Model], words: Sequence[str], key: str) -> Exists | Q:
    """Something still stands in the history of the row that ``key`` names."""
    event = history_of(model)
    if event is None:
        return Q(pk__in=[])
    return Exists(event._base_manager.filter(says(words), pgh_obj=OuterRef(key)))


def deleted(model: type[Model], words: Sequence[str], of: Q, over: Q, day: date) -> QuerySet[Any]:
    """What the history says of deleted rows ``of`` a kind whose time is ``over``, by what they were last.

    What was deleted before ``day`` is over, too, whatever it was waiting for.
    """
    event = history_of(model)
    if event is None:
        return model._base_manager.none()
    there = Exists(model._base_manager.filter(pk=OuterRef("pgh_obj_id")))
    time_is_up = over | Q(pgh_created_at__date__lt=day)
    rows = event._base_manager.filter(of, time_is_up, ~there, pgh_label="delete")
    return rows.filter(history_says(model, words, "pgh_obj_id"))


def was(model: type[Model], key: str, **conditions: Any) -> Exists:
    """What ``key`` names fulfils the conditions, or did so before it was deleted."""
    event = history_of(model)
    assert event is not None, model  # noqa: S101 - asked of tracked models only
    return Exists(event._base_manager.filter(pgh_obj=OuterRef(key), pgh_label="delete", **conditions))

"""Which piece belongs to which touchpoint: its ``origin`` says so, and makes it once."""

from __future__ import annotations

from collections.abc import Sequence

from django.db.models import CharField, OuterRef, QuerySet, Value
from django.db.models.functions import Cast, Concat

from correspondence.models import Piece

PREFIX = "touchpoint "
AGAIN = "again "
"""Begins the origin of what was written again: "again 12 by 3", from piece 12."""
MOST_AGAIN = 20
ON_THEIR_WAY = ("draft", "queued", "printed")


def origin_of(touchpoint_id: int) -> str:
    return f"{PREFIX}{touchpoint_id}"


def touchpoint_id(piece: Piece) -> int | None:
    """The touchpoint that a piece was written for; None for what people wrote by themselves."""
    if not (piece.origin or "").startswith(PREFIX):
        return None
    number = str(piece.origin)[len(PREFIX) :]
    return int(number) if number.isdigit() else None


def first_origins(pieces: Sequence[Piece]) -> dict[int, int]:
    """By piece: the touchpoint that it, or the piece that it was written again from, was written for.

    A query for each time that something was written again; none where nothing was.
    """
    found: dict[int, int] = {}
    asked = {piece.pk: str(piece.origin or "") for piece in pieces}
    for _ in range(MOST_AGAIN):
        found |= {pk: number for pk, origin in asked.items() if (number := _number_in(origin, PREFIX))}
        before = {pk: number for pk, origin in asked.items() if (number := _number_in(origin, AGAIN))}
        if not before:
            break
        origins = dict(Piece.objects.filter(pk__in=before.values()).values_list("pk", "origin"))
        asked = {pk: origins.get(number) or "" for pk, number in before.items()}
    return found


def _number_in(origin: str, prefix: str) -> int:
    """The first number behind the prefix; 0 where it begins otherwise."""
    words = origin.removeprefix(prefix).split() if origin.startswith(prefix) else []
    return int(words[0]) if words and words[0].isdigit() else 0


def piece_of_outer() -> QuerySet[Piece]:
    """In a subquery of touchpoints: what was written for the outer row."""
    mine = Concat(Value(PREFIX), Cast(OuterRef("pk"), CharField()))
    return Piece.objects.filter(origin=mine)

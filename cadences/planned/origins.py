"""Which piece belongs to which touchpoint: its ``origin`` says so, and makes it once."""

from __future__ import annotations

from collections.abc import Iterable

from django.db.models import CharField, OuterRef, QuerySet, Value
from django.db.models.functions import Cast, Concat

from correspondence.models import Piece

PREFIX = "touchpoint "
ON_THEIR_WAY = ("draft", "queued", "printed")


def origin_of(touchpoint_id: int) -> str:
    return f"{PREFIX}{touchpoint_id}"


def touchpoint_id(piece: Piece) -> int | None:
    """The touchpoint that a piece was written for; None for what people wrote by themselves."""
    if not (piece.origin or "").startswith(PREFIX):
        return None
    number = str(piece.origin)[len(PREFIX) :]
    return int(number) if number.isdigit() else None


def pieces_of(touchpoint_ids: Iterable[int]) -> dict[int, Piece]:
    """By touchpoint: what was written for it, in any state; one query."""
    origins = {origin_of(pk): pk for pk in touchpoint_ids}
    found = Piece.objects.filter(origin__in=origins).in_order()
    return {origins[str(piece.origin)]: piece for piece in found}


def piece_of_outer() -> QuerySet[Piece]:
    """In a subquery of touchpoints: what was written for the outer row."""
    mine = Concat(Value(PREFIX), Cast(OuterRef("pk"), CharField()))
    return Piece.objects.filter(origin=mine)

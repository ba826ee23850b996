"""What pages show of planned correspondence: a draft to be read, what waits, what could not be written."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from cadences.models import Plan, PlanItem, Touchpoint
from cadences.planned.forms import WordsForm
from cadences.planned.hindrances import Cure, cure_of
from cadences.planned.origins import ON_THEIR_WAY, PREFIX, origin_of, touchpoint_id
from cadences.planned.rows import MEDIA, unwritten, with_people
from cadences.planned.writing import outcomes
from correspondence.letters.making import address_gaps
from correspondence.models import Identity, Medium, Piece
from correspondence.pieces.services import may_send_as
from correspondence.pieces.wording import piece_quotes_log
from correspondence.words.showing import as_html
from users.models import User

MOST_ROWS = 200


@dataclass(frozen=True)
class Waiting:
    """One piece with what it was written for."""

    piece: Piece
    touchpoint: Touchpoint


@dataclass(frozen=True)
class Hindered:
    """One touchpoint that nothing was written for."""

    touchpoint: Touchpoint
    words: str
    cure: Cure


def draft_context(
    user: User, touchpoint: Touchpoint, piece: Piece, form: WordsForm | None = None
) -> dict[str, Any]:
    """What the panel of one draft reads; at most four queries."""
    is_mail = piece.medium == Medium.EMAIL
    identity = Identity.objects.filter(user=piece.sender_id).first() if is_mail else None
    is_here = piece.sender is not None and piece.sender.is_active
    return {
        "touchpoint": touchpoint,
        "piece": piece,
        "form": form or WordsForm(piece=piece),
        "shown": as_html(piece.body),
        "identity": identity,
        "has_sender": not is_mail or (identity is not None and identity.verified_at is not None),
        "gaps": () if is_mail else address_gaps(piece.account),
        "may_send": is_here and may_send_as(user, piece.sender_id),
        "quotes_log": piece_quotes_log(piece),
        "may_edit": Piece.objects.editable_by(user).filter(pk=piece.pk).exists(),
    }


def written_for(user: User, touchpoint: Touchpoint) -> Piece | None:
    """What the plan has written for it and has not left; one query for what can be written, else none."""
    if touchpoint.kind not in MEDIA or touchpoint.state != Touchpoint.State.OPEN:
        return None
    found = Piece.objects.visible_to(user).filter(origin=origin_of(touchpoint.pk), state__in=ON_THEIR_WAY)
    return found.in_order().first()


def waiting_for(user: User, accounts: Any) -> list[Waiting]:
    """What the plan wrote for these accounts and has not left, drafts first; two queries."""
    pieces = Piece.objects.visible_to(user).filter(
        origin__startswith=PREFIX, state__in=ON_THEIR_WAY, account__in=accounts
    )
    found = list(pieces.in_order()[:MOST_ROWS])
    rows = Touchpoint.objects.select_related("slot").in_bulk({touchpoint_id(piece) or 0 for piece in found})
    shown = [Waiting(piece, rows[pk]) for piece in found if (pk := touchpoint_id(piece) or 0) in rows]
    return sorted(shown, key=lambda one: (one.piece.state != Piece.State.DRAFT, one.touchpoint.due_on))


def hindered_for(user: User, accounts: Any, today: date) -> list[Hindered]:
    """What is due for these accounts and could not be written, asked anew; as many queries for any number."""
    due = unwritten(today).visible_to(user).filter(account__in=accounts)
    rows = with_people(list(due.order_by("due_on", "pk")[:MOST_ROWS]))
    found = [
        Hindered(one.due.touchpoint, one.hindrance.words, cure_of(one.hindrance, one.due))
        for one in outcomes(rows, today)
        if one.hindrance is not None
    ]
    return sorted(found, key=lambda one: (one.touchpoint.due_on, one.touchpoint.pk))


def by_hand() -> list[str]:
    """Slots of the running plan whose e-mails and letters nobody has given a template; one query."""
    items = PlanItem.objects.filter(
        plan__state=Plan.State.RUNNING,
        kind__in=set(MEDIA) - {PlanItem.Kind.GIFT},
        is_off=False,
        template=None,
    ).exclude(assignee=PlanItem.Assignee.NOBODY)
    return list(items.order_by("slot__position").values_list("slot__name", flat=True).distinct())

"""What somebody who leaves still has to do, by sort: whose it is now, and how it is given to a colleague."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from cadences.models import SavedView
from cadences.reassigning.noted import NOTED
from core import facts
from correspondence.models import Mailing, Piece, Recipient
from correspondence.services.managing import withdraw
from users.clock import today_for
from users.models import Absence, Team, User

Rows = Callable[[User], QuerySet[Any, Any]]
Give = Callable[[QuerySet[Any, Any], User | None], None]

OPEN_PIECES = (Piece.State.DRAFT, Piece.State.QUEUED)
MAY_GO_WITHOUT = frozenset({"deputies", "absences"})


@dataclass(frozen=True)
class Sort:
    """``follows``: each hangs on an account, whose owner may take it. ``fits``: who else may.

    ``noted``: its name among what every hand-over knows; only that can be taken back.
    """

    key: str
    label: Promise
    rows: Rows
    give: Give
    follows: bool = True
    fits: Callable[[User], bool] = lambda _user: True
    hint: Promise | str = ""
    noted: str = ""

    @property
    def may_go_without(self) -> bool:
        """Whether it may end with them."""
        return self.key in MAY_GO_WITHOUT


def _noted(kind: str, key: str, label: Promise, hint: Promise | str = "") -> Sort:
    """A kind that every hand-over of accounts knows, too."""
    noted = NOTED[kind]
    return Sort(key, label, noted.of, noted.give, fits=noted.fits, hint=hint, noted=kind)


def _give_teams(rows: QuerySet[Any, Any], to: User | None) -> None:
    """The manager stands in for absent members, so the engine hears of it, as when a team is edited."""
    ids = list(rows.values_list("pk", flat=True))
    Team.objects.filter(pk__in=ids).update(manager=to, updated_at=timezone.now())
    facts.changed(user_ids=User.objects.filter(team__in=ids).values_list("pk", flat=True))


def _give_pieces(rows: QuerySet[Any, Any], to: User | None) -> None:
    """What was approved in the leaver's name becomes a draft again: nobody has approved it in the new one."""
    for piece in rows.select_for_update(of=("self",)).order_by("pk"):
        if piece.message_id and not withdraw(piece.message_id, _("Its sender does not work here any more.")):
            continue  # it may be out
        piece.state, piece.sender, piece.message = Piece.State.DRAFT, to, None
        piece.save()


def _give_mailings(rows: QuerySet[Any, Any], to: User | None) -> None:
    rows.update(created_by=to, updated_at=timezone.now())


def _give_sent_mailings(rows: QuerySet[Any, Any], to: User | None) -> None:
    """With everybody whose turn is still to come."""
    ids = list(rows.values_list("pk", flat=True))
    waiting = Recipient.objects.waiting().filter(mailing__in=ids, mailing__by_owner=False)
    waiting.update(sender=to)
    Mailing.objects.filter(pk__in=ids).update(sender=to, updated_at=timezone.now())


def _give_recipients(rows: QuerySet[Any, Any], to: User | None) -> None:
    rows.update(sender=to)


def _give_views(rows: QuerySet[Any, Any], to: User | None) -> None:
    """A name that the new owner has used already gets a number."""
    if to is None:
        return
    taken = set(SavedView.objects.filter(owner=to).values_list("name", flat=True))
    for view in rows.order_by("pk"):
        name, number = view.name, 2
        while view.name in taken:
            view.name, number = f"{name[:54]} ({number})", number + 1
        taken.add(view.name)
        view.owner = to
        view.save()


def _give_deputies(rows: QuerySet[Any, Any], to: User | None) -> None:
    """Nobody becomes their own deputy: there the place stays empty."""
    now = timezone.now()
    if to is not None:
        rows.filter(pk=to.pk).update(deputy=None, updated_at=now)
    rows.exclude(pk=to.pk if to else 0).update(deputy=to, updated_at=now)


def _give_absences(rows: QuerySet[Any, Any], to: User | None) -> None:
    now = timezone.now()
    if to is not None:
        rows.filter(user=to).update(deputy=None, updated_at=now)
    rows.exclude(user=to.pk if to else 0).update(deputy=to, updated_at=now)


SORTS = (
    _noted("todo", "todos", lazy("To-dos")),
    _noted("promise", "promises", lazy("Open promises")),
    _noted("concern", "concerns", lazy("Open concerns")),
    _noted(
        "meeting", "meetings", lazy("Agreed meetings"),
        hint=lazy("Guests who were invited hear who hosts it now."),
    ),
    Sort(
        "pieces", lazy("E-mails and letters that have not left"),
        lambda user: Piece.objects.filter(sender=user, state__in=OPEN_PIECES, mailing=None), _give_pieces,
        hint=lazy("What they had approved becomes a draft again, to be read and sent in the new name."),
    ),
    Sort(
        "recipients", lazy("Mails of mailings whose turn is still to come"),
        lambda user: Recipient.objects.waiting().filter(
            sender=user, mailing__by_owner=True, mailing__state__in=Mailing.AHEAD
        ),
        _give_recipients,
        fits=lambda user: user.may_own_accounts,
        hint=lazy("They leave from the address of whoever takes them over, if it is verified."),
    ),
    Sort(
        "sent_mailings", lazy("Mailings in their name"),
        lambda user: Mailing.objects.filter(sender=user).exclude(state__in=Mailing.ENDED),
        _give_sent_mailings, follows=False, fits=lambda user: user.may_own_accounts,
        hint=lazy("They leave from the address of whoever takes them over, if it is verified."),
    ),
    Sort(
        "mailings", lazy("Mailings they look after"),
        lambda user: Mailing.objects.filter(created_by=user).exclude(state__in=Mailing.ENDED),
        _give_mailings, follows=False, fits=lambda user: user.may_own_accounts or user.is_admin,
    ),
    Sort(
        "teams", lazy("Teams they manage"),
        lambda user: Team.objects.filter(manager=user), _give_teams, follows=False,
        fits=lambda user: user.is_manager,
    ),
    Sort(
        "deputies", lazy("Colleagues for whom they stand in"),
        lambda user: User.objects.active().filter(deputy=user), _give_deputies, follows=False,
        fits=lambda user: user.may_own_accounts,
    ),
    Sort(
        "absences", lazy("Absences in which they stand in"),
        lambda user: Absence.objects.filter(deputy=user).not_over(today_for(user)), _give_absences,
        follows=False, fits=lambda user: user.may_own_accounts,
    ),
    Sort(
        "views", lazy("Views of the account list that colleagues use"),
        lambda user: SavedView.objects.filter(owner=user, is_shared=True), _give_views, follows=False,
    ),
)  # fmt: skip

BY_KEY = {sort.key: sort for sort in SORTS}

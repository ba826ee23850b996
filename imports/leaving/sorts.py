"""What somebody who leaves still has to do, by sort: whose it is now, and how it is given to a colleague."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from cadences.models import SavedView
from cadences.reassigning import apart
from cadences.reassigning.noted import NOTED, Noted, anybody
from core import facts
from correspondence.models import Mailing, Piece, Recipient
from correspondence.services.managing import withdraw
from users.clock import company_today
from users.models import Absence, Team, User

Rows = QuerySet[Any, Any]

OPEN_PIECES = (Piece.State.DRAFT, Piece.State.QUEUED)
MAY_GO_WITHOUT = frozenset({"deputies", "absences"})
FOUND = frozenset({"todos", "promises", "concerns", "meetings", "teams"})
"""What the list of things with nobody responsible finds; the rest waits on the page of who has left."""


@dataclass(frozen=True)
class Sort:
    """``kind``: whose it is, whom it fits, how it is given and taken back; ``follows``: each hangs on an
    account, whose owner may take it.
    """

    key: str
    label: Promise
    kind: Noted
    follows: bool = True
    hint: Promise | str = ""

    def rows(self, user: User) -> Rows:
        return self.kind.of(user)

    def fits(self, user: User) -> bool:
        return self.kind.fits(user)

    @property
    def may_go_without(self) -> bool:
        """Whether it may end with them."""
        return self.key in MAY_GO_WITHOUT

    @property
    def is_found(self) -> bool:
        """Whether it stands under Nobody responsible while nobody has it."""
        return self.key in FOUND


def _give_teams(rows: Rows, to: User | None) -> None:
    """The manager stands in for absent members, so the engine hears of it, as when a team is edited."""
    ids = list(rows.values_list("pk", flat=True))
    Team.objects.filter(pk__in=ids).update(manager=to, updated_at=timezone.now())
    facts.changed(user_ids=User.objects.filter(team__in=ids).values_list("pk", flat=True))


def _give_pieces(rows: Rows, to: User | None) -> None:
    """What was approved in the leaver's name becomes a draft again: nobody has approved it in the new one."""
    for piece in rows.select_for_update(of=("self",)).order_by("pk"):
        if piece.message_id and not withdraw(piece.message_id, _("Its sender does not work here any more.")):
            continue  # it may be out
        piece.state, piece.sender, piece.message = Piece.State.DRAFT, to, None
        piece.save()


def _give_mailings(rows: Rows, to: User | None) -> None:
    rows.update(created_by=to, updated_at=timezone.now())


def _give_sent_mailings(rows: Rows, to: User | None) -> None:
    """With everybody whose turn is still to come."""
    ids = list(rows.values_list("pk", flat=True))
    waiting = Recipient.objects.waiting().filter(mailing__in=ids, mailing__by_owner=False)
    waiting.update(sender=to)
    Mailing.objects.filter(pk__in=ids).update(sender=to, updated_at=timezone.now())


def _give_recipients(rows: Rows, to: User | None) -> None:
    rows.update(sender=to)


def _give_views(rows: Rows, to: User | None) -> None:
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


def _give_deputies(rows: Rows, to: User | None) -> None:
    """Nobody becomes their own deputy: there the place stays empty. The engine hears of it, as of an edit."""
    now, ids = timezone.now(), list(rows.values_list("pk", flat=True))
    User.objects.filter(pk__in=ids).update(deputy=to, updated_at=now)
    if to is not None and to.pk in ids:
        User.objects.filter(pk=to.pk).update(deputy=None)
    facts.changed(user_ids=ids)


def _give_absences(rows: Rows, to: User | None) -> None:
    now, whose = timezone.now(), dict(rows.values_list("pk", "user_id"))
    own = [pk for pk, user in whose.items() if to is not None and user == to.pk]
    Absence.objects.filter(pk__in=whose).exclude(pk__in=own).update(deputy=to, updated_at=now)
    Absence.objects.filter(pk__in=own).update(deputy=None, updated_at=now)
    facts.changed(user_ids=whose.values())


def _looks_after_mailings(user: User) -> bool:
    return user.may_own_accounts or user.is_admin


def _owns(user: User) -> bool:
    return user.may_own_accounts


def _not_ended() -> Rows:
    return Mailing.objects.exclude(state__in=Mailing.ENDED)


def _not_left() -> Rows:
    return Piece.objects.filter(state__in=OPEN_PIECES, mailing=None)


def _turns() -> Rows:
    return Recipient.objects.waiting().filter(mailing__by_owner=True, mailing__state__in=Mailing.AHEAD)


MAILING_WORDS = (
    "name", "medium", "template_id", "topic", "query", "whom", "by_owner", "rest_days", "starts_at",
    "per_hour",
)  # fmt: skip
PIECE_WORDS = ("state", "medium", "contact_id", "subject", "body", "not_before")


SORTS = (
    Sort("todos", lazy("To-dos"), NOTED["todo"]),
    Sort("promises", lazy("Open promises"), NOTED["promise"]),
    Sort("concerns", lazy("Open concerns"), NOTED["concern"]),
    Sort(
        "meetings", lazy("Agreed meetings"), NOTED["meeting"],
        hint=lazy("Guests who were invited hear who hosts it now."),
    ),
    Sort(
        "pieces", lazy("E-mails and letters that have not left"),
        Noted("sender", _not_left, anybody, put=_give_pieces, words=PIECE_WORDS),
        hint=lazy("What they had approved becomes a draft again, to be read and sent in the new name."),
    ),
    Sort(
        "recipients", lazy("Mails of mailings whose turn is still to come"),
        Noted("sender", _turns, _owns, put=_give_recipients),
        hint=lazy("They leave from the address of whoever takes them over, if it is verified."),
    ),
    Sort(
        "sent_mailings", lazy("Mailings in their name"),
        Noted("sender", _not_ended, _owns, put=_give_sent_mailings, words=MAILING_WORDS), follows=False,
        hint=lazy("They leave from the address of whoever takes them over, if it is verified."),
    ),
    Sort(
        "mailings", lazy("Mailings they look after"),
        Noted("created_by", _not_ended, _looks_after_mailings, put=_give_mailings, words=MAILING_WORDS),
        follows=False,
    ),
    Sort(
        "teams", lazy("Teams they manage"),
        Noted("manager", Team.objects.all, lambda user: user.is_manager, put=_give_teams), follows=False,
    ),
    Sort(
        "deputies", lazy("Colleagues for whom they stand in"),
        Noted("deputy", User.objects.active, _owns, put=_give_deputies), follows=False,
    ),
    Sort(
        "absences", lazy("Absences in which they stand in"),
        Noted("deputy", lambda: Absence.objects.not_over(company_today()), _owns, put=_give_absences),
        follows=False,
    ),
    Sort(
        "views", lazy("Views of the account list that colleagues use"),
        Noted("owner", SavedView.objects.all, anybody, Q(is_shared=True), put=_give_views,
              words=("name", "query", "is_shared"), was="name"),
        follows=False,
    ),
)  # fmt: skip

BY_KEY = {sort.key: sort for sort in SORTS}


def register() -> None:
    """A change keeps under these names what it has given on, and takes it back by these rules."""
    for sort in SORTS:
        apart.register(sort.key, replace(sort.kind, label=sort.label))

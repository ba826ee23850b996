"""The verbs of the book: refill it, begin after research, finish an account."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.booked import entry_of, kept
from accounts.models import Account, BookEntry, BookFinish
from accounts.services import book_add, may_edit
from cadences.book.proposals import proposals, reason
from sales.five_ws import open_in_words
from users.access import may_edit_owned_by, require, require_active
from users.clock import today_for
from users.models import Company, User


@dataclass(frozen=True)
class Room:
    """How full a book is."""

    held: int
    size: int

    @property
    def free(self) -> int:
        return max(0, self.size - self.held)


def room_of(user: User) -> Room:
    """How many accounts are in the book, out of how many it holds (the admin's number, R7)."""
    return Room(BookEntry.objects.filter(user=user).count(), Company.get().book_size)


@transaction.atomic
def refill(user: User, account_ids: Sequence[int]) -> list[BookEntry]:
    """Take the chosen proposals into one's book, to research, each with the reason it was proposed for.

    What a colleague or another window has taken in or away meanwhile is left out. Raises ValidationError
    when more are chosen than there is room for: nothing comes in then.
    """
    require_active(user)
    User.objects.select_for_update(no_key=True).get(pk=user.pk)  # two refills at once count after each other
    today, room = today_for(user), room_of(user)
    if not account_ids:
        raise ValidationError(_("Choose at least one account."))
    held = Account.objects.filter(pk__in=account_ids).select_for_update(no_key=True, of=("self",))
    list(held.order_by("pk").values_list("pk"))  # whoever hands one over waits, or was before us
    chosen = list(proposals(user, today).filter(pk__in=account_ids))
    if len(chosen) > room.free:
        words = ngettext(
            "Your book has room for %(free)d account; you chose %(n)d. Choose fewer, or finish some first.",
            "Your book has room for %(free)d accounts; you chose %(n)d. Choose fewer, or finish some first.",
            room.free,
        )
        raise ValidationError(words % {"free": room.free, "n": len(chosen)})
    return BookEntry.objects.bulk_create(
        BookEntry(user=user, account=account, added_on=today, proposed=reason(account, today))
        for account in chosen
    )


@transaction.atomic
def begin_work(user: User, entry: BookEntry, unanswered: str = "") -> BookEntry:
    """The account is researched: work begins. ``unanswered``: why a W stays open.

    Raises ValidationError by field while W's are open and no reason is given (R7, R9).
    """
    entry = _locked(user, entry)
    if not unanswered.strip() and (missing := open_in_words(entry.account, today_for(user))):
        words = _("Not answered yet: %(open)s. Answer it on the account's page, or say why it can wait.")
        raise ValidationError({"unanswered": words % {"open": missing}})
    entry.stage, entry.unanswered = BookEntry.Stage.WORKING, unanswered.strip()[:200]
    entry.save(update_fields=["stage", "unanswered"])
    return entry


@transaction.atomic
def finish(
    user: User, entry: BookEntry, *, why: str, outcome: str, then: Account | None = None
) -> BookFinish:
    """Take a worked account out of the book: why, and what came of it. ``then`` takes its place.

    Raises ValidationError by field. The account keeps its owner, its plan and its dates.
    """
    entry = _locked(user, entry)
    if why not in BookFinish.Why.values:
        raise ValidationError({"why": _("Say why it is finished.")})
    if not outcome.strip():
        raise ValidationError({"outcome": _("Say what came of it: a colleague may take it up one day.")})
    done = BookFinish.objects.create(
        user=entry.user,
        account=entry.account,
        added_on=entry.added_on,
        finished_on=max(today_for(user), entry.added_on),
        why=why,
        outcome=outcome.strip(),
        entry=kept(entry),
    )
    entry.delete()
    if then is not None and proposals(entry.user, today_for(user)).filter(pk=then.pk).exists():
        refill(entry.user, [then.pk])
    return done


@transaction.atomic
def take_back(user: User, done: BookFinish) -> None:
    """The account was finished by mistake: it is in the book again as it was, if there is room.

    Raises ValidationError when the book is full by now.
    """
    require(may_work(user, done.user), _("A book is worked by its salesperson."))
    if BookEntry.objects.filter(user=done.user, account=done.account).exists():
        raise ValidationError(_("%(name)s is in the book again already.") % {"name": done.account})
    if not may_edit(done.user, done.account):
        words = _("%(name)s has another owner by now: it stays out of the book.")
        raise ValidationError(words % {"name": done.account})
    book_add(done.user, done.account)
    was = entry_of(done.user_id, done.account_id, {**done.entry, "added_on": done.added_on.isoformat()})
    BookEntry.objects.filter(user=done.user, account=done.account).update(
        added_on=was.added_on, stage=was.stage, proposed=was.proposed, unanswered=was.unanswered
    )
    done.delete()


def may_work(user: User, owner: User) -> bool:
    """Whether this user may change that book: the set-based rule of ``BookEntry.editable_by``."""
    return may_edit_owned_by(user, owner)


def _locked(user: User, entry: BookEntry) -> BookEntry:
    """The entry as it is now. Raises ValidationError when it is no longer in the book."""
    require_active(user)
    found: BookEntry | None = (
        BookEntry.objects.select_for_update(of=("self",))
        .select_related("user", "account")
        .filter(pk=entry.pk)
        .first()
    )
    if found is None:
        raise ValidationError(_("It is no longer in the book: a colleague or another window took it out."))
    require(may_work(user, found.user), _("A book is worked by its salesperson."))
    return found

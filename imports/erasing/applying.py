"""The erasure itself: everything that is kept of a person, in one transaction; a replay does the same."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection
from functools import partial
from typing import Any

from django.apps import apps
from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts import stored_files
from accounts.models import Account, AccountFile
from contacts.models import Contact
from contacts.models.contact import TAKE_BACK_FOR
from correspondence.models import Piece, PieceFile, PrintBatch, PrintLine, State
from correspondence.models.message import State as MailState
from imports.erasing import addresses, files_brought_in, in_bin, registry
from imports.erasing.blanking import blank, forget_history, without_history
from imports.erasing.registry import Person
from imports.erasing.requests import requests_of
from imports.erasing.what import RULES, About, words_of
from imports.taking_out import archives
from surveys.models import ContactRequest, Invitation
from users.clock import company_today

WHY = "erased"


def apply(person: Person) -> dict[str, int]:
    """Returns what -> rows. Again changes nothing."""
    done: Counter[str] = Counter()
    with without_history():
        _withdraw(person)
        _printed_letters(person)
        addresses.forget(person)  # while the rows still say which
        done["Rows of files brought in"] = files_brought_in.blank(person)
        done["Wishes to be called"] = _contact_requests(person)
        for rule in RULES:
            if not rule.asked:
                done[rule.title] += _by_rule(rule, person)
        for label, ids in person.rows.items():
            done["Other words"] += blank(apps.get_model(label), ids, words_of(label))
            if label == AccountFile._meta.label:
                done["Files"] += remove_files(ids)
        _leave(person)
        _addresses_of_accounts(person)
        archives.forget_all(_("Somebody was erased while it was made. Ask for it again."))
        done.update(registry.run(person))
    return {what: count for what, count in done.items() if count}


def _by_rule(rule: About, person: Person) -> int:
    ids = rule.ids(person.contacts)
    blanked = blank(rule.model, ids, rule.words, rule.emptied)
    return delete_attachments(ids) if rule.goes else blanked


def delete_attachments(ids: Collection[Any]) -> int:
    """Their content goes with the row once that is committed. One that lies on an account stays there."""
    rows = PieceFile.objects.filter(pk__in=ids)
    names = list(rows.exclude(file="").values_list("file", flat=True))
    transaction.on_commit(partial(stored_files.delete, names))
    forget_history(PieceFile, ids)
    return int(rows.delete()[0])


def remove_files(ids: Collection[Any]) -> int:
    """Files on accounts: the row says that there was one, its content goes."""
    rows = AccountFile.objects.filter(pk__in=ids)
    there = in_bin.kept(AccountFile).filter(object_id__in=ids)
    names = [
        *rows.exclude(file="").values_list("file", flat=True),
        *there.exclude(file="").values_list("file", flat=True),
    ]
    blank(AccountFile, ids, ("name", "about"), {"file": ""})
    now = timezone.now()
    rows.filter(removed_at__isnull=True).update(removed_at=now, updated_at=now)
    still = list(there.filter(data__removed_at=None).values_list("object_id", flat=True))
    in_bin.change(AccountFile, still, {"removed_at": now.isoformat()})
    in_bin.change(AccountFile, ids, {"file": ""})
    there.update(file="")
    transaction.on_commit(partial(stored_files.delete, names))
    return len(names)


def _withdraw(person: Person) -> None:
    """What has not left does not leave any more, after a restore from the bin neither."""
    now, theirs = timezone.now(), Q(contact__in=person.contacts)
    addresses.mails_to(person).filter(state=State.PENDING).update(
        state=MailState.CANCELLED, reason=WHY, stored="", updated_at=now
    )
    over = [Piece.State.LEFT, Piece.State.CANCELLED]
    open_pieces = Piece.objects.filter(theirs).exclude(state__in=over)
    ids = list(open_pieces.values_list("pk", flat=True))
    Piece.objects.filter(twin__in=ids).update(twin=None)
    open_pieces.update(state=Piece.State.CANCELLED, reason=WHY, twin=None, updated_at=now)
    there = in_bin.kept(Piece, contact_id__in=person.contacts).exclude(data__state__in=over)
    ids = list(there.values_list("object_id", flat=True))
    twins = list(in_bin.kept(Piece, twin_id__in=ids).values_list("object_id", flat=True))
    in_bin.change(Piece, [*ids, *twins], {"twin": None})
    in_bin.change(Piece, ids, {"state": Piece.State.CANCELLED.value, "reason": WHY})
    waiting = [Invitation.State.PLANNED, Invitation.State.QUEUED]
    Invitation.objects.filter(theirs, state__in=waiting).update(state=Invitation.State.CANCELLED)


def _printed_letters(person: Person) -> None:
    """A PDF with a letter to them among others: it would have gone after a month, and goes now."""
    pieces = list(in_bin.kept(Piece, contact_id__in=person.contacts).values_list("object_id", flat=True))
    lines = in_bin.kept(PrintLine, piece_id__in=pieces).values_list("data__batch_id", flat=True)
    theirs = Q(lines__piece__contact__in=person.contacts) | Q(pk__in=list(lines))
    batches = PrintBatch.objects.filter(theirs).exclude(file="").distinct()
    names = dict(batches.values_list("pk", "file"))
    PrintBatch.objects.filter(pk__in=names).update(file="", updated_at=timezone.now())
    transaction.on_commit(partial(stored_files.delete, list(names.values())))


def _contact_requests(person: Person) -> int:
    ids = list(requests_of(person).values_list("pk", flat=True))
    return blank(ContactRequest, ids, ("name", "reach", "message", "note"))


def _leave(person: Person) -> None:
    """Nobody is called who must not be known: the engine takes them for somebody who has left."""
    now, today = timezone.now(), company_today()
    noted = now - TAKE_BACK_FOR  # so long ago that nobody is offered to take it back as a mistake
    people = Contact.objects.filter(pk__in=person.contacts)
    people.filter(left_on__isnull=True).update(left_on=today, left_noted_at=noted)
    people.update(updated_at=now)
    there = in_bin.kept(Contact, left_on=None).filter(object_id__in=person.contacts)
    ids = list(there.values_list("object_id", flat=True))
    in_bin.change(Contact, ids, {"left_on": today.isoformat(), "left_noted_at": noted.isoformat()})


def _addresses_of_accounts(person: Person) -> None:
    """An account that is written to at their address."""
    here, there = Q(pk__in=[]), Q(pk__in=[])
    for address in person.own_addresses:
        here |= Q(email__iexact=address)
        there |= Q(data__email__iexact=address)
    kept = in_bin.kept(Account).filter(there, object_id__in=person.accounts)
    ids = [
        *Account.objects.filter(here, pk__in=person.accounts).values_list("pk", flat=True),
        *kept.values_list("object_id", flat=True),
    ]
    blank(Account, ids, (), {"email": ""})
    in_bin.change(Account, ids, {"email": ""})

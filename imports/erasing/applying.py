"""The erasure itself: everything that is kept of a person, in one transaction; a replay does the same."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection
from functools import partial
from typing import Any

from django.apps import apps
from django.core.files.storage import default_storage
from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import Account, AccountFile
from contacts.models import Contact
from contacts.models.contact import TAKE_BACK_FOR
from correspondence.models import Message, Piece, PieceFile, PrintBatch, State
from correspondence.models.message import State as MailState
from imports.erasing import addresses, files_brought_in, registry
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
    transaction.on_commit(partial(delete_stored, names))
    forget_history(PieceFile, ids)
    return int(rows.delete()[0])


def remove_files(ids: Collection[Any]) -> int:
    """Files on accounts: the row says that there was one, its content goes."""
    rows = AccountFile.objects.filter(pk__in=ids)
    names = list(rows.exclude(file="").values_list("file", flat=True))
    blank(AccountFile, ids, ("name", "about"), {"file": ""})
    now = timezone.now()
    rows.filter(removed_at__isnull=True).update(removed_at=now, updated_at=now)
    transaction.on_commit(partial(delete_stored, names))
    return len(names)


def delete_stored(names: list[str]) -> None:
    for name in names:
        default_storage.delete(name)


def _withdraw(person: Person) -> None:
    """What has not left does not leave any more."""
    now, theirs = timezone.now(), Q(contact__in=person.contacts)
    Message.objects.filter(theirs, state=State.PENDING).update(
        state=MailState.CANCELLED, reason=WHY, stored="", updated_at=now
    )
    open_pieces = Piece.objects.filter(theirs).exclude(state__in=[Piece.State.LEFT, Piece.State.CANCELLED])
    ids = list(open_pieces.values_list("pk", flat=True))
    Piece.objects.filter(twin__in=ids).update(twin=None)
    open_pieces.update(state=Piece.State.CANCELLED, reason=WHY, twin=None, updated_at=now)
    waiting = [Invitation.State.PLANNED, Invitation.State.QUEUED]
    Invitation.objects.filter(theirs, state__in=waiting).update(state=Invitation.State.CANCELLED)


def _printed_letters(person: Person) -> None:
    """A PDF with a letter to them among others: it would have gone after a month, and goes now."""
    batches = PrintBatch.objects.filter(lines__piece__contact__in=person.contacts).exclude(file="").distinct()
    names = dict(batches.values_list("pk", "file"))
    PrintBatch.objects.filter(pk__in=names).update(file="", updated_at=timezone.now())
    transaction.on_commit(partial(delete_stored, list(names.values())))


def _contact_requests(person: Person) -> int:
    ids = list(requests_of(person).values_list("pk", flat=True))
    return blank(ContactRequest, ids, ("name", "reach", "message", "note"))


def _leave(person: Person) -> None:
    """Nobody is called who must not be known: the engine takes them for somebody who has left."""
    now = timezone.now()
    there = Contact.objects.filter(pk__in=person.contacts, left_on__isnull=True)
    # noted so long ago that nobody is offered to take it back as a mistake
    there.update(left_on=company_today(), left_noted_at=now - TAKE_BACK_FOR)
    Contact.objects.filter(pk__in=person.contacts).update(updated_at=now)
    own = Account.objects.filter(
        contacts__in=person.contacts, email__in=[r for r in person.reached if "@" in r]
    )
    blank(Account, list(own.values_list("pk", flat=True)), (), {"email": ""})

"""A merge is taken apart although something has been given to somebody else since, or says why it cannot."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import time_machine
from django.core.exceptions import ValidationError
from django.db import transaction

from accounts.models import Account
from contacts.models import Contact
from imports.duplicates.merging import merge_accounts
from imports.duplicates.undoing import undo_merge
from imports.models import AccountPair
from tests import factories as make
from users.models import User

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def frozen() -> Iterator[None]:
    """A day of its own, on which time goes on."""
    with time_machine.travel("2026-11-26 10:00+00:00"):
        yield


@pytest.fixture
def admin() -> User:
    make.make_company()
    return make.make_user("admin")


def test_the_survivors_own_number_that_somebody_else_has_got_since(admin: User) -> None:
    ours, theirs = make.make_account(external_id="A"), make.make_account(external_id="B")
    merge = merge_accounts(admin, ours, theirs, {"external_id": "theirs"})
    assert merge.loser_external_id == "A", "the number that nobody has from now on"
    make.make_account(external_id="A")
    undone = undo_merge(admin, merge)
    ours.refresh_from_db()
    theirs.refresh_from_db()
    assert (ours.external_id, theirs.external_id) == (None, "B")
    assert undone.notes == ["The number A belongs to somebody else by now and was left out."]


def test_whom_we_call_first_by_now_is_said_and_nothing_is_half_done(admin: User) -> None:
    ours, theirs = make.make_account(), make.make_account()
    make.make_contact(ours, is_main=True)
    first, second = make.make_contact(theirs, is_main=True), make.make_contact(theirs)
    merge = merge_accounts(admin, ours, theirs)
    Contact.objects.filter(account=ours).update(is_main=False)
    Contact.objects.filter(pk=second.pk).update(is_main=True)
    with pytest.raises(ValidationError, match="only once"), transaction.atomic():
        undo_merge(admin, merge)
    assert set(Contact.objects.filter(pk__in=[first.pk, second.pk]).values_list("account", flat=True)) == {
        ours.pk
    }
    Contact.objects.filter(pk=second.pk).update(is_main=False)
    undo_merge(admin, merge)
    assert Contact.objects.get(account=theirs, is_main=True) == first


def test_a_likeness_to_somebody_who_is_gone_hinders_nothing(admin: User) -> None:
    ours, theirs, third = (make.make_account() for _ in range(3))
    AccountPair.objects.create(first=theirs, second=third, score=50)
    merge = merge_accounts(admin, ours, theirs)
    Account.objects.filter(pk=third.pk).delete()
    undone = undo_merge(admin, merge)
    assert (Account.objects.count(), AccountPair.objects.count(), undone.notes) == (2, 0, [])

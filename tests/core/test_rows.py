"""Rows kept as JSON come back exactly as they were."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from accounts.models import Account
from contacts.models import Contact, Interaction
from core import rows
from tests import factories as make

pytestmark = pytest.mark.django_db


def stored(model: Any, pk: int) -> dict[str, Any]:
    return dict(model.objects.filter(pk=pk).values().get())


def test_a_row_comes_back_with_every_value_and_its_id() -> None:
    account = make.make_account(
        name="Ærø “Strøm” \\ & Søn\n",
        yearly_revenue=Decimal("12345678901234.56"),
        paused_from=date(2026, 2, 28),
        paused_until=date(2026, 3, 1),
    )
    contact = make.make_contact(account=account, refused_channels=["call", "text"])
    before = stored(Account, account.pk), stored(Contact, contact.pk)

    kept = rows.keep(Account, [account.pk]), rows.keep(Contact, [account.pk], "account_id")
    Account.objects.filter(pk=account.pk).delete()
    assert not Contact.objects.filter(pk=contact.pk).exists()

    assert rows.put_back(Contact, kept[1]) == 1  # before its account: foreign keys wait for the commit
    assert rows.put_back(Account, kept[0]) == 1
    assert (stored(Account, account.pk), stored(Contact, contact.pk)) == before


def test_a_row_that_is_there_is_left_alone() -> None:
    account = make.make_account(name="Before")
    kept = rows.keep(Account, [account.pk])
    Account.objects.filter(pk=account.pk).update(name="Since")
    assert rows.put_back(Account, kept) == 0
    account.refresh_from_db()
    assert account.name == "Since"


def test_a_column_that_came_since_gets_its_default() -> None:
    account = make.make_account()
    kept = rows.keep(Account, [account.pk])
    del kept[0]["network_reason"]
    Account.objects.filter(pk=account.pk).delete()
    assert rows.put_back(Account, kept) == 1
    assert Account.objects.get(pk=account.pk).network_reason == ""


def test_nothing_asked_for_is_nothing() -> None:
    assert rows.keep(Interaction, []) == []
    assert rows.put_back(Interaction, []) == 0

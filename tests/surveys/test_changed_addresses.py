"""A salesperson cannot divert a survey to an address of their own: a manager looks first."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.apps import apps
from django.utils import timezone

from contacts.models import Contact
from core.history import acting
from surveys import asks as say
from surveys.models import HeldBack
from surveys.services import invite
from tests import factories as make
from tests.surveys import factories as survey
from tests.surveys.factories import TODAY


def change(contact: Contact, email: str, by: object) -> None:
    """Change the address now; the trigger goes by the server's clock, which the tests do not stop."""
    events = apps.get_model("contacts", "ContactEvent").objects
    before = list(events.values_list("pk", flat=True))
    with acting(by):
        Contact.objects.filter(pk=contact.pk).update(email=email)
    events.exclude(pk__in=before).update(pgh_created_at=timezone.now())


def asked(contact: Contact) -> say.Answer:
    ask = survey.make_ask(contact)
    return invite([ask], TODAY)[ask.key]


@pytest.fixture
def people(db):
    deputy, stand_in, desk = make.make_user(), make.make_user(), make.make_user("reader")
    owner = make.make_user(deputy=deputy)
    make.make_absence(owner, TODAY - timedelta(days=5), TODAY, deputy=stand_in)
    return {"owner": owner, "deputy": deputy, "stand_in": stand_in, "desk": desk, "import": None}


@pytest.mark.parametrize("who", ["owner", "deputy", "stand_in"])
def test_the_sales_side_changed_it(wave, people, clock, who):
    contact = survey.make_customer(people["owner"])
    clock.shift(timedelta(hours=1))
    change(contact, "friend@private.example", people[who])
    assert asked(contact) == say.waits(say.HELD_BACK)
    row = HeldBack.objects.get()
    assert (row.reason, row.contact, row.address) == ("address_changed", contact, "friend@private.example")


@pytest.mark.parametrize("who", ["desk", "import"])
def test_somebody_else_changed_it(wave, people, who):
    contact = survey.make_customer(people["owner"])
    change(contact, "new@customer.example", people[who])
    assert asked(contact) == say.INVITED


def test_a_first_address_is_no_change(wave, people):
    contact = survey.make_customer(people["owner"], email="")
    change(contact, "first@customer.example", people["owner"])
    assert asked(contact) == say.INVITED


def test_removing_and_writing_another_is_a_change(wave, people):
    contact = survey.make_customer(people["owner"])
    change(contact, "", people["desk"])
    change(contact, "friend@private.example", people["owner"])
    assert asked(contact) == say.waits(say.HELD_BACK)


def test_putting_it_back_is_no_change(wave, people):
    contact = survey.make_customer(people["owner"])
    before = contact.email
    change(contact, "typo@customer.example", people["owner"])
    change(contact, before, people["owner"])
    assert asked(contact) == say.INVITED


def test_another_field_or_another_case_is_no_change(wave, people):
    contact = survey.make_customer(people["owner"])
    with acting(people["owner"]):
        Contact.objects.filter(pk=contact.pk).update(job_title="Head of purchasing")
    change(contact, contact.email.upper(), people["owner"])
    assert asked(contact) == say.INVITED


def test_a_change_before_the_purchase_does_not_count(wave, people, clock):
    clock.move_to("2026-11-09 08:00:00+00:00")
    contact = survey.make_customer(people["owner"])
    change(contact, "new@customer.example", people["owner"])
    clock.move_to("2026-11-24 08:00:00+00:00")
    assert asked(contact) == say.INVITED


def test_who_owned_it_when_they_changed_it_counts(wave, people, clock):
    contact = survey.make_customer(people["owner"])
    change(contact, "friend@private.example", people["owner"])
    account = contact.account
    account.owner = make.make_user()
    account.save()
    apps.get_model("accounts", "AccountEvent").objects.update(pgh_created_at=timezone.now())
    assert asked(contact) == say.waits(say.HELD_BACK)


def test_who_sold_it_counts(wave, people):
    contact = survey.make_customer(people["owner"])
    seller = make.make_user()
    contact.account.purchases.update(sold_by=seller)
    change(contact, "friend@private.example", seller)
    assert asked(contact) == say.waits(say.HELD_BACK)


def test_a_manager_releases_exactly_this_address(wave, people):
    contact = survey.make_customer(people["owner"])
    change(contact, "friend@private.example", people["owner"])
    asked(contact)
    HeldBack.objects.update(state="released")
    change(contact, "another@private.example", people["owner"])
    assert asked(contact) == say.waits(say.HELD_BACK)
    assert HeldBack.objects.get().state == "open"
    HeldBack.objects.update(state="released")
    assert asked(contact) == say.INVITED


def test_a_manager_skips(wave, people):
    contact = survey.make_customer(people["owner"])
    change(contact, "friend@private.example", people["owner"])
    asked(contact)
    HeldBack.objects.update(state="skipped", decided_because="Private address")
    assert asked(contact) == say.lapsed(say.NOT_RELEASED)

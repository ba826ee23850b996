"""A thank-you has left: four days later we ask whether it came (R11). The night's own proof is the oracle."""

from __future__ import annotations

from datetime import date, timedelta
from importlib import import_module

import pytest
from django.apps import apps

from cadences import ledger, plans, why
from cadences.campaigns.services import start_campaign
from cadences.models import PlanItem, Slot, Touchpoint
from cadences.nightly import run_night
from correspondence.pieces.services import PieceDraft, cancel, post, prepare, queue
from tests import factories as make

from .conftest import TODAY

pytestmark = pytest.mark.django_db


def checks(account):
    rows = Touchpoint.objects.filter(account=account, basis="letter").order_by("id")
    return list(rows.values_list("due_on", "state", "reason"))


@pytest.fixture
def thank(people, eva):
    """An e-mail and a letter for a talk of today, as drafts."""

    def made(contact=eva):
        talk = make.make_interaction(contact.account, people.owner, happened_on=TODAY)
        words = {"contact": contact, "subject": "Thank you", "body": "Dear Eva,", "use": "thank_you"}
        mail = prepare(people.owner, contact.account, PieceDraft("email", about=talk, **words))
        letter = prepare(people.owner, contact.account, PieceDraft("letter", about=talk, twin=mail, **words))
        return mail, letter

    return made


def test_posted_letter_is_asked_about_four_days_later(people, customer, thank):
    _mail, letter = thank()
    queue(people.owner, letter)
    assert checks(customer) == []  # it lies in the queue of the printer
    post(people.owner, [letter], TODAY - timedelta(days=1))
    # the 27th is four days after the 23rd
    assert checks(customer) == [(date(2026, 11, 27), "open", "")]
    row = Touchpoint.objects.get(account=customer, basis="letter")
    assert (row.assignee, row.slot.key, row.item.purpose.key) == (
        people.owner,
        "letter-check",
        "letter-check",
    )
    assert why.explain(row)[0] == (
        "Four-day check of the letter: 4 days after the thank-you left on 23 November 2026 is "
        "27 November 2026 (plan 1)."
    )
    assert why.explain(row)[-1] == "No contact moves it; another thank-you begins anew."
    run_night(TODAY, asked_by="command")
    assert len(checks(customer)) == 1
    assert ledger.check(TODAY) == []


def test_letter_taken_back_leaves_the_mail_to_be_asked_about(people, customer, thank):
    mail, letter = thank()
    type(mail).objects.filter(pk=mail.pk).update(state="left", left_on=TODAY)
    queue(people.owner, letter)
    assert checks(customer) == []
    cancel(people.owner, letter, "They want no paper.")
    assert checks(customer) == [(date(2026, 11, 30), "open", "")]  # the 28th is a Saturday


def test_only_the_latest_thank_you_is_asked_about(people, customer, thank):
    _mail, first = thank()
    queue(people.owner, first)
    post(people.owner, [first], TODAY - timedelta(days=2))
    _mail, second = thank()
    queue(people.owner, second)
    post(people.owner, [second], TODAY)
    assert checks(customer) == [
        (date(2026, 11, 26), "cancelled", "another thank-you"), (date(2026, 11, 30), "open", "")
    ]  # fmt: skip


def test_prospect_is_asked_too_and_a_campaign_asks_by_itself(people, plan, thank):
    prospect = make.make_account(people.owner, owner_since=date(2026, 1, 1), country="NO")
    _mail, letter = thank(make.make_contact(prospect, email="per@example.com"))
    queue(people.owner, letter)
    post(people.owner, [letter], TODAY)
    assert checks(prospect) == [(date(2026, 11, 30), "open", "")]
    assert not [breach for breach in ledger.check(TODAY) if breach["account"] == prospect.pk]
    start_campaign(people.owner, prospect, weeks=4, reason="They asked for it.")
    assert checks(prospect) == [(date(2026, 11, 30), "cancelled", "a campaign asks about it")]


def test_every_version_that_was_there_before_asks_too(people, plan):
    """What the migration does on a database that has plans already."""
    draft = plans.draft_of(people.admin, plan)
    PlanItem.objects.filter(slot__event="letter").delete()
    Slot.objects.filter(event="letter").delete()
    for _ in range(2):
        import_module("cadences.migrations.0021_thanks_in_every_version").give(apps, None)
    for version in (plan, draft):
        item = version.items.get(slot__event="letter")
        assert (item.kind, item.every, item.since) == ("call", 4, version.effective_from)

"""Who is invited, who is not, and why: the table of the issue, row by row."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from contacts.models import Contact
from correspondence.models import Message
from correspondence.suppression import suppress
from surveys import asks as say
from surveys import keys
from surveys.asks import Answer, Outcome
from surveys.models import Asked, Exclusion, HeldBack, Invitation
from surveys.rules import Rule
from surveys.services import invite
from tests import factories as make
from tests.surveys import factories as survey
from tests.surveys.factories import TODAY


def answer(contact: Contact, **fields: object) -> Answer:
    ask = survey.make_ask(contact, **fields)
    return invite([ask], TODAY)[ask.key]


def test_the_main_contact_is_invited_with_a_mail_and_a_note(wave):
    tier = make.make_tier(3, name="Large")
    contact = survey.make_customer(tier=tier, language="de", email="Eva@Customer.example")
    assert answer(contact) == say.INVITED
    row = Invitation.objects.get()
    assert (row.wave, row.contact, row.address, row.language) == (wave, contact, "eva@customer.example", "de")
    assert (row.codes, row.send_on, row.state) == ({"tier": "Large"}, TODAY, "queued")
    mail = Message.objects.get()
    assert (mail.kind, mail.topic, mail.recipient) == ("survey_invitation", "survey", row.address)
    assert (mail.payload, mail.stored) == ({"invitation": str(row.pk)}, "")
    assert (mail.from_name, mail.from_address) == ("Northwind Feedback", "feedback@northwind.example")
    assert mail.reply_to == "quality@northwind.example"
    asked = Asked.objects.get()
    assert (asked.contact, asked.sent_on) == (contact, TODAY)
    assert asked.purchase == contact.account.purchases.get()
    assert keys.has_tags(wave.pk, TODAY)


def test_a_programme_that_is_off_answers_nothing(wave):
    contact = survey.make_customer()
    wave.programme.is_on = False
    wave.programme.save()
    assert invite([survey.make_ask(contact)], TODAY) == {}
    assert invite([survey.make_ask(contact, slot="check-in")], TODAY) == {}


@pytest.mark.parametrize("state", ["planned", "held", "released"])
def test_without_an_open_wave_everybody_waits(programme, state):
    survey.make_wave(programme, state=state)
    assert answer(survey.make_customer()) == say.waits(say.NO_WAVE)
    assert not Message.objects.exists()


def test_the_buyer_comes_before_the_main_contact_who_comes_before_the_rest(wave):
    main = survey.make_customer()
    buyer = make.make_contact(main.account, email="buyer@customer.example")
    answer(main, contact_id=buyer.pk)
    assert Invitation.objects.get().contact == buyer


def test_a_buyer_without_an_address_gives_way(wave):
    main = survey.make_customer()
    buyer = make.make_contact(main.account, email="")
    answer(main, contact_id=buyer.pk)
    assert Invitation.objects.get().contact == main


BOUGHT = TODAY - timedelta(days=14)


def test_the_purchases_buyer_is_asked(wave):
    main = survey.make_customer()
    buyer = make.make_contact(main.account, email="buyer@customer.example")
    main.account.purchases.update(buyer=buyer)
    answer(main)
    assert Invitation.objects.get().contact == buyer


def test_of_several_who_bought_that_day_the_one_who_bought_most(wave):
    main = survey.make_customer()
    some, most, later, void = (
        make.make_contact(main.account, email=f"{name}@customer.example") for name in "abcd"
    )
    for buyer, amount, on, more in [
        (some, "200", BOUGHT, {}), (most, "300", BOUGHT, {}), (None, "400", BOUGHT, {}),
        (later, "500", BOUGHT + timedelta(days=1), {}),
        (void, "600", BOUGHT, {"voided_at": make.at("2026-11-11"), "void_reason": "twice"}),
    ]:  # fmt: skip
        make.make_purchase(main.account, on, amount, buyer=buyer, **more)
    answer(main)
    assert Invitation.objects.get().contact == most


@pytest.mark.parametrize("fields", [{"email": ""}, {"left_on": BOUGHT}])
def test_a_buyer_who_cannot_be_asked_gives_way_to_the_next(wave, fields):
    main = survey.make_customer()
    gone = make.make_contact(main.account, **({"email": "gone@customer.example"} | fields))
    other = make.make_contact(main.account, email="other@customer.example")
    make.make_purchase(main.account, BOUGHT, "300", buyer=gone)
    main.account.purchases.filter(amount=100).update(buyer=other)
    answer(main)
    assert Invitation.objects.get().contact == other


def test_whom_a_person_chose_comes_before_the_buyer(wave):
    main = survey.make_customer()
    main.account.purchases.update(buyer=make.make_contact(main.account, email="buyer@customer.example"))
    chosen = make.make_contact(main.account, email="chosen@customer.example")
    answer(main, contact_id=chosen.pk)
    assert Invitation.objects.get().contact == chosen


def test_a_survey_that_follows_no_purchase_goes_to_the_main_contact(wave):
    main = survey.make_customer()
    main.account.purchases.update(buyer=make.make_contact(main.account, email="buyer@customer.example"))
    answer(main, bought_on=None)
    assert Invitation.objects.get().contact == main


def test_who_has_left_is_not_asked(wave):
    contact = survey.make_customer()
    Contact.objects.filter(pk=contact.pk).update(left_on=TODAY)
    assert answer(contact) == say.waits(say.HELD_BACK)


# -- Quarantine ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("days_ago", "expected"),
    [
        ([], say.INVITED),
        ([89], say.lapsed(say.ASKED_RECENTLY)),
        ([90], say.INVITED),
        ([100, 200], say.lapsed(say.ASKED_RECENTLY)),
        ([100, 364], say.lapsed(say.ASKED_RECENTLY)),
        ([100, 365], say.INVITED),
    ],
    ids=str,
)
def test_how_often_a_contact_is_asked(wave, days_ago, expected):
    contact = survey.make_customer()
    for days in days_ago:
        survey.make_asked(contact, wave.programme, days)
    assert answer(contact) == expected


@pytest.mark.parametrize(("days_ago", "invited"), [(89, False), (90, True)])
def test_at_most_three_people_of_an_account(wave, days_ago, invited):
    contact = survey.make_customer()
    for _ in range(3):
        survey.make_asked(make.make_contact(contact.account, email="x@y.example"), wave.programme, 10)
    others = list(Contact.objects.exclude(pk=contact.pk))
    for number, other in enumerate(others):
        other.email = f"other{number}@customer.example"
        other.save()
    Asked.objects.update(sent_on=TODAY - timedelta(days=days_ago))
    assert (answer(contact) == say.INVITED) is invited


@pytest.mark.parametrize(
    ("state", "is_on", "asked_soon"),
    [("planned", True, True), ("planned", False, False), ("cancelled", True, False)],
)
def test_whom_a_survey_that_waits_for_its_key_will_ask_counts_as_asked(wave, state, is_on, asked_soon):
    contact = survey.make_customer()
    once = survey.make_wave(survey.make_programme("one_off", is_on=is_on), state="planned")
    survey.make_invitation(once, contact, state=state, send_on=TODAY - timedelta(days=2))
    assert answer(contact) == (say.lapsed(say.ASKED_RECENTLY) if asked_soon else say.INVITED)


def test_one_person_at_two_companies_is_one_person(wave):
    here, there = (survey.make_customer(email="eva@both.example") for _ in range(2))
    survey.make_asked(there, wave.programme, 30)
    assert answer(here) == say.lapsed(say.ASKED_RECENTLY)


def test_the_same_night_counts_too(wave):
    here, there = (survey.make_customer(email="eva@both.example") for _ in range(2))
    asks = [survey.make_ask(here), survey.make_ask(there)]
    assert [each.outcome for each in invite(asks, TODAY).values()] == [Outcome.INVITED, Outcome.LAPSED]


def test_one_purchase_is_asked_about_once(wave):
    contact = survey.make_customer()
    earlier = survey.make_asked(contact, wave.programme, 200)
    Asked.objects.filter(pk=earlier.pk).update(purchase=contact.account.purchases.get())
    assert answer(contact) == say.lapsed(say.ASKED_FOR_PURCHASE)


# -- Who is not asked ---------------------------------------------------------------------------------


def test_whoever_unsubscribed_or_refuses_mail(wave):
    unsubscribed, refuses = survey.make_customer(), survey.make_customer(refused_channels=["email"])
    suppress(unsubscribed.email, "survey", "unsubscribe")
    assert answer(unsubscribed) == answer(refuses) == say.lapsed(say.OPTED_OUT)


def test_unsubscribing_from_something_else_is_no_opt_out(wave):
    contact = survey.make_customer()
    suppress(contact.email, "marketing", "unsubscribe")
    assert answer(contact) == say.INVITED


def test_addresses_of_our_own_company(wave):
    make.make_user(email="kari@northwind.example")
    assert answer(survey.make_customer(email="Info@Northwind.example")) == say.lapsed(say.OWN_COMPANY)


def test_a_users_public_provider_does_not_exclude_its_other_customers(wave):
    make.make_user(email="kari@gmail.com")
    assert answer(survey.make_customer(email="kari@gmail.com")) == say.lapsed(say.OWN_COMPANY)
    assert answer(survey.make_customer(email="eva@gmail.com")) == say.INVITED


@pytest.mark.parametrize(("people", "invited"), [(3, True), (4, False)])
def test_an_address_that_many_share(wave, people, invited):
    contact = survey.make_customer(email="office@shared.example")
    for _ in range(people - 1):
        make.make_contact(make.make_account(), email="Office@shared.example")
    assert (answer(contact) == say.INVITED) is invited


@pytest.mark.parametrize("of", ["account", "contact"])
@pytest.mark.parametrize(("until", "invited"), [(None, False), (TODAY, False), (date(2026, 11, 23), True)])
def test_exclusions(wave, of, until, invited):
    contact = survey.make_customer()
    target = {"account": contact.account} if of == "account" else {"contact": contact}
    Exclusion.objects.create(reason="In court with us", until=until, **target)
    assert (answer(contact) == say.INVITED) is invited


def test_the_rule_of_the_programme(wave):
    wave.programme.rule = Rule(countries=("NO",)).to_json()
    wave.programme.save()
    assert answer(survey.make_customer(country="NO")) == say.INVITED
    assert answer(survey.make_customer(country="DE")) == say.lapsed(say.BY_RULE)


def test_a_paused_contact_waits(wave):
    assert answer(survey.make_customer(paused_until=TODAY)) == say.waits(say.PAUSED)


# -- Who waits for a manager --------------------------------------------------------------------------


def test_nobody_with_an_address_is_a_row_for_managers(wave):
    contact = survey.make_customer(email="")
    assert answer(contact) == answer(contact) == say.waits(say.HELD_BACK)
    row = HeldBack.objects.get()
    assert (row.account, row.reason, row.state, row.since) == (contact.account, "no_address", "open", TODAY)


def test_an_address_added_meanwhile_ends_the_waiting(wave):
    contact = survey.make_customer(email="")
    answer(contact)
    Contact.objects.filter(pk=contact.pk).update(email="first@customer.example")
    assert answer(contact) == say.INVITED
    assert not HeldBack.objects.exists()


# -- Cost ---------------------------------------------------------------------------------------------


def test_twenty_cost_the_queries_of_two(wave):
    def queries(number: int) -> int:
        owner = make.make_user()
        asks = [survey.make_ask(survey.make_customer(owner)) for _ in range(number)]
        with CaptureQueriesContext(
            connection,
        ) as seen:
            invite(asks, TODAY)
        return len(seen)

    assert queries(2) == queries(20)


def test_everything_or_nothing(wave, monkeypatch):
    monkeypatch.setattr("surveys.services.inviting.enqueue_many", lambda drafts: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        answer(survey.make_customer())
    assert not Invitation.objects.exists()
    assert not Asked.objects.exists()

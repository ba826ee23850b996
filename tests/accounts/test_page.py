"""The account page: how do we stand, and what next?"""

from datetime import date, timedelta

import pytest
import time_machine
from django.urls import reverse

from contacts.models import Ask, Commitment
from tests.factories import (
    make_account,
    make_concern,
    make_contact,
    make_interaction,
    make_purchase,
    make_slot,
    make_team,
    make_tier,
    make_touchpoint,
    make_user,
)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("today")]
TODAY = date(2026, 11, 24)


@pytest.fixture
def today():
    with time_machine.travel("2026-11-24 09:00:00+00:00", tick=False):
        yield


@pytest.fixture
def kari():
    return make_user(display_name="Kari Holm", team=make_team(make_user("manager", display_name="Mia")))


@pytest.fixture
def account(kari):
    return make_account(
        kari, name="Acme Machining", city="Oslo", country="NO", phone="22 12 34 56", phone_e164="+4722123456",
        status="customer", tier=make_tier(3, name="Large"),
    )  # fmt: skip


@pytest.fixture
def look(client, kari):
    """The text of an account's page as somebody sees it."""

    def get(account, user=kari):
        client.force_login(user)
        response = client.get(reverse("accounts:detail", args=[account.pk]))
        assert response.status_code == 200
        return response.content.decode().replace("\xa0", " ")

    return get


def fill(account, kari, count):
    """So many rows of everything that stands on the page."""
    for n in range(count):
        contact = make_contact(account, phone="22 33 44 55")
        day = TODAY - timedelta(days=n + 1)
        talk = make_interaction(account, kari, happened_on=day, contact=contact, sentiment=4, summary="Fine")
        make_concern(account, raised_by=kari, owner=kari, contact=contact)
        make_concern(account, interaction=talk, resolved_on=day, resolution="new seal")
        make_purchase(account, day, "100", sold_by=kari)
        Commitment.objects.create(account=account, user=kari, what="A quote", due_on=day, contact=contact)
        Ask.objects.create(account=account, kind="referral", asked_on=day, asked_by=kari, contact=contact)
        make_touchpoint(account, kari, day, contact=contact)
        make_touchpoint(account, kari, day, state="skipped", closed_on=day, reason="was ill", closed_by=kari)
        account.tier = make_tier(1 + n % 2)
        account.save()


def test_says_how_we_stand_in_words(look, account, kari):
    contact = make_contact(account, first_name="Eva", last_name="Lind")
    make_interaction(account, kari, happened_on=date(2026, 11, 12), contact=contact, sentiment=4)
    make_purchase(account, date(2026, 2, 1), "61200")
    make_purchase(account, date(2025, 2, 1), "48000")
    make_touchpoint(account, kari, date(2026, 11, 21), slot=make_slot("month", name="1-month call"))
    html = look(account)
    for words in (
        "Large",
        "Kari Holm",
        "10:00 there",
        'href="tel:+4722123456"',
        "12 days ago",
        "with Eva Lind",
        "by Kari Holm",
        "1-month call",
        "3 days late",
        "no purchase since 1 Feb",
    ):
        assert words in html, words
    assert "61,200 EUR" in html
    assert "48,000 EUR" in html


def test_concerns_stand_worst_first(look, account):
    make_concern(account, what="Late invoice", severity=1)
    make_concern(account, what="Production stopped", severity=3)
    make_concern(account, what="Solved long ago", resolved_on=TODAY, resolution="done", confirmed_on=TODAY)
    html = look(account)
    opened = html[html.index("Open concerns") : html.index("timeline-title")]
    assert opened.index("Production stopped") < opened.index("Late invoice")
    assert "Solved long ago" not in opened


def test_tells_what_happened_newest_first(look, account, kari):
    make_interaction(account, kari, happened_on=date(2026, 11, 1), summary="Asked for a quote")
    make_purchase(account, date(2026, 11, 5), "900", about="Forty seals")
    make_concern(
        account, what="Noise", opened_on=date(2026, 11, 8), resolved_on=date(2026, 11, 9), resolution="Oiled"
    )
    make_touchpoint(
        account, kari, date(2026, 11, 10), state="skipped", closed_on=date(2026, 11, 10), reason="Fair week"
    )
    html = look(account)
    happened = html[html.index("timeline-title") :]
    order = [
        happened.index(words) for words in ("Fair week", "Noise: Oiled", "Forty seals", "Asked for a quote")
    ]
    assert order == sorted(order)


def test_a_written_contact_was_answered_and_not_talked(look, account, kari):
    make_interaction(account, kari, kind="email", outcome="talked")
    make_interaction(account, kari, kind="call", outcome="talked")
    html = look(account)
    assert "<b>E-mail</b>, they answered" in html
    assert "<b>Call</b>, talked" in html


def test_a_change_of_owner_is_part_of_the_story(look, account, kari, client):
    account.owner = make_user(display_name="Jon Berg")
    account.save()
    assert "Owner: Kari Holm → Jon Berg" in look(account)


def test_withdrawn_talks_stay_readable(look, account, kari):
    make_interaction(
        account, kari, summary="Wrong account", withdrawn_at="2026-11-01T00:00Z", withdrawn_reason="mixed up"
    )
    html = look(account)
    assert "<s>Wrong account</s>" in html
    assert "mixed up" in html


def test_a_bare_account_says_what_belongs_there(look, kari):
    html = look(make_account(kari, name="Bare"))
    for words in ("Nothing yet", "nothing is owed", "never spoken to", "Nobody yet", "No purchase yet"):
        assert words in html


def test_a_reader_sees_the_same_and_may_add_but_not_edit(look, account):
    html = look(account, make_user("reader"))
    assert reverse("contacts:note", args=[account.pk]) in html
    assert reverse("contacts:concern_add", args=[account.pk]) in html
    assert reverse("accounts:edit", args=[account.pk]) not in html
    assert reverse("sales:add", args=[account.pk]) not in html


def test_what_people_wrote_is_text_and_never_markup(look, account, kari):
    make_interaction(account, kari, summary="<script>alert(1)</script>")
    make_concern(account, what="<b>bold</b>", owner=kari)
    html = look(account)
    assert "<script>alert" not in html
    assert "<b>bold" not in html


def test_unknown_accounts_are_not_there(client, kari):
    client.force_login(kari)
    assert client.get(reverse("accounts:detail", args=[999])).status_code == 404


def test_twenty_of_everything_cost_what_two_cost(client, account, kari, django_assert_max_num_queries):
    where = reverse("accounts:detail", args=[account.pk])
    client.force_login(kari)
    fill(account, kari, 2)
    with django_assert_max_num_queries(12) as two:
        client.get(where)
    fill(account, kari, 18)
    with django_assert_max_num_queries(12) as twenty:
        client.get(where)
    assert len(two) == len(twenty)


def test_the_whole_why_is_told_on_demand(look, client, account, kari):
    slot = make_slot("month", name="1-month call")
    owed = make_touchpoint(account, kari, date(2026, 11, 21), slot=slot, basis="purchase")
    assert "after the purchase of" in look(account)
    where = reverse("accounts:why", args=[account.pk, owed.pk])
    assert where in look(account)
    assert "<p" in client.get(where).content.decode()
    assert client.get(reverse("accounts:why", args=[account.pk + 1, owed.pk])).status_code == 404


class TestEarlier:
    def test_shows_on_demand_what_is_longer_ago(self, look, client, account, kari):
        for n in range(45):
            make_interaction(account, kari, happened_on=TODAY - timedelta(days=n), summary=f"Talk {n:02}")
        assert "Talk 19" in look(account)
        assert "Talk 20" not in look(account)
        address = reverse("accounts:timeline", args=[account.pk])
        second = client.get(address, {"from": 20}).content.decode()
        assert "Talk 20" in second
        assert "from=40" in second
        third = client.get(address, {"from": 40}).content.decode()
        assert "Talk 44" in third
        assert "Show earlier" not in third

    @pytest.mark.parametrize("start", ["x", "-1", "9" * 20, ""])
    def test_nonsense_starts_at_the_top(self, client, account, kari, start):
        client.force_login(kari)
        answer = client.get(reverse("accounts:timeline", args=[account.pk]), {"from": start})
        assert answer.status_code == 200

"""The account page: how do we stand, and what next?"""

from datetime import date, timedelta

import pytest
import time_machine
from django.urls import reverse

from contacts.models import Ask, Commitment, Interaction
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
        "The last purchase was on 1 Feb",
        "up 28 %",
    ):
        assert words in html, words
    assert "61,200 EUR" in html
    assert "48,000 EUR" in html


def test_concerns_stand_worst_first(look, account):
    make_concern(account, what="Late invoice", severity=1)
    make_concern(account, what="Production stopped", severity=3)
    make_concern(account, what="Solved long ago", resolved_on=TODAY, resolution="done", confirmed_on=TODAY)
    html = look(account)
    opened = html[html.index('id="concerns-title"') : html.index('id="timeline-title"')]
    assert "High: " in html[: html.index('id="concerns-title"')]
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
    happened = html[html.index('id="timeline-title"') :]
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
    for words in ("Nothing yet", "nothing is owed", "never spoken to", "Nobody yet"):
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
    client.force_login(make_user("manager", display_name="Otto"))
    fill(account, kari, 2)
    with django_assert_max_num_queries(12) as two:
        client.get(where)
    fill(account, kari, 18)
    with django_assert_max_num_queries(12) as twenty:
        client.get(where)
    Interaction.objects.bulk_create(
        Interaction(
            account=account, user=kari, kind="call", outcome="talked", reached=True, by_owner_side=True,
            happened_on=TODAY - timedelta(days=n), sentiment=3, summary="So so",
        )
        for n in range(1000)
    )  # fmt: skip
    with django_assert_max_num_queries(12) as thousand:
        client.get(where)
    assert len(two) == len(twenty) == len(thousand)


def test_promises_say_what_is_late_and_by_how_much(look, account, kari):
    Commitment.objects.create(account=account, user=kari, what="quote", due_on=date(2026, 11, 22))
    Commitment.objects.create(account=account, user=kari, what="a visit", due_on=date(2026, 11, 27))
    Commitment.objects.create(account=account, by_us=False, what="their drawing", due_on=date(2026, 11, 20))
    html = look(account)
    assert "late promise (quote, 2 days)" in html
    assert "they are late (their drawing, 4 days)" in html
    assert "we: a visit" in html


@pytest.mark.parametrize(
    ("oldest_first", "words"),
    [([4, 4, 2], "getting worse"), ([2, 2, 2, 4, 5, 4], "getting better"), ([3, 3], "steady"), ([4], "once")],
)
def test_the_mood_is_told_as_a_trend(look, account, kari, oldest_first, words):
    for n, mood in enumerate(oldest_first):
        make_interaction(account, kari, happened_on=date(2026, 1, 1) + timedelta(days=n), sentiment=mood)
    html = look(account)
    assert words in html[html.index("<dt>Mood") : html.index("<dt>Money")]


def test_every_number_opens_the_rows_behind_it(look, client, account, kari):
    last = make_interaction(account, kari, happened_on=date(2026, 11, 12), sentiment=4)
    make_purchase(account, date(2026, 2, 1), "61200", about="Pumps of this year")
    make_purchase(account, date(2025, 2, 1), "48000", about="Pumps of last year")
    owed = make_touchpoint(account, kari, date(2026, 11, 21))
    html = look(account)
    here, sales = reverse("accounts:detail", args=[account.pk]), reverse("sales:list", args=[account.pk])
    for address in (
        f"{here}?entry=interaction-{last.pk}#entry-interaction-{last.pk}",
        f"{here}?kind=mood#timeline-title",
        reverse("cadences:touchpoint", args=[owed.pk]),
        f"{sales}?after=2025-11-24",
        f"{sales}?after=2024-11-24&amp;until=2025-11-24",
    ):
        assert f'href="{address}"' in html, address
    this_year = client.get(sales, {"after": "2025-11-24"}).content.decode()
    assert "Pumps of this year" in this_year
    assert "Pumps of last year" not in this_year
    assert client.get(sales, {"after": "2026-13-45", "until": "x"}).status_code == 200
    assert "Nothing was bought" in client.get(sales, {"after": "2026-11-01"}).content.decode()


def test_asks_are_loaded_where_there_are_any(look, client, account, kari):
    where = reverse("accounts:asks", args=[account.pk])
    assert where not in look(account)
    Ask.objects.create(account=account, kind="referral", asked_on=TODAY, asked_by=kari)
    assert where in look(account)
    assert "Referral" in client.get(where).content.decode()


def test_the_whole_why_is_told_on_demand(look, client, account, kari):
    slot = make_slot("month", name="1-month call")
    owed = make_touchpoint(account, kari, date(2026, 11, 21), slot=slot, basis="purchase")
    assert "after the purchase of" in look(account)
    where = reverse("accounts:why", args=[account.pk, owed.pk])
    assert where in look(account)
    assert "<p" in client.get(where).content.decode()
    assert client.get(reverse("accounts:why", args=[account.pk + 1, owed.pk])).status_code == 404


def test_the_worst_concerns_come_first_and_the_others_when_asked_for(look, account, kari, client):
    for number in range(5):
        make_concern(account, what=f"Leak {number}", severity=3 if number == 4 else 1)
    html = look(account)
    assert "Leak 4" in html
    assert html.count('class="concern is-open"') == 3
    assert "2 more concerns" in html
    rest = client.get(reverse("accounts:concerns", args=[account.pk])).content.decode()
    assert rest.count('class="concern is-open"') == 5
    assert "more concern" not in rest

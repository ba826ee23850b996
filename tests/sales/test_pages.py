"""Purchases through their pages."""

from datetime import date

import pytest
import time_machine
from django.urls import reverse

from sales.models import Purchase
from tests.factories import make_account, make_contact, make_purchase, make_user

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("today")]


@pytest.fixture
def today():
    with time_machine.travel("2026-11-24 09:00:00+00:00", tick=False):
        yield


@pytest.fixture
def user(client):
    user = make_user()
    client.force_login(user)
    return user


@pytest.fixture
def account(user):
    return make_account(user, name="Acme")


TYPED = {"purchased_on": "2026-11-20", "amount": "1234.50", "currency": "eur", "about": "Pump"}


def test_a_purchase_is_recorded(client, user, account):
    answer = client.post(reverse("sales:add", args=[account.pk]), TYPED, follow=True)
    purchase = Purchase.objects.get()
    assert (purchase.currency, purchase.purchased_on) == ("EUR", date(2026, 11, 20))
    html = answer.content.decode().replace("\xa0", " ")
    assert "The purchase is recorded." in html
    assert "1,234" in html or "1,235" in html
    assert "Prospect" not in html


def test_a_refused_purchase_keeps_what_was_typed(client, user, account):
    typed = TYPED | {"purchased_on": "2026-12-20", "currency": "E", "amount": "abc"}
    answer = client.post(reverse("sales:add", args=[account.pk]), typed)
    html = answer.content.decode()
    assert answer.status_code == 422
    assert not Purchase.objects.exists()
    for words in ('value="2026-12-20"', 'value="abc"', 'value="Pump"'):
        assert words in html


def test_a_new_form_proposes_today_and_the_usual_currency(client, user, account):
    make_purchase(account, date(2026, 1, 1), currency="NOK")
    form = client.get(reverse("sales:add", args=[account.pk])).context["form"]
    assert form["purchased_on"].value() == date(2026, 11, 24)
    assert form["currency"].value() == "NOK"
    assert form["amount"].value() is None


def test_correcting_and_voiding(client, user, account):
    purchase = make_purchase(account, date(2026, 11, 1), "100.5000")
    where = reverse("sales:edit", args=[purchase.pk])
    assert 'value="100.50"' in client.get(where).content.decode()
    assert client.post(where, TYPED).status_code == 302
    purchase.refresh_from_db()
    assert str(purchase.amount) == "1234.5000"
    void = reverse("sales:void", args=[purchase.pk])
    assert client.post(void, {"reason": ""}).status_code == 422
    answer = client.post(void, {"reason": "entered twice"}, follow=True)
    assert "entered twice" in answer.content.decode()
    assert client.get(where).status_code == 403


def test_the_buyer_is_somebody_who_works_there(client, user, account):
    buyer = make_contact(account, first_name="Per", last_name="Vik", job_title="Buyer")
    gone = make_contact(account, left_on=date(2026, 11, 1))
    stranger = make_contact(make_account(user))
    where = reverse("sales:add", args=[account.pk])
    offered = client.get(where).context["form"].fields["buyer"].queryset
    assert list(offered) == [buyer]
    for pk in (gone.pk, stranger.pk):
        assert client.post(where, TYPED | {"buyer": pk}).status_code == 422
    answer = client.post(where, TYPED | {"buyer": buyer.pk}, follow=True)
    assert Purchase.objects.get().buyer == buyer
    assert "Per Vik" in answer.content.decode()
    assert "Per Vik" in client.get(reverse("sales:list", args=[account.pk])).content.decode()
    told = client.get(reverse("accounts:timeline", args=[account.pk])).content.decode()
    assert "ordered by Per Vik" in told


def test_a_buyer_who_has_left_since_stays_until_somebody_chooses_another(client, user, account):
    gone = make_contact(account, first_name="Per", last_name="Vik", left_on=date(2026, 11, 1))
    other = make_contact(account)
    purchase = make_purchase(account, date(2026, 10, 1), buyer=gone)
    where = reverse("sales:edit", args=[purchase.pk])
    assert set(client.get(where).context["form"].fields["buyer"].queryset) == {gone, other}
    assert client.post(where, TYPED | {"buyer": gone.pk}).status_code == 302
    purchase.refresh_from_db()
    assert (purchase.buyer, purchase.about) == (gone, "Pump")
    assert client.post(where, TYPED | {"buyer": other.pk}).status_code == 302
    assert client.post(where, TYPED | {"buyer": gone.pk}).status_code == 422
    purchase.refresh_from_db()
    assert purchase.buyer == other
    history = client.get(reverse("core:history", args=["sales.purchase", purchase.pk])).content.decode()
    assert "Per Vik" in history


@pytest.mark.parametrize("role", ["reader", "salesperson"])
def test_others_look_but_do_not_write(client, user, account, role):
    purchase = make_purchase(account, date(2026, 11, 1))
    client.force_login(make_user(role))
    assert client.get(reverse("sales:list", args=[account.pk])).status_code == 200
    for name, pk in (("add", account.pk), ("edit", purchase.pk), ("void", purchase.pk)):
        where = reverse(f"sales:{name}", args=[pk])
        assert client.get(where).status_code == 403
        assert client.post(where, TYPED | {"reason": "x"}).status_code == 403
    purchase.refresh_from_db()
    assert (Purchase.objects.count(), purchase.voided_at) == (1, None)


def test_the_list_of_an_account_is_paged_and_empty_says_so(client, user, account, django_assert_num_queries):
    where = reverse("sales:list", args=[account.pk])
    assert "No purchase yet" in client.get(where).content.decode()
    for n in range(2):
        make_purchase(account, date(2026, 1, 1 + n), sold_by=user, buyer=make_contact(account))
    with django_assert_num_queries(6) as few:
        client.get(where)
    for n in range(18):
        make_purchase(account, date(2026, 2, 1 + n), sold_by=user, buyer=make_contact(account))
    with django_assert_num_queries(len(few)):
        client.get(where)


def test_the_panel_of_an_account_shows_the_latest_and_costs_the_same(
    client, user, account, django_assert_num_queries
):
    panel = reverse("sales:panel", args=[account.pk])
    assert "No purchase yet" in client.get(panel).content.decode()
    eva = make_contact(account)
    for day in range(1, 8):
        make_purchase(account, date(2026, 10, day), about=f"Pump {day}", buyer=eva)
        if day in (2, 7):
            with django_assert_num_queries(5):
                html = client.get(panel).content.decode()
    assert "Pump 7" in html
    assert "Pump 2<" not in html
    assert reverse("sales:list", args=[account.pk]) in html

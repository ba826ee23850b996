"""Purchases: recorded, corrected, voided; what they make of an account."""

from datetime import date
from decimal import Decimal

import pytest
import time_machine
from django.core.exceptions import PermissionDenied, ValidationError

from core import facts
from sales import services
from sales.models import Purchase, PurchaseLine
from tests.factories import make_account, make_company, make_contact, make_purchase, make_user

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("today")]
DAY = date(2026, 11, 20)


@pytest.fixture
def today():
    with time_machine.travel("2026-11-24 09:00:00+00:00", tick=False):
        yield


@pytest.fixture
def rung(monkeypatch):
    heard = []
    monkeypatch.setattr(facts, "_listeners", [lambda accounts, users: heard.extend(accounts)])
    return heard


@pytest.fixture
def user():
    return make_user()


@pytest.fixture
def account(user):
    return make_account(user)


def status(account):
    account.refresh_from_db()
    return account.status, account.became_customer_on


def sell(user, account, amount="100", on=DAY, **more):
    return services.record_purchase(
        user, account, purchased_on=on, amount=Decimal(amount), currency="EUR", **more
    )


def test_the_first_purchase_makes_a_customer_and_rings(user, account, rung):
    sell(user, account, about="Pump")
    assert status(account) == ("customer", DAY)
    assert rung == [account.pk]


def test_four_decimals_are_kept(user, account):
    assert sell(user, account, "1265.1234").amount == Decimal("1265.1234")


def test_an_older_purchase_found_later_moves_the_first_day(user, account):
    sell(user, account)
    sell(user, account, on=date(2026, 1, 5))
    assert status(account) == ("customer", date(2026, 1, 5))


def test_a_credit_note_alone_makes_no_customer(user, account):
    sell(user, account, "-20", on=date(2026, 1, 1))
    assert status(account) == ("prospect", None)
    sell(user, account, "100")
    assert status(account) == ("customer", DAY)


def test_all_given_back_is_no_customer(user, account):
    sell(user, account, "100")
    sell(user, account, "-100")
    assert status(account) == ("prospect", None)


def test_a_former_customer_returns_only_by_a_later_purchase(user, account):
    sell(user, account)
    account.refresh_from_db()
    account.status, account.former_since = "former", date(2026, 11, 22)
    account.save()
    services.refresh_status([account.pk])
    assert status(account)[0] == "former"
    sell(user, account, on=date(2026, 11, 22))
    assert status(account)[0] == "former"
    sell(user, account, on=date(2026, 11, 23))
    assert status(account) == ("customer", DAY)
    assert account.former_since is None


def test_a_former_customer_without_a_known_day_stays_former(user, account):
    account.status = "former"
    account.save()
    sell(user, account)
    assert status(account)[0] == "former"


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"purchased_on": date(2026, 11, 25)}, "purchased_on"),
        ({"purchased_on": date(206, 11, 1)}, "purchased_on"),
        ({"amount": Decimal(0)}, "amount"),
        ({"currency": "euro"}, "currency"),
        ({"currency": "QQQ"}, "currency"),
        ({"currency": ""}, "currency"),
        ({"amount": Decimal("1e15")}, "amount"),
    ],
)
def test_wrong_facts_name_their_field_and_write_nothing(user, account, rung, wrong, field):
    given = {"purchased_on": DAY, "amount": Decimal(5), "currency": "EUR"} | wrong
    with pytest.raises(ValidationError) as refused:
        services.record_purchase(user, account, **given)
    assert field in refused.value.message_dict
    assert not Purchase.objects.exists()
    assert rung == []


def test_one_number_is_one_purchase(user, account):
    sell(user, account, external_id="O-1")
    with pytest.raises(ValidationError) as refused:
        sell(user, account, external_id="O-1")
    assert "external_id" in refused.value.message_dict


@pytest.mark.parametrize("role", ["salesperson", "reader", "manager"])
def test_strangers_record_nothing(account, role):
    with pytest.raises(PermissionDenied):
        sell(make_user(role), account)
    assert not Purchase.objects.exists()


class TestCorrect:
    def test_the_account_follows(self, user, account, rung):
        purchase = sell(user, account)
        services.correct_purchase(user, purchase, purchased_on=date(2026, 2, 2), amount=Decimal(7))
        assert status(account) == ("customer", date(2026, 2, 2))
        assert rung == [account.pk, account.pk]

    def test_sums_of_lines_are_corrected_by_their_lines(self, user, account):
        purchase = sell(user, account)
        PurchaseLine.objects.create(purchase=purchase, line_key="1", unit_price=100, quantity=1)
        with pytest.raises(ValidationError) as refused:
            services.correct_purchase(user, purchase, amount=Decimal(7))
        assert "amount" in refused.value.message_dict
        services.correct_purchase(user, purchase, about="Seals")

    def test_without_a_number_many_purchases_live_side_by_side(self, user, account):
        for purchase in (sell(user, account, external_id=""), sell(user, account, external_id="O-1")):
            services.correct_purchase(user, purchase, external_id="")
        assert Purchase.objects.filter(external_id=None).count() == 2

    def test_what_is_void_stays_void(self, user, account):
        purchase = services.void_purchase(user, sell(user, account), "typo")
        with pytest.raises(ValidationError, match="voided"):
            services.correct_purchase(user, purchase, amount=Decimal(7))

    def test_the_account_of_a_purchase_is_not_changed_by_the_back_door(self, user, account):
        with pytest.raises(ValueError, match="account"):
            services.correct_purchase(user, sell(user, account), account=make_account(user))


class TestVoid:
    def test_counts_for_nothing_and_stays(self, user, account, rung):
        purchase = sell(user, account)
        services.void_purchase(user, purchase, "entered twice")
        assert status(account) == ("prospect", None)
        purchase.refresh_from_db()
        assert (purchase.void_reason, purchase.voided_at is not None) == ("entered twice", True)
        assert len(rung) == 2

    def test_needs_a_reason(self, user, account):
        with pytest.raises(ValidationError) as refused:
            services.void_purchase(user, sell(user, account), "  ")
        assert "reason" in refused.value.message_dict

    def test_twice_keeps_the_first_reason(self, user, account):
        purchase = services.void_purchase(user, sell(user, account), "typo")
        assert services.void_purchase(user, purchase, "other").void_reason == "typo"

    def test_strangers_void_nothing(self, user, account):
        purchase = sell(user, account)
        with pytest.raises(PermissionDenied):
            services.void_purchase(make_user(), purchase, "x")


def test_many_accounts_are_refreshed_in_one_statement(user, django_assert_num_queries):
    accounts = [make_account(user) for _ in range(20)]
    for account in accounts[:15]:
        make_purchase(account, DAY)
    with django_assert_num_queries(1):
        assert services.refresh_status([account.pk for account in accounts]) == 15
    assert services.refresh_status([account.pk for account in accounts]) == 0
    assert services.refresh_status([]) == 0


def test_the_usual_currency_is_the_last_one_then_the_companys(user, account):
    make_company(currency="NOK")
    assert services.usual_currency(account) == "NOK"
    make_purchase(account, DAY, currency="USD")
    assert services.usual_currency(account) == "USD"


def test_a_buyer_works_at_the_account(user, account):
    buyer = make_contact(account)
    purchase = sell(user, account, buyer=buyer)
    for wrong in (make_contact(make_account(user)), make_contact(account, left_on=DAY)):
        with pytest.raises(ValidationError) as refused:
            services.correct_purchase(user, purchase, buyer=wrong)
        assert "works at this account" in refused.value.message_dict["buyer"][0]
    assert services.correct_purchase(user, purchase, buyer=None).buyer is None


def test_a_contact_that_is_gone_leaves_the_purchase(user, account):
    purchase = sell(user, account, buyer=make_contact(account))
    purchase.buyer.delete()
    purchase.refresh_from_db()
    assert purchase.buyer is None

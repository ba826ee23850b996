"""Share and rank of every account, counted once a night (R8)."""

from datetime import date

import pytest

from cadences import worth_night
from cadences.nightly import run_night
from core.models import JobRun
from sales.models import Worth
from sales.worth import count_worth
from tests.factories import make_account, make_company, make_purchase, make_user

pytestmark = pytest.mark.django_db
TODAY = date(2026, 11, 24)


def test_counts_net_sums_of_twelve_months_in_the_companys_currency():
    make_company(currency="EUR")
    account = make_account(make_user())
    make_purchase(account, date(2025, 11, 24), "9000")  # a day too old
    make_purchase(account, date(2025, 11, 25), "300")
    make_purchase(account, TODAY, "-100")
    make_purchase(account, TODAY, "50", currency="NOK")
    make_purchase(account, TODAY, "70", voided_at="2026-11-24T00:00Z", void_reason="mistake")
    make_purchase(make_account(), TODAY, "-5")
    assert count_worth(TODAY) == 1
    worth = Worth.objects.get()
    assert (worth.account_id, worth.revenue, worth.share, worth.rank) == (account.pk, 200, 1.0, 1)


def test_equals_share_a_rank_and_old_figures_are_replaced():
    first, second, third = (make_account() for _ in range(3))
    for account, amount in ((first, "100"), (second, "100"), (third, "40")):
        make_purchase(account, TODAY, amount)
    count_worth(TODAY)
    assert dict(Worth.objects.values_list("account_id", "rank")) == {first.pk: 1, second.pk: 1, third.pk: 3}
    first.purchases.all().delete()
    count_worth(TODAY)
    assert not Worth.objects.filter(account_id=first.pk).exists()
    assert set(Worth.objects.values_list("ranked", "owner_ranked")) == {(2, 2)}


def test_follows_each_night_once():
    make_purchase(make_account(), TODAY, "10")
    assert worth_night.tick() is None
    run_night(TODAY, "test")
    done = worth_night.tick()
    assert done is not None
    assert done.counts == {"counted": 1}
    assert worth_night.tick() is None
    assert JobRun.objects.filter(job="worth").count() == 1

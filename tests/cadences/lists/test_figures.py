"""What a large account list sorts by follows every verb, every import and every night."""

from datetime import date, timedelta
from decimal import Decimal

import pytest

from accounts.models import Account
from cadences import worth_night
from cadences.lists import facts
from cadences.lists.choice import Choice
from cadences.lists.figures import count_figures
from cadences.lists.rows import every_row
from cadences.models import Figures
from cadences.nightly import run_night
from contacts.models import Interaction
from contacts.services import LogEntry, log_interaction, withdraw_interaction
from sales.services import record_purchase, void_purchase
from tests.factories import make_account, make_interaction, make_purchase, make_tier, make_touchpoint

pytestmark = pytest.mark.django_db
TODAY = date(2026, 11, 24)


@pytest.fixture
def account(people):
    return make_account(people.kari, name="Acme")


def of(account):
    return Figures.objects.get(account=account)


def test_a_log_and_its_withdrawal(people, account):
    earlier = log_interaction(people.kari, account, LogEntry("call", "talked", happened_on=date(2026, 11, 2)))
    latest = log_interaction(people.kari, account, LogEntry("call", "talked", summary="Hello"))
    log_interaction(people.kari, account, LogEntry("call", "no_answer"))
    assert of(account).last_contact_on == TODAY
    withdraw_interaction(people.kari, latest, "Somebody else")
    assert of(account).last_contact_on == earlier.happened_on
    withdraw_interaction(people.kari, Interaction.objects.get(pk=earlier.pk), "Wrong account")
    assert of(account).last_contact_on is None


def test_a_purchase_and_its_voiding(people, account):
    sold = record_purchase(
        people.kari, account, purchased_on=date(2026, 9, 1), amount=Decimal("80.50"), currency="EUR"
    )
    record_purchase(people.kari, account, purchased_on=TODAY, amount=Decimal(-10), currency="NOK")
    assert (of(account).last_sale_on, of(account).sales_12m) == (date(2026, 9, 1), Decimal("70.50"))
    void_purchase(people.kari, sold, "Never sent")
    assert (of(account).last_sale_on, of(account).sales_12m) == (None, -10)


def test_only_the_accounts_that_were_asked_about(people, account):
    other = make_account(people.kari)
    for one in (account, other):
        make_touchpoint(one, people.kari, TODAY)
    assert count_figures(TODAY, [account.pk]) == 1
    assert of(account).next_contact_on == TODAY
    assert not Figures.objects.filter(account=other).exists()


def test_the_night_counts_all_anew_and_puts_right_what_came_around_the_verbs(people, account):
    record_purchase(people.kari, account, purchased_on=date(2025, 11, 25), amount=Decimal(5), currency="EUR")
    make_interaction(account, people.kari, happened_on=TODAY)
    assert (of(account).sales_12m, of(account).last_contact_on) == (5, None)
    run_night(TODAY, "test")
    assert worth_night.tick() is not None
    assert (of(account).sales_12m, of(account).last_contact_on) == (5, TODAY)
    tomorrow = TODAY + timedelta(days=1)
    worth_night.run(tomorrow, "test")
    assert (of(account).last_sale_on, of(account).sales_12m) == (date(2025, 11, 25), None)
    assert count_figures(tomorrow) == 0


def test_what_is_stored_is_what_the_list_computes(people, account):
    """Two statements of the same facts, one for many accounts and one for a few: none may learn alone."""
    for amount, on, fields in (
        ("80", date(2026, 3, 1), {}),
        ("-30", date(2026, 9, 1), {"currency": "NOK"}),
        ("500", date(2025, 1, 1), {}),
        ("70", TODAY, {"voided_at": "2026-11-24T00:00Z", "void_reason": "twice"}),
        ("9", date(2026, 12, 24), {}),
    ):
        make_purchase(account, on, amount, **fields)
    make_interaction(account, people.kari, happened_on=date(2026, 10, 1))
    make_interaction(account, people.kari, happened_on=TODAY, reached=False)
    make_interaction(
        account, people.kari, happened_on=TODAY, withdrawn_at="2026-11-24T00:00Z", withdrawn_reason="mixed up"
    )
    for kind, on, fields in (
        ("survey", date(2026, 11, 25), {}),
        ("call", date(2026, 11, 26), {"state": "done", "closed_on": TODAY}),
        ("call", date(2026, 12, 1), {}),
    ):
        make_touchpoint(account, people.kari, on, kind=kind, **fields)
    bare = make_account(people.kari)

    count_figures(TODAY)

    rows = Account.objects.filter(pk__in=[account.pk, bare.pk]).annotate(
        sold=facts.last_sale(), year=facts.sales_total(TODAY), spoken=facts.last_contact_on(),
        owed=facts.next_contact_on(),
    )  # fmt: skip
    stored = {
        one.account_id: (one.last_sale_on, one.sales_12m, one.last_contact_on, one.next_contact_on)
        for one in Figures.objects.all()
    }
    assert {row.pk: (row.sold, row.year, row.spoken, row.owed) for row in rows} == stored
    assert stored[account.pk][1:] == (50, date(2026, 10, 1), date(2026, 12, 1))


def test_two_and_twenty_accounts_cost_the_same(people, django_assert_num_queries):
    accounts = [make_account(people.kari) for _ in range(20)]
    for account in accounts:
        make_purchase(account, TODAY, "10")
    for ids in ([accounts[0].pk, accounts[1].pk], [account.pk for account in accounts], None):
        with django_assert_num_queries(5 if ids else 4):  # savepoint, locks, statement, savepoint
            count_figures(TODAY, ids)


@pytest.mark.parametrize("sort", ["employees", "-tier", "sales", "-last_contact"])
@pytest.mark.parametrize("wide", [0, 3_000])
def test_a_file_of_several_steps_ends(people, monkeypatch, sort, wide):
    monkeypatch.setattr("cadences.lists.rows.FILE_STEP", 2)
    monkeypatch.setattr("cadences.lists.rows.WIDE", wide)
    tiers = [make_tier(rank) for rank in (1, 2)]
    accounts = [make_account(people.kari, employees=n, tier=tiers[n % 2]) for n in range(5)]
    for account in accounts[:4]:
        make_purchase(account, TODAY, "10")
        make_interaction(account, people.kari, happened_on=TODAY)
    count_figures(TODAY)
    found = [row.pk for row in every_row(people.admin, Choice(sort=sort), TODAY)]
    assert sorted(found) == sorted(account.pk for account in accounts)

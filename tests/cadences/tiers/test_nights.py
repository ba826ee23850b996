"""Nights: up at once, down after the tier's months; choices of people and their last day; reasons."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
import time_machine

from accounts.models import Account, Tag, Tier, TierCondition, TierLift
from accounts.services import pin_tier
from cadences import plans
from cadences.nightly import run_night
from cadences.tiering import retier
from contacts.models import Ask
from tests.factories import make_account, make_company, make_purchase, make_schedule, make_user

pytestmark = pytest.mark.django_db
BOUGHT = date(2025, 8, 2)
FELL = date(2026, 8, 3)  # the first night on which that purchase no longer counts; 12 months are over


@pytest.fixture(autouse=True)
def _tiers() -> None:
    plans.seed()
    make_company(currency="EUR")


@pytest.fixture
def fallen() -> Account:
    """Large by a purchase that leaves the 12 months on FELL; 6,000 stay."""
    account = make_account()
    make_purchase(account, BOUGHT, "61200.90")
    make_purchase(account, date(2026, 6, 1), "6000.90")
    retier(None, date(2026, 6, 2))
    return account


def tier_of(account: Account) -> str:
    account.refresh_from_db()
    assert account.tier is not None
    return account.tier.name


def test_a_promotion_comes_at_once_and_says_why() -> None:
    account = make_account()
    make_purchase(account, date(2026, 1, 1), "6000")
    retier(None, date(2026, 1, 1))
    make_purchase(account, date(2026, 1, 5), "55200.50")
    retier(None, date(2026, 1, 5))
    account.refresh_from_db()
    assert account.tier_reason == "Medium → Large: 61,200 EUR in 12 months, threshold 25,000"
    assert account.tier_since == date(2026, 1, 5)


def test_a_demotion_waits_for_the_months_of_the_tier_and_says_since_when(fallen: Account) -> None:
    assert retier(None, FELL) == 0
    assert tier_of(fallen) == "Large"
    assert fallen.below_since == FELL
    assert fallen.tier_reason == "Large: 67,201 EUR in 12 months, threshold 25,000"  # as long as the tier
    assert retier(None, date(2026, 11, 2)) == 0
    assert retier(None, date(2026, 11, 3)) == 1
    assert tier_of(fallen) == "Medium"
    assert fallen.tier_reason == "Large → Medium: 6,000 EUR in 12 months, below 25,000 since 3 August"
    assert (fallen.tier_since, fallen.below_since) == (date(2026, 11, 3), None)


def test_waiting_is_nothing_that_the_history_or_a_form_sees(fallen: Account) -> None:
    fallen.refresh_from_db()
    before, events = fallen.updated_at, fallen.events.count()
    retier(None, FELL)
    fallen.refresh_from_db()
    assert (fallen.updated_at, fallen.events.count()) == (before, events)


def test_up_and_down_again_ends_where_it_began(fallen: Account) -> None:
    retier(None, FELL)
    make_purchase(fallen, date(2026, 10, 1), "30000")
    assert retier(None, date(2026, 10, 1)) == 0
    fallen.refresh_from_db()
    assert (tier_of(fallen), fallen.below_since) == ("Large", None)
    assert retier(None, date(2027, 10, 2)) == 0  # the second fall waits anew
    assert retier(None, date(2028, 1, 2)) == 1
    assert tier_of(fallen) == "Small"


def test_a_missed_night_demotes_on_the_next(fallen: Account) -> None:
    retier(None, FELL)
    assert retier(None, date(2026, 11, 20)) == 1
    assert fallen.events.latest("pgh_id").tier.name == "Large"
    assert tier_of(fallen) == "Medium"


def test_without_months_it_falls_at_once(fallen: Account) -> None:
    Tier.objects.filter(name="Large").update(demote_after_months=0)
    assert retier(None, FELL) == 1
    assert tier_of(fallen) == "Medium"
    assert fallen.tier_reason == "Large → Medium: 6,000 EUR in 12 months, below 25,000"


def test_the_year_is_said_where_it_is_another(fallen: Account) -> None:
    Tier.objects.filter(name="Large").update(demote_after_months=6)
    retier(None, FELL)
    retier(None, date(2027, 2, 3))
    fallen.refresh_from_db()
    assert fallen.tier_reason.endswith("below 25,000 since 3 August 2026")


class TestChoice:
    def test_it_stands_through_its_last_day_and_then_the_rules_decide_without_delay(
        self, fallen: Account
    ) -> None:
        large, until = Tier.objects.get(name="Large"), date(2026, 9, 30)
        admin = make_user("admin")
        with time_machine.travel("2026-09-01 10:00:00+00:00", tick=False):
            pin_tier(admin, fallen, large, reason="the group decides in September", until=until)
        assert retier(None, until) == 0
        assert tier_of(fallen) == "Large"
        assert fallen.tier_pinned
        assert retier(None, until + timedelta(days=1)) == 1
        assert tier_of(fallen) == "Medium"
        assert (fallen.tier_pinned, fallen.tier_pinned_until) == (False, None)
        assert fallen.tier_reason == (
            "Large → Medium: no longer pinned; 6,000 EUR in 12 months, below 25,000"
        )

    def test_given_back_the_next_night_decides(self, fallen: Account) -> None:
        small, admin = Tier.objects.get(name="Small"), make_user("admin")
        with time_machine.travel("2026-07-01 10:00:00+00:00", tick=False):
            pin_tier(admin, fallen, small, reason="pays late")
            retier(None, date(2026, 7, 1))
            assert tier_of(fallen) == "Small"
            pin_tier(admin, fallen, None)
        assert retier(None, date(2026, 7, 2)) == 1
        assert tier_of(fallen) == "Large"
        assert fallen.tier_pinned_until is None
        assert retier(None, date(2026, 7, 3)) == 0

    def test_a_choice_that_the_rules_share_ends_without_a_move(self, fallen: Account) -> None:
        Account.objects.update(tier_pinned=True, tier_pinned_until=date(2026, 7, 1))
        assert retier(None, date(2026, 7, 2)) == 0
        fallen.refresh_from_db()
        assert not fallen.tier_pinned
        assert fallen.tier_reason == ("Large: no longer pinned; 67,201 EUR in 12 months, threshold 25,000")

    def test_who_is_pinned_never_waits_to_fall(self, fallen: Account) -> None:
        retier(None, FELL)
        pin_tier(make_user("admin"), fallen, Tier.objects.get(name="Large"), reason="a partner")
        fallen.refresh_from_db()
        assert fallen.below_since is None
        assert retier(None, date(2027, 1, 1)) == 0


class TestReasons:
    def test_every_condition_that_decided_is_named(self) -> None:
        large = Tier.objects.get(name="Large")
        Tier.objects.filter(pk=large.pk).update(match="any")
        facts = [
            {"fact": "employees", "at_least": 500},
            {"fact": "purchase_count", "at_least": 2, "at_most": 9},
            {"fact": "country", "words": ["NO", "DK"]},
            {"fact": "industry", "words": ["Food"]},
            {"fact": "tag", "words": ["partner"]},
            {"fact": "network", "at_least": 3},
            {"fact": "yearly_revenue", "at_most": 900},
        ]
        for values in facts:
            TierCondition.objects.create(tier=large, **values)
        account = make_account(
            employees=1200, country="NO", industry="FOOD ", network_value=2, yearly_revenue=1000
        )
        account.tags.add(Tag.objects.create(name="partner"))
        for _ in range(2):
            make_purchase(account, date(2026, 1, 1), "10")
        Ask.objects.create(account=account, kind="referral", answer="yes", asked_on=date(2026, 1, 1))
        retier(None, date(2026, 1, 2))
        account.refresh_from_db()
        assert account.tier_reason == (
            "Large: 1,200 employees, threshold 500; 2 purchases, wanted 2 to 9; country Norway or Denmark; "
            "industry Food; tag partner; network value 3, threshold 3"
        )

    def test_the_first_tier_without_any_rule(self) -> None:
        account = make_account()
        retier(None, FELL)
        account.refresh_from_db()
        assert account.tier_reason == "Small: no rule of a higher tier holds"

    def test_a_lift_names_the_tier_it_lifts_from(self) -> None:
        account = make_account(network_value=5)
        retier(None, FELL)
        account.refresh_from_db()
        assert account.tier_reason == "Medium: lifted from Small by network value 5"

    def test_a_tier_that_lost_its_rule(self, fallen: Account) -> None:
        TierCondition.objects.filter(tier__name="Large").delete()
        Tier.objects.filter(name="Large").update(demote_after_months=0)
        retier(None, date(2026, 6, 3))
        fallen.refresh_from_db()
        assert fallen.tier_reason == "Large → Medium: no rule gives Large"


def test_referrals_that_brought_us_somebody_count_as_network() -> None:
    account = make_account(network_value=3)
    Ask.objects.create(account=account, kind="referral", answer="yes", asked_on=FELL)
    Ask.objects.create(account=account, kind="referral", answer="open", asked_on=FELL)
    retier(None, FELL - timedelta(days=1))
    assert tier_of(account) == "Small"
    retier(None, FELL)
    assert tier_of(account) == "Medium"
    TierLift.objects.update(tiers=9)  # higher than the highest tier there is none
    retier(None, FELL)
    assert tier_of(account) == "Large"


def test_many_changes_are_written_in_slices(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("cadences.tiering.SLICE", 3)
    accounts = [make_account() for _ in range(10)]
    for account in accounts[::2]:
        make_purchase(account, date(2026, 1, 1), "6000")
    assert retier(None, date(2026, 1, 2)) == 10
    assert {tier_of(account) for account in accounts[::2]} == {"Medium"}
    for account in accounts:
        make_purchase(account, date(2026, 1, 3), "30000")
    assert retier(None, date(2026, 1, 3)) == 10


def test_a_night_tells_how_many_moved() -> None:
    make_schedule()
    account = make_account()
    make_purchase(account, date(2026, 1, 1), "6000")
    assert run_night(date(2026, 1, 2), asked_by="test").counts["retiered"] == 1
    assert run_night(date(2026, 1, 3), asked_by="test").counts["retiered"] == 0


def test_without_tiers_nothing_happens() -> None:
    from cadences.models import PlanItem

    PlanItem.objects.all().delete()
    Tier.objects.all().delete()
    make_account()
    assert retier(None, FELL) == 0

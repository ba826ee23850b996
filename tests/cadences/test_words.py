"""The line that says why something is owed: of this account, and as the rule counted."""

from __future__ import annotations

from datetime import date

import pytest

from cadences.models import Override, Touchpoint
from cadences.words import short_why
from tests import factories as make

TODAY = date(2026, 11, 24)
BASE = date(2026, 11, 3)


@pytest.fixture
def owed(people):
    slot = make.make_slot("call")
    return make.make_touchpoint(
        make.make_account(people.owner, tier_since=date(2026, 11, 9)), people.owner, TODAY, slot,
        item=make.make_item(slot, every=3), base_on=BASE,
    )  # fmt: skip


def why(owed):
    rows = Touchpoint.objects.with_own_interval(TODAY).select_related("account", "item")
    return short_why(rows.get(pk=owed.pk)).replace("\u00a0", " ")


def test_the_plans_interval(owed):
    assert why(owed) == "3 months after the last contact, 3 Nov"


@pytest.mark.parametrize("until", [None, TODAY])
def test_the_accounts_own_interval(owed, until):
    Override.objects.create(
        account=owed.account, slot=owed.slot, every=2, unit="week", reason="x", until=until
    )
    assert why(owed) == "2 weeks after the last contact, 3 Nov"


@pytest.mark.parametrize("which", ["ended", "slot", "account"])
def test_an_interval_that_does_not_count_is_not_told(people, owed, which):
    other = {
        "ended": {"until": date(2026, 11, 23)},
        "slot": {"slot": make.make_slot("meeting")},
        "account": {"account": make.make_account(people.owner)},
    }[which]
    own = {"slot": owed.slot, "account": owed.account, "every": 2, "unit": "week", "reason": "x"}
    Override.objects.create(**own | other)
    assert why(owed) == "3 months after the last contact, 3 Nov"


def test_a_promotion_is_told_with_its_day_and_not_that_of_the_last_contact(owed):
    Touchpoint.objects.update(basis="promoted")
    assert why(owed) == "moved to a higher tier on 9 Nov"


def test_a_row_whose_item_has_left_the_plan(owed):
    Touchpoint.objects.update(item=None)
    assert why(owed) == "some time after the last contact, 3 Nov"

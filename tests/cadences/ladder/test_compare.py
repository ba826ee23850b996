"""The difference of two versions in words, as customers notice it; and what looks odd."""

from __future__ import annotations

from decimal import Decimal

import pytest

from cadences import plans
from cadences.plans import windows, words
from tests import factories as make
from tests.cadences.ladder.conftest import slot, tier, told


def set_(admin, draft, key, name, **values):
    return plans.set_cell(admin, draft, slot(key), tier(name), values)


CASES = {
    "interval of a tier": (
        lambda a, d: set_(a, d, "relationship-call", "Medium", every=1),
        "Relationship call, Medium: monthly instead of every 2 months.",
    ),
    "offset of the track": (
        lambda a, d: set_(a, d, "two-week-survey", "", every=10),
        "Two-week survey: 10 days instead of 14 after the purchase.",
    ),
    "off from a tier on": (
        lambda a, d: plans.switch_off_cell(a, d, slot("summer-greeting"), tier("Large")),
        "Summer greeting: no longer for Large.",
    ),
    "cleared": (
        lambda a, d: plans.clear_cell(a, d, slot("summer-greeting"), None),
        "Summer greeting: no longer in the plan.",
    ),
    "new for tiers": (
        lambda a, d: set_(a, d, "meeting", "Small", kind="meeting", anchor="calendar", cycle="year",
                          window_from=31, window_days=28, qualifying=["meeting"]),
        "Meeting: new for Small: yearly, meeting, 1\u00a0Feb – 28\u00a0Feb.",
    ),
    "window": (
        lambda a, d: set_(a, d, "summer-greeting", "", window_from=273, window_days=10),
        "Summer greeting: 1\u00a0Oct – 10\u00a0Oct instead of 2\u00a0Jun – 29\u00a0Jun.",
    ),
    "who, how long, how late": (
        lambda a, d: set_(a, d, "relationship-call", "Large", assignee="manager", minutes=30,
                          tolerance_days=5),
        "Relationship call, Large: The owner's team manager instead of The account's owner; on time until "
        "5 days after its date instead of on time until 4 days after its date; 30 min instead of 20 min.",
    ),
    "what counts": (
        lambda a, d: set_(a, d, "relationship-call", "Small", qualifying=["call", "email"]),
        "Relationship call, Small: counts now: e-mail; counts no longer: video call, meeting, visit, lunch.",
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", CASES)
def test_a_difference_is_a_sentence(plan, draft, admin, case):
    change, sentence = CASES[case]
    change(admin, draft)
    assert told(plans.compare(plan, draft)) == [sentence]
    assert len(plans.compare(draft, plan)) == 1
    assert plans.compare(draft, draft) == []


def test_what_starts_the_track_is_told_for_each_step(plan, draft, admin):
    plans.set_track(admin, draft, "new", Decimal("2500.00"))
    found = told(plans.compare(plan, draft))
    assert len(found) == 3
    assert found[0] == (
        "One-week call: every purchase for 2,500 or more, but none inside a running track instead of "
        "the first purchase."
    )


def test_tiers_that_change_alike_are_told_of_together(plan, draft, admin):
    for rank in (4, 5):
        make.make_tier(rank)
    plans.switch_off_cell(admin, draft, slot("summer-greeting"), tier("Large"))
    plans.switch_off_cell(admin, draft, slot("check-in"), tier("Tier 4"))
    assert told(plans.compare(plan, draft)) == [
        "Check-in e-mail: no longer for Tier 4 and Tier 5.",
        "Summer greeting: no longer for Large and above.",
    ]
    assert told(plans.compare(draft, plan))[1].startswith("Summer greeting: new for Large and above: yearly")


def test_a_cell_that_says_what_it_inherits_is_no_difference(plan, draft, admin):
    set_(
        admin, draft, "summer-greeting", "Large", kind="gift", anchor="calendar", cycle="year",
        window_from=152, window_days=28, tolerance_days=7, lapse_after=7, minutes=5,
        qualifying=["letter", "gift"], purpose=draft.items.get(slot__key="summer-greeting").purpose,
    )  # fmt: skip
    assert plans.compare(plan, draft) == []


def test_a_sheet_that_changes_is_told_with_what_changed(plan, draft, admin):
    item = draft.items.get(slot__key="one-week-call")
    text = plans.SheetText("One week after the purchase", ["How did it go?"], [("Training offered", "")])
    plans.write_sheet(admin, draft, item, text)
    (said,) = told(plans.compare(plan, draft))
    assert said == (
        "One-week call: talking points: 1 new line, 5 lines left out; checklist: 4 lines left out."
    )


def test_comparing_costs_three_queries_however_much_differs(plan, draft, admin, django_assert_num_queries):
    for name in ("Small", "Medium", "Large"):
        set_(admin, draft, "relationship-call", name, every=3, minutes=25)
    with django_assert_num_queries(3):
        assert len(plans.compare(plan, draft)) == 3


def test_a_higher_tier_that_gets_fewer_looks_odd_and_so_does_a_call_without_a_sheet(plan, draft, admin):
    assert plans.oddities(plan) == []
    set_(admin, draft, "relationship-call", "Large", every=1, unit="year", purpose=None)
    found = plans.oddities(draft)
    assert found == [
        "Relationship call: Large gets fewer than Medium (yearly, every 2 months).",
        "Relationship call, Large: no sheet, so nobody is told what to talk about.",
    ]
    for item in draft.items.exclude(slot__is_track=True).select_related("slot", "tier"):
        plans.clear_cell(admin, draft, item.slot, item.tier)
    assert plans.oddities(draft)[:1] == ["Small: nothing is owed but what follows a purchase."]


def test_a_yearly_survey_that_is_cut_into_quarters_looks_odd(plan, draft, admin):
    set_(admin, draft, "yearly-survey", "", window_from=31, window_days=300)
    (said,) = plans.oddities(draft)
    assert said.replace("\u00a0", " ") == (
        "Yearly survey: 1 Feb – 27 Nov is cut into waves of a quarter; in two weeks all are asked at once."
    )


# -- Windows: days of a cycle and dates of the year ---------------------------------------------------------


@pytest.mark.parametrize("month", range(1, 13))
def test_a_day_of_the_year_and_its_place_in_the_cycle_are_the_same(month):
    for day in (1, 15, windows.days_in(month)):
        offset = windows.offset_of(month, day)
        assert (windows.day_at(offset).month, windows.day_at(offset).day) == (month, day)


def test_a_window_is_said_in_dates_for_every_cycle(plan):
    def said(key: str, name: str, **options) -> str:
        return words.window(plan.items.get(slot__key=key, tier=tier(name)), **options).replace("\u00a0", " ")

    assert said("yearly-survey", "") == "7 Oct – 20 Oct"
    assert said("check-in", "") == "15 Jan – 13 Jun, 15 Jul – 11 Dec"
    assert said("check-in", "", short=True) == "15 Jan – 13 Jun and so on"
    assert said("meeting", "Large").count("–") == 4
    item = plan.items.get(slot__key="summer-greeting")
    item.cycle, item.window_from, item.window_days = "month", 2, 10
    assert words.window(item) == "day 3 to 12"
    item.window_days = 1
    assert words.window(item) == "on day 3"
    item.cycle, item.window_from, item.window_days = "year", 0, 365
    assert words.window(item) == "any day"

"""Cells of a draft: written, inherited, off; two admins at the same cell; what is refused, in words."""

from __future__ import annotations

from decimal import Decimal

import pytest
from django.core.exceptions import PermissionDenied, ValidationError

from cadences import plans
from cadences.models import Plan, PlanItem
from cadences.plans import words
from tests import factories as make
from tests.cadences.ladder.conftest import slot, tier

ROLLING = {"anchor": "after_contact", "every": 2, "unit": "month", "qualifying": ["call"], "kind": "call"}
YEARLY = {
    "anchor": "calendar", "cycle": "year", "window_from": 273, "window_days": 10, "kind": "survey",
    "assignee": "nobody", "tolerance_days": 3, "lapse_after": 3,
}  # fmt: skip
AFTER = {
    "anchor": "after_event", "every": 10, "unit": "day", "kind": "call", "qualifying": ["call"],
    "assignee": "owner", "minutes": 15,
}  # fmt: skip


def problems(verb) -> dict[str, list[str]]:
    with pytest.raises(ValidationError) as refused:
        verb()
    error = refused.value
    return error.message_dict if hasattr(error, "error_dict") else {"": error.messages}


def item_of(plan: Plan, key: str, name: str) -> PlanItem | None:
    return PlanItem.objects.filter(plan=plan, slot=slot(key), tier=tier(name)).with_words().first()


def test_a_draft_has_the_cells_of_the_running_version_and_a_number_of_its_own(plan, draft, admin):
    assert (draft.version, draft.state, draft.made_from, draft.made_by) == (2, "draft", plan, admin)
    assert draft.items.count() == plan.items.count() > 0
    assert set(draft.items.values_list("since", flat=True)) == {None}
    assert plans.compare(plan, draft) == []
    again = plans.draft_of(admin, draft)
    assert (again.version, again.made_from) == (3, draft)


def test_a_cell_is_written_cleared_and_switched_off(draft, plan, admin):
    call, large = slot("relationship-call"), tier("Large")
    plans.set_cell(admin, draft, call, large, {"every": 2, "unit": "week"})
    kept = item_of(draft, "relationship-call", "Large")
    assert (kept.every, kept.unit, kept.minutes, kept.purpose.key) == (2, "week", 20, "relationship-call")
    plans.clear_cell(admin, draft, call, large)
    effective = plans.effective_items(draft)
    assert words.rhythm(effective[large.rank][call.pk]) == "every 2 months"
    plans.switch_off_cell(admin, draft, call, large)
    assert call.pk not in plans.effective_items(draft)[large.rank]
    plans.set_cell(admin, draft, call, large, ROLLING)
    assert item_of(draft, "relationship-call", "Large").is_off is False
    assert item_of(plan, "relationship-call", "Large").every == 1  # the running version is as it was


def test_leftovers_of_another_anchor_are_not_kept(draft, admin):
    survey = slot("yearly-survey")
    plans.set_cell(admin, draft, survey, None, {**AFTER, "min_amount": Decimal(500), "product": "Pump"})
    plans.set_cell(admin, draft, survey, None, YEARLY)
    item = item_of(draft, "yearly-survey", "")
    assert (item.every, item.min_amount, item.product, item.starts) == (0, None, "", "first")
    plans.set_cell(admin, draft, survey, None, {**ROLLING, "assignee": "owner", "minutes": 5})
    item = item_of(draft, "yearly-survey", "")
    assert (item.cycle, item.window_days, item.avoids_track, item.lapse_after) == ("", 0, False, None)


def test_two_admins_at_one_cell_the_second_is_told_and_can_save_then(draft, admin):
    call, small = slot("relationship-call"), tier("Small")
    seen = plans.token_of(item_of(draft, "relationship-call", "Small"))
    plans.set_cell(make.make_user("admin"), draft, call, small, {"every": 3}, seen=seen)
    with pytest.raises(plans.StaleError) as refused:
        plans.set_cell(admin, draft, call, small, {"every": 4}, seen=seen)
    assert "every 3 months" in refused.value.message
    assert item_of(draft, "relationship-call", "Small").every == 3
    plans.set_cell(admin, draft, call, small, {"every": 4}, seen=refused.value.stored)
    assert item_of(draft, "relationship-call", "Small").every == 4


@pytest.mark.parametrize("verb", ["set", "clear", "off"])
def test_an_empty_cell_that_was_filled_meanwhile_is_not_overwritten(draft, admin, verb):
    visit, small = slot("meeting"), tier("Small")
    plans.set_cell(admin, draft, visit, small, ROLLING)
    verbs = {
        "set": lambda: plans.set_cell(admin, draft, visit, small, AFTER, seen=""),
        "clear": lambda: plans.clear_cell(admin, draft, visit, small, seen=""),
        "off": lambda: plans.switch_off_cell(admin, draft, visit, small, seen=""),
    }
    with pytest.raises(plans.StaleError):
        verbs[verb]()
    assert item_of(draft, "meeting", "Small").anchor == "after_contact"


@pytest.mark.parametrize("who", ["owner", "manager", "desk"])
def test_only_admins_change_a_draft(draft, people, who):
    user, call = getattr(people, who), slot("relationship-call")
    for verb in (
        lambda: plans.draft_of(user),
        lambda: plans.set_cell(user, draft, call, None, ROLLING),
        lambda: plans.clear_cell(user, draft, call, tier("Large")),
        lambda: plans.switch_off_cell(user, draft, call, tier("Large")),
        lambda: plans.set_track(user, draft, "new"),
        lambda: plans.discard(user, draft),
        lambda: plans.add_slot(user, "Visit"),
    ):
        with pytest.raises(PermissionDenied):
            verb()


def test_only_drafts_are_edited_and_the_base_plan_has_nothing_to_switch_off(plan, draft, admin):
    call = slot("relationship-call")
    assert "Make a draft" in problems(lambda: plans.set_cell(admin, plan, call, None, ROLLING))[""][0]
    assert "clear the cell" in problems(lambda: plans.switch_off_cell(admin, draft, call, None))[""][0]
    plans.discard(admin, draft)
    assert "discarded" in problems(lambda: plans.set_cell(admin, draft, call, None, ROLLING))[""][0]
    assert problems(lambda: plans.discard(admin, plan))


def test_agreed_dates_are_in_no_plan(draft, admin):
    assert problems(lambda: plans.set_cell(admin, draft, make.make_slot("agreed"), None, ROLLING))


REFUSED = {
    "interval 0": (ROLLING | {"every": 0}, "every", "at least 1"),
    "interval 10,000 days": (ROLLING | {"every": 10_000, "unit": "day"}, "every", "3660 days"),
    "interval 600 weeks": (ROLLING | {"every": 600, "unit": "week"}, "every", "520 weeks"),
    "interval 11 years": (ROLLING | {"every": 11, "unit": "year"}, "every", "10 years"),
    "offset 4,000 days": (AFTER | {"every": 4_000}, "every", "ten years"),
    "negative": (AFTER | {"every": -1}, "every", "0 or more"),
    "longer than the year": (YEARLY | {"window_from": 300, "window_days": 80}, "window_days", "365 days"),
    "longer than a quarter": (YEARLY | {"cycle": "quarter", "window_from": 5, "window_days": 90},
                              "window_days", "90 days"),
    "29th of the month": (YEARLY | {"cycle": "month", "window_from": 28, "window_days": 1}, "window_days",
                          "28th"),
    "no window": (YEARLY | {"window_days": 0}, "window_days", "before the first"),
    "no cycle": (YEARLY | {"cycle": ""}, "cycle", "how often"),
    "lapses while on time": (YEARLY | {"tolerance_days": 9, "lapse_after": 4}, "lapse_after",
                             "still on time"),
    "lapses in 20 years": (YEARLY | {"lapse_after": 7_000}, "lapse_after", "empty for never"),
    "later than the next one": (ROLLING | {"every": 2, "unit": "week", "tolerance_days": 14},
                                "tolerance_days", "Shorter than the interval"),
    "survey by a person": (YEARLY | {"assignee": "owner"}, "assignee", "neutral address"),
    "call by nobody": (ROLLING | {"assignee": "nobody"}, "assignee", "Somebody has to do this"),
    "gift by nobody": (YEARLY | {"kind": "gift"}, "assignee", "Somebody has to do this"),
    "rolling survey": (ROLLING | {"kind": "survey", "assignee": "nobody"}, "anchor", "in the calendar"),
    "nothing qualifies": (ROLLING | {"qualifying": []}, "qualifying", "at least one"),
    "a note qualifies": (ROLLING | {"qualifying": ["note"]}, "qualifying", "a note is none"),
    "no minutes": (ROLLING | {"minutes": 0}, "minutes", "Between 1 and 600"),
    "a day of minutes": (ROLLING | {"minutes": 1440}, "minutes", "Between 1 and 600"),
    "amount 0": (AFTER | {"min_amount": Decimal(0)}, "min_amount", "above 0"),
    "no such kind": (ROLLING | {"kind": "fax"}, "kind", "Choose"),
}  # fmt: skip


@pytest.mark.parametrize("case", REFUSED)
def test_nonsense_is_refused_with_the_field_and_the_cure(draft, admin, case):
    values, field, cure = REFUSED[case]
    before = list(draft.items.order_by("id").values())
    found = problems(lambda: plans.set_cell(admin, draft, slot("check-in"), tier("Large"), values))
    assert cure in " ".join(found[field])
    assert list(draft.items.order_by("id").values()) == before


@pytest.mark.parametrize(
    "values",
    [
        AFTER | {"every": 0},  # on the day of the purchase itself
        YEARLY | {"window_from": 0, "window_days": 365},
        YEARLY | {"cycle": "half", "window_days": 1, "window_from": 180},
        YEARLY | {"cycle": "month", "window_from": 0, "window_days": 28},
        ROLLING | {"every": 10, "unit": "year", "tolerance_days": 365},
        YEARLY | {"kind": "email", "assignee": "nobody"},
        ROLLING | {"assignee": "deputy"},
    ],
)
def test_what_is_unusual_but_makes_sense_is_taken(draft, admin, values):
    assert plans.set_cell(admin, draft, slot("check-in"), tier("Large"), values) is not None


def test_the_track_is_counted_from_the_purchase(draft, admin):
    found = problems(lambda: plans.set_cell(admin, draft, slot("one-week-call"), None, ROLLING))
    assert "1-2-1 track" in found["anchor"][0]


def test_what_starts_the_track_is_said_once_for_all_of_it(draft, admin):
    plans.set_track(admin, draft, "restart", Decimal(5000), " Pump ")
    steps = PlanItem.objects.filter(plan=draft, slot__is_track=True)
    assert {(one.starts, one.min_amount, one.product) for one in steps} == {
        ("restart", Decimal(5000), "Pump")
    }
    said = "every purchase of “Pump” for 5,000 or more, which restarts a running track"
    assert words.starts(steps[0]) == said
    with pytest.raises(plans.StaleError):
        plans.set_track(admin, draft, "new", seen="as it was before")
    assert problems(lambda: plans.set_track(admin, draft, "sometimes"))["starts"]
    for one in steps:
        plans.clear_cell(admin, draft, one.slot, None)
    assert "empty" in problems(lambda: plans.set_track(admin, draft, "new"))[""][0]

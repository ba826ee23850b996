"""Random edits of drafts: what the comparison says is what customers get, and rolling back undoes it all."""

from __future__ import annotations

from random import Random

import pytest
from django.core.exceptions import ValidationError

from accounts.models import Tier
from cadences import plans
from cadences.models import Plan, Slot
from cadences.plans.comparing import content
from tests.cadences.ladder.conftest import TODAY

KINDS = ["call", "meeting", "email", "gift", "survey", "letter"]


def wild_values(rng: Random) -> dict:
    """Values that are often sensible and sometimes refused."""
    return {
        "kind": rng.choice(KINDS),
        "anchor": rng.choice(["after_contact", "calendar", "after_event"]),
        "every": rng.choice([0, 1, 2, 6, 14, 400, 4000]),
        "unit": rng.choice(["day", "week", "month", "year"]),
        "cycle": rng.choice(["year", "half", "quarter", "month", ""]),
        "window_from": rng.choice([0, 7, 30, 200]),
        "window_days": rng.choice([0, 1, 20, 90, 365]),
        "tolerance_days": rng.choice([0, 3, 30]),
        "lapse_after": rng.choice([None, 0, 14, 40]),
        "assignee": rng.choice(["owner", "manager", "deputy", "nobody"]),
        "minutes": rng.choice([0, 5, 60]),
        "qualifying": rng.sample(["call", "email", "meeting", "note"], rng.randint(0, 3)),
    }


def edit(rng: Random, admin, draft: Plan, slots: list[Slot], tiers: list[Tier | None]) -> None:
    """One thing that an admin may do; what is refused leaves the draft as it was."""
    slot, tier = rng.choice(slots), rng.choice(tiers)
    verb = rng.choice(["set", "set", "clear", "off"])
    try:
        if verb == "set":
            plans.set_cell(admin, draft, slot, tier, wild_values(rng))
        elif verb == "clear":
            plans.clear_cell(admin, draft, slot, tier)
        else:
            plans.switch_off_cell(admin, draft, slot, tier)
    except ValidationError:
        pass


def given(plan: Plan) -> dict[tuple[int, int], object]:
    """What every rank gets in every slot."""
    return {
        (rank, slot): content(item)
        for rank, items in plans.effective_items(plan).items()
        for slot, item in items.items()
    }


@pytest.mark.parametrize("seed", range(12))
def test_the_comparison_names_every_slot_that_changes_and_no_other(plan, admin, seed):
    rng = Random(seed)
    slots, tiers = list(Slot.objects.of_plans().order_by("key")), [None, *Tier.objects.order_by("rank")]
    draft = plans.draft_of(admin)
    for _ in range(rng.choice([1, 3, 12])):
        edit(rng, admin, draft, slots, tiers)
    old, new = given(plan), given(draft)
    changed = {key[1] for key in old.keys() | new.keys() if old.get(key) != new.get(key)}
    found = plans.compare(plan, draft)
    assert {one.slot.pk for one in found} == changed
    assert all(one.words.endswith(".") and "None" not in one.words for one in found)
    plans.oddities(draft)  # says something about any plan
    copy = plans.draft_of(admin, draft)
    assert given(copy) == new
    if not found:
        return
    plans.activate(admin, draft, TODAY)
    assert all(item.since is not None and item.since <= TODAY for item in draft.items.all())
    back = plans.roll_back(admin, TODAY)
    assert given(back) == old

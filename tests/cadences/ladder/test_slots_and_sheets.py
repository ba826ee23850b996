"""Slots and purpose sheets: shared by the versions, so neither may change what runs behind one's back."""

from __future__ import annotations

import pytest
from django.core.exceptions import ValidationError

from cadences import plans
from cadences.models import Override, Purpose, Slot
from cadences.plans.sheets import sheet_token
from tests import factories as make
from tests.cadences.ladder.conftest import TODAY, slot, tier

TEXT = plans.SheetText(
    "One week after",
    [" How did it go? ", "", "Who uses it?"],
    [("Training offered", ""), ("More", "favourable")],
)


def refusal(verb) -> str:
    with pytest.raises(ValidationError) as refused:
        verb()
    return " ".join(refused.value.messages)


# -- Sheets -----------------------------------------------------------------------------------------------


def test_the_running_plan_keeps_its_sheet_while_a_draft_changes_its_own(plan, draft, admin):
    item = draft.items.get(slot__key="one-week-call")
    sheet = plans.write_sheet(admin, draft, item, TEXT)
    assert sheet.talking_points == ["How did it go?", "Who uses it?"]
    assert sheet.checklist == [
        {"key": "training", "text": "Training offered", "gate": ""},  # the key it had: old ticks still count
        {"key": "more", "text": "More", "gate": "favourable"},
    ]
    assert plan.items.get(slot__key="one-week-call").purpose.name == "One week after the purchase"
    again = plans.write_sheet(admin, draft, item, TEXT)
    assert again.pk == sheet.pk  # its own by now: no second copy


def test_all_cells_of_the_draft_that_use_a_sheet_change_together(draft, admin):
    item = draft.items.get(slot__key="relationship-call", tier__name="Small")
    sheet = plans.write_sheet(admin, draft, item, TEXT)
    assert set(draft.items.filter(slot__key="relationship-call").values_list("purpose", flat=True)) == {
        sheet.pk
    }


def test_a_cell_without_a_sheet_gets_one_and_a_discarded_draft_takes_it_away(draft, admin):
    item = plans.set_cell(
        admin, draft, slot("meeting"), tier("Small"),
        {"kind": "call", "anchor": "after_contact", "every": 1, "unit": "year", "qualifying": ["call"]},
    )  # fmt: skip
    sheet = plans.write_sheet(admin, draft, item, TEXT)
    shared = draft.items.get(slot__key="one-week-call").purpose
    plans.discard(admin, draft)
    assert not Purpose.objects.filter(pk=sheet.pk).exists()
    assert Purpose.objects.filter(pk=shared.pk).exists()


def test_two_admins_at_one_sheet(draft, admin):
    item = draft.items.get(slot__key="one-week-call")
    seen = sheet_token(item.purpose)
    plans.write_sheet(admin, draft, item, TEXT, seen=seen)
    with pytest.raises(plans.StaleError):
        plans.write_sheet(admin, draft, item, TEXT, seen=seen)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (plans.SheetText("", [], []), "name"),
        (plans.SheetText("A", ["x" * 301], []), "Line 1 is longer than 300"),
        (plans.SheetText("A", [f"point {n}" for n in range(31)], []), "At most 30 lines"),
        (plans.SheetText("A", [], [("Same", ""), (" Same", "favourable")]), "twice"),
    ],
)
def test_what_a_sheet_cannot_be(draft, admin, text, words):
    item = draft.items.get(slot__key="one-week-call")
    assert words in refusal(lambda: plans.write_sheet(admin, draft, item, text))


# -- Slots ------------------------------------------------------------------------------------------------


def test_a_new_slot_owes_nothing_and_can_be_deleted_until_a_version_uses_it(plan, draft, admin):
    visit = plans.add_slot(admin, "  Plant   visit ")
    assert (visit.name, visit.key, visit.is_track) == ("Plant visit", "plant-visit", False)
    assert visit.position > slot("summer-greeting").position
    values = {"kind": "call", "anchor": "after_contact", "every": 1, "unit": "year", "qualifying": ["call"]}
    plans.set_cell(admin, draft, visit, None, values)
    assert "is used by plan 2." in refusal(lambda: plans.delete_slot(admin, visit))
    plans.clear_cell(admin, draft, visit, None)
    plans.delete_slot(admin, visit)
    assert not Slot.objects.filter(pk=visit.pk).exists()


def test_a_slot_that_touchpoints_or_exceptions_use_stays(plan, people, admin):
    old = plans.add_slot(admin, "Old contact")
    account = make.make_account(people.owner)
    exception = Override.objects.create(account=account, slot=old, is_off=True, reason="asked")
    assert "1 exception" in refusal(lambda: plans.delete_slot(admin, old))
    exception.delete()
    make.make_touchpoint(account, people.owner, TODAY, old)
    assert "touchpoints of earlier versions" in refusal(lambda: plans.delete_slot(admin, old))
    assert "plan 1" in refusal(lambda: plans.delete_slot(admin, slot("relationship-call")))
    assert "built in" in refusal(lambda: plans.delete_slot(admin, make.make_slot("agreed")))


def test_names_are_kept_apart(plan, admin):
    call = slot("relationship-call")
    assert "already" in refusal(lambda: plans.add_slot(admin, "MEETING"))
    assert "name" in refusal(lambda: plans.edit_slot(admin, call, name=" "))
    plans.edit_slot(admin, call, name="Staying in touch")
    assert slot("relationship-call").name == "Staying in touch"  # key and what is owed stay


def test_a_slot_in_use_does_not_change_sides(plan, admin):
    assert "Add another slot" in refusal(
        lambda: plans.edit_slot(admin, slot("meeting"), name="Meeting", is_track=True)
    )
    unused = plans.add_slot(admin, "Handover")
    assert plans.edit_slot(admin, unused, name="Handover", is_track=True).is_track


def test_slots_are_ordered_within_their_group(plan, admin):
    def order() -> list[str]:
        return [row.key for row in Slot.objects.of_plans().in_order()]

    first = order()
    plans.move_slot(admin, slot("meeting"), up=True)
    assert order().index("meeting") == order().index("relationship-call") - 1
    plans.move_slot(admin, slot("meeting"), up=False)
    assert order() == first
    plans.move_slot(admin, slot("one-week-call"), up=True)
    plans.move_slot(admin, slot("one-month-call"), up=False)  # the last of the track stays in it
    assert order() == first

"""The ladder and its pages: read by everybody, edited by admins; nothing typed is lost."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.urls import reverse

from cadences import plans
from cadences.models import Plan, PlanItem, Slot
from tests import factories as make
from tests.cadences.ladder.conftest import TODAY, slot, tier

HTMX = {"HX-Request": "true"}


@pytest.fixture
def desk(client, admin):
    client.force_login(admin)
    return client


def cell_at(plan: Plan, key: str, name: str = "") -> str:
    return reverse("plan:cell", args=[plan.pk, slot(key).pk, tier(name).pk if name else 0])


def fields(desk, at: str, **changes) -> dict:
    """What the editor's form holds, as a browser would send it, with some of it changed."""
    form = desk.get(at).context["form"]
    data = {name: form[name].value() for name in form.fields}
    return {name: value for name, value in {**data, **changes}.items() if value not in (None, "", False)}


def text_of(response) -> str:
    return " ".join(response.content.decode().replace("\u00a0", " ").split())


def test_without_any_plan_the_page_says_what_belongs_here(desk):
    page = desk.get(reverse("plan:ladder"))
    assert "There is no plan yet" in text_of(page)
    assert desk.post(reverse("plan:draft")).status_code == 302
    assert Plan.objects.get().state == "draft"


def test_the_ladder_shows_what_each_tier_gets(client, people, plan):
    client.force_login(people.owner)  # everybody may know what is owed to whom
    page = text_of(client.get(reverse("plan:ladder")))
    for said in ("Plan 1", "every 2 months", "monthly", "quarterly", "+14 days", "inherited",
                 "after the first purchase", "Meeting · 1 Feb – 27 Nov · 90 min"):  # fmt: skip
        assert said in page, said
    assert "Make a draft of it" not in page
    assert "Arrow keys" not in page


@pytest.mark.parametrize("who", ["owner", "manager", "desk"])
def test_a_cell_can_be_read_by_everybody_and_written_by_admins(client, people, plan, draft, who):
    client.force_login(getattr(people, who))
    for version in (plan, draft):
        at = cell_at(version, "relationship-call", "Large")
        page = text_of(client.get(at))
        assert "monthly" in page
        assert "What has changed since we last talked" in page
        assert "<form" not in page[page.index("<main") :]
        assert client.post(at, {"kind": "nonsense"}).status_code == 403


def test_pages_cost_the_same_queries_with_few_and_many_tiers(
    desk, admin, draft, django_assert_max_num_queries
):
    at = reverse("plan:version", args=[draft.pk])
    desk.get(at)
    counts = []
    for rank in range(4, 13):
        make.make_tier(rank)
    for _ in range(2):
        with django_assert_max_num_queries(30) as found:
            desk.get(at)
        counts.append(len(found))
        for n in range(10):
            extra = plans.add_slot(admin, f"Contact {_}{n}")
            make.make_item(extra, plan=draft, tier=tier("Small"), qualifying=["call"])
            plans.draft_of(admin) if n < 3 else None
    assert counts[0] == counts[1]


def test_an_admin_edits_a_cell_and_sees_the_difference_counted(desk, plan, draft):
    at = cell_at(draft, "relationship-call", "Medium")
    saved = desk.post(at, fields(desk, at, every=1, act="save"), headers=HTMX)
    assert saved.status_code == 200
    assert "1 difference from plan 1" in text_of(saved)
    assert 'hx-swap-oob="true"' in text_of(saved)
    plain = desk.post(at, fields(desk, at, every=3, act="save"))  # without script: back to the ladder
    assert plain["Location"].startswith(reverse("plan:version", args=[draft.pk]))
    assert draft.items.get(slot__key="relationship-call", tier__name="Medium").every == 3
    assert plan.items.get(slot__key="relationship-call", tier__name="Medium").every == 2


def test_an_inherited_cell_starts_with_what_it_inherits(desk, draft):
    at = cell_at(draft, "check-in", "Large")
    assert "Inherited from below: half-yearly, e-mail" in text_of(desk.get(at))
    desk.post(at, fields(desk, at, minutes=10))
    item = draft.items.get(slot__key="check-in", tier__name="Large")
    assert (item.cycle, item.window_from, item.window_days, item.minutes) == ("half", 14, 150, 10)


@pytest.mark.parametrize(("act", "left"), [("clear", 0), ("off", 1)])
def test_inherit_and_switch_off(desk, draft, act, left):
    at = cell_at(draft, "relationship-call", "Large")
    assert desk.post(at, fields(desk, at, act=act), headers=HTMX).status_code == 200
    assert (
        PlanItem.objects.filter(plan=draft, slot__key="relationship-call", tier__name="Large").count() == left
    )


WINDOWS = {
    "February 30": ({"first_day": 30, "first_month": 2}, "29th comes only in leap years"),
    "February 29": ({"last_day": 29, "last_month": 2, "first_month": 1}, "29th comes only in leap years"),
    "June 31": ({"last_day": 31, "last_month": 6}, "June has 30 days"),
    "no day": ({"first_day": ""}, "Say the day and the month"),
    "backwards": ({"first_day": 1, "first_month": 12}, "The last day is before the first"),
    "second half": ({"cycle": "half"}, "from January to June"),
    "end of the month": ({"cycle": "month", "first_day": 20, "last_day": 31}, "every month"),
}


@pytest.mark.parametrize("case", WINDOWS)
def test_impossible_windows_are_refused_and_what_was_typed_stays(desk, draft, case):
    changes, words = WINDOWS[case]
    at = cell_at(draft, "yearly-survey")
    data = fields(desk, at, **changes)
    refused = desk.post(at, data | {"act": "save", "tolerance_days": 9}, headers=HTMX)
    assert refused.status_code == 422
    assert words in text_of(refused)
    assert refused.context["form"]["tolerance_days"].value() == "9"


@pytest.mark.parametrize(
    ("changes", "window"),
    [
        ({"first_day": 1, "first_month": 10, "last_day": 10, "last_month": 10}, (273, 10)),
        ({"cycle": "quarter", "first_day": 8, "first_month": 1, "last_day": 18, "last_month": 3}, (7, 70)),
        ({"cycle": "month", "first_day": 3, "first_month": 7, "last_day": 12, "last_month": 7}, (2, 10)),
        ({"first_day": 31, "first_month": 12, "last_day": 31, "last_month": 12}, (364, 1)),
    ],
)
def test_windows_are_typed_as_dates(desk, draft, changes, window):
    at = cell_at(draft, "yearly-survey")
    assert desk.post(at, fields(desk, at, **changes)).status_code == 302
    item = draft.items.get(slot__key="yearly-survey")
    assert (item.window_from, item.window_days) == window


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"every": "10000", "unit": "day"}, "At most 3660 days"),
        ({"every": "0"}, "at least 1"),
        ({"every": ""}, "Say how long"),
        ({"every": "99999999999"}, "At most 120 months"),
        ({"every": "-2"}, "0 or more"),
        ({"every": "two"}, "whole number"),
        ({"assignee": "nobody"}, "Somebody has to do this"),
        ({"kind": "survey"}, "in the calendar"),
        ({"qualifying": []}, "at least one"),
    ],
)
def test_a_wrong_number_or_person_stands_beside_its_field(desk, draft, changes, words):
    at = cell_at(draft, "relationship-call", "Small")
    data = {**fields(desk, at), **changes}
    refused = desk.post(at, data, headers=HTMX)
    assert refused.status_code == 422
    assert words in text_of(refused)
    assert "is-invalid" in text_of(refused)
    assert desk.post(at, data).status_code == 422  # the same on a page of its own


def test_the_second_of_two_admins_is_told_and_saves_on_second_thoughts(desk, admin, draft):
    at = cell_at(draft, "relationship-call", "Small")
    data = fields(desk, at, every=4)
    plans.set_cell(admin, draft, slot("relationship-call"), tier("Small"), {"every": 3})
    refused = desk.post(at, data, headers=HTMX)
    assert refused.status_code == 422
    assert "A colleague saved this while you were editing. Stored now: every 3 months" in text_of(refused)
    assert refused.context["form"]["every"].value() == "4"
    again = data | {"version": refused.context["form"]["version"].value()}
    assert desk.post(at, again, headers=HTMX).status_code == 200
    assert draft.items.get(slot__key="relationship-call", tier__name="Small").every == 4


def test_a_draft_that_was_activated_meanwhile_refuses_with_words(desk, admin, draft):
    at = cell_at(draft, "relationship-call", "Small")
    data = fields(desk, at, every=4)
    plans.set_cell(admin, draft, slot("relationship-call"), tier("Small"), {"every": 3})
    plans.activate(admin, draft, TODAY)
    for act in ("save", "off"):
        refused = desk.post(at, data | {"act": act}, headers=HTMX)
        assert refused.status_code == 422
        assert "is running and no longer edited" in text_of(refused)


def test_the_track_and_a_sheet_are_edited_beside_the_ladder(desk, plan, draft):
    at = reverse("plan:track", args=[draft.pk])
    form = desk.get(at).context["form"]
    assert form["starts"].value() == "first"
    data = {"starts": "new", "min_amount": "2500", "version": form["version"].value()}
    assert "after every purchase" in text_of(desk.post(at, data, headers=HTMX))
    assert desk.post(at, data, headers=HTMX).status_code == 422  # stale by now
    data |= {"min_amount": "-3", "version": desk.get(at).context["form"]["version"].value()}
    assert "above 0" in text_of(desk.post(at, data, headers=HTMX))
    at = reverse("plan:sheet", args=[draft.pk, slot("one-month-call").pk, 0])
    form = desk.get(at).context["form"]
    assert "* Appointment made to explore" in form["checklist"].value()
    data = {"name": "A month later", "talking_points": "One\r\n\r\nTwo", "checklist": "* Asked\r\nOffered"}
    assert desk.post(at, data | {"version": form["version"].value()}).status_code == 302
    sheet = draft.items.get(slot__key="one-month-call").purpose
    assert (sheet.talking_points, [one["gate"] for one in sheet.checklist]) == (
        ["One", "Two"],
        ["favourable", ""],
    )
    assert plan.items.get(slot__key="one-month-call").purpose.name == "One month after the purchase"
    assert desk.get(reverse("plan:sheet", args=[draft.pk, slot("meeting").pk, 0])).status_code == 404


def test_compare_activate_cancel_discard_and_roll_back(desk, admin, plan, draft):
    plans.set_cell(admin, draft, slot("relationship-call"), tier("Medium"), {"every": 1})
    assert "monthly instead of every 2 months" in text_of(desk.get(reverse("plan:compare", args=[draft.pk])))
    note = reverse("plan:note", args=[draft.pk])
    assert "Faster calls" in text_of(desk.post(note, {"note": " Faster calls "}, follow=True))
    assert "At most 200 characters" in text_of(desk.post(note, {"note": "x" * 201}, follow=True))
    at = reverse("plan:activate", args=[draft.pk])
    assert "monthly instead of every 2 months" in text_of(desk.get(at))
    refused = desk.post(at, {"on": "2026-11-01", "note": "Faster"})
    assert refused.status_code == 422
    assert "Choose today (24 November 2026) or a later day" in text_of(refused)
    assert desk.post(at, {"on": "tomorrow"}).status_code == 422
    later = (TODAY + timedelta(days=7)).isoformat()
    page = desk.post(at, {"on": later, "note": "Faster"}, follow=True)
    assert "takes over in the night of 1 December 2026" in text_of(page)
    assert "“Faster”" in text_of(page)
    page = desk.post(reverse("plan:unschedule", args=[draft.pk]), follow=True)
    assert "is a draft again" in text_of(page)
    assert "no longer edited" not in text_of(desk.get(reverse("plan:version", args=[draft.pk])))
    page = desk.post(at, {"on": TODAY.isoformat()}, follow=True)
    assert "runs from today; what is owed follows it already" in text_of(page)
    back = reverse("plan:roll_back")
    assert "every 2 months instead of monthly" in text_of(desk.get(back))
    assert "Plan 3" in text_of(desk.post(back, {"on": TODAY.isoformat()}, follow=True))
    assert Plan.objects.running().get().version == 3
    other = plans.draft_of(admin)
    at = reverse("plan:discard", args=[other.pk])
    assert "cannot be taken back" in text_of(desk.get(at))
    assert desk.post(at, follow=True).redirect_chain[-1][0] == reverse("plan:ladder")
    assert not Plan.objects.filter(pk=other.pk).exists()
    assert "no longer edited" in text_of(desk.post(reverse("plan:discard", args=[plan.pk])))


def test_slots_are_added_renamed_ordered_and_deleted(desk, plan):
    page = text_of(desk.get(reverse("plan:slots")))
    assert "Relationship call" in page
    assert "Agreed" not in page
    new = reverse("plan:slot_new")
    assert desk.post(new, {"name": ""}).status_code == 422
    assert desk.post(new, {"name": "Meeting"}).status_code == 422
    assert desk.post(new, {"name": "Plant visit"}).status_code == 302
    visit = Slot.objects.get(name="Plant visit")
    at = reverse("plan:slot", args=[visit.pk])
    desk.post(at, {"name": "Tour"})
    desk.post(reverse("plan:slot_move", args=[visit.pk]), {"to": "up"})
    visit.refresh_from_db()
    assert visit.name == "Tour"
    assert visit.position < slot("summer-greeting").position
    assert "is gone" in text_of(desk.post(reverse("plan:slot_delete", args=[visit.pk]), follow=True))
    used = reverse("plan:slot_delete", args=[slot("meeting").pk])
    assert "is used by plan 1" in text_of(desk.post(used, follow=True))
    refused = desk.post(
        reverse("plan:slot", args=[slot("meeting").pk]), {"name": "Meeting", "is_track": "on"}
    )
    assert "Add another slot" in text_of(refused)


def test_a_retired_version_can_be_read_and_made_a_draft_again(desk, admin, plan, draft):
    plans.set_cell(admin, draft, slot("relationship-call"), tier("Medium"), {"every": 1})
    plans.activate(admin, draft, TODAY)
    page = text_of(desk.get(reverse("plan:version", args=[plan.pk])))
    assert "retired" in page
    made = desk.post(reverse("plan:draft"), {"of": plan.pk}, follow=True)
    assert "Draft 3 beside running plan 2" in text_of(made)
    assert Plan.objects.get(version=3).made_from == plan
    assert desk.get(cell_at(plan, "relationship-call", "Large") + "?x=1").status_code == 200
    assert desk.get(reverse("plan:cell", args=[plan.pk, slot("meeting").pk, 999_999])).status_code == 404
    assert desk.get(reverse("plan:version", args=[999_999])).status_code == 404
    assert desk.get(f"/plan/{plan.pk}/cell/{10**30}/{10**30}/").status_code == 404
    assert desk.get(f"/plan/{plan.pk}/?tier=²&all").status_code == 200

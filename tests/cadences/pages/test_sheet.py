"""The sheet: what it shows, what it saves, what it keeps when something is wrong."""

from __future__ import annotations

from datetime import date
from uuid import uuid4

import pytest
from django.urls import reverse

from cadences import services
from cadences.models import Touchpoint
from cadences.services import NextStep
from contacts.models import Ask, Commitment, Concern, Contact, Interaction
from contacts.services import LogEntry
from tests import factories as make

TODAY = date(2026, 11, 24)
HTMX = {"HTTP_HX_REQUEST": "true"}


@pytest.fixture
def owed(people):
    account = make.make_account(people.owner, name="Acme Machining")
    make.make_contact(account, last_name="Lind", phone="+47 22 33 44 55", is_main=True)
    purpose = make.make_purpose(
        "one-month",
        talking_points=["Is the seal solved?"],
        checklist=[
            {"key": "referral", "text": "Asked for a referral", "gate": ""},
            {"key": "cross", "text": "Cross-selling appointment", "gate": "favourable"},
        ],
    )
    item = make.make_item(make.make_slot("one-month-call"), purpose=purpose, anchor="after_event", every=1)
    return make.make_touchpoint(
        account, people.owner, TODAY, item.slot, item=item, anchor="after_event", basis="purchase",
        base_on=date(2026, 10, 21), cycle="first",
    )  # fmt: skip


@pytest.fixture
def desk_of(client, people):
    client.force_login(people.owner)
    return client


def sheet_url(touchpoint, name="touchpoint"):
    return reverse(f"cadences:{name}", args=[touchpoint.pk])


def typed(**fields):
    return {
        "outcome": "talked",
        "summary": "Seal is tight again",
        "sentiment": "4",
        "kind": "call",
        "contact": "",
        "next_on": "2026-12-22",
        "next_kind": "call",
        "concern_severity": "2",
        "token": str(uuid4()),
    } | fields


def test_the_sheet_shows_talking_points_and_why_cross_selling_is_not_offered(owed, desk_of):
    html = desk_of.get(sheet_url(owed)).content.decode()
    assert "Is the seal solved?" in html
    assert "no mood was logged since the purchase" in html
    assert 'value="cross"' not in html
    make.make_concern(owed.account)
    assert "a concern is open" in desk_of.get(sheet_url(owed)).content.decode()


def test_cross_selling_is_offered_when_what_they_said_is_favourable(owed, desk_of):
    make.make_interaction(owed.account, sentiment=2, happened_on=date(2026, 10, 20))
    make.make_interaction(owed.account, sentiment=5, happened_on=date(2026, 11, 9))
    assert 'value="cross"' in desk_of.get(sheet_url(owed)).content.decode()
    make.make_interaction(owed.account, sentiment=3, happened_on=date(2026, 11, 10))
    assert "the last mood was 3 of 5" in desk_of.get(sheet_url(owed)).content.decode()


def test_saving_puts_the_next_line_in_front(people, owed, desk_of):
    other = make.make_touchpoint(make.make_account(people.owner, name="Borg & Co"), people.owner, TODAY)
    answer = desk_of.post(sheet_url(owed, "touchpoint_log"), typed(), **HTMX)
    html = answer.content.decode()
    assert answer.status_code == 200
    assert f'data-sheet="{other.pk}"' in html
    assert 'hx-swap-oob="innerHTML"' in html
    assert f'id="line-{owed.pk}"' not in html
    assert "day:next" in answer["HX-Trigger-After-Swap"]
    assert "Acme Machining: saved." in answer["HX-Trigger"]


def test_without_script_saving_leads_to_the_next_line(people, owed, desk_of):
    other = make.make_touchpoint(make.make_account(people.owner), people.owner, TODAY)
    answer = desk_of.post(sheet_url(owed, "touchpoint_log"), typed())
    assert answer["Location"] == f"/?at={other.pk}"


def test_everything_of_one_talk_is_saved_at_once(people, owed, desk_of):
    answer = desk_of.post(
        sheet_url(owed, "touchpoint_log"),
        typed(
            contact="new",
            new_last_name="Vik",
            new_phone="22 11 00 99",
            covered=["referral"],
            concern_what="Delivery late",
            concern_severity="3",
            promise_what="Send the quote",
            promise_due="2026-11-26",
            referral="yes",
            referral_company="Borg & Co",
            next_on="2026-12-03",
            next_at="14:00",
            next_kind="meeting",
            next_about="shows us the plant",
        ),
        **HTMX,
    )
    assert answer.status_code == 200
    log = Interaction.objects.get()
    new = Contact.objects.get(last_name="Vik")
    assert (log.contact, log.covered, log.sentiment) == (new, ["referral"], 4)
    assert Concern.objects.get().severity == 3
    assert Commitment.objects.get().due_on == date(2026, 11, 26)
    assert Ask.objects.get().referred_company == "Borg & Co"
    agreed = Touchpoint.objects.get(slot__key="agreed")
    assert (agreed.kind, agreed.contact, agreed.due_at) == ("meeting", new, make.at("2026-12-03 13:00"))


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"outcome": ""}, "This field is required"),
        ({"next_on": ""}, "Choose the next date"),
        ({"next_on": "2026-11-01"}, "This day is past"),
        ({"outcome": "call_back"}, "Choose the day they want to be called"),
        ({"outcome": "call_back", "back_on": "2062-11-26"}, "more than two years ahead"),
        ({"outcome": "no_answer", "try_on": "2026-11-01"}, "This day is past"),
        ({"contact": "new"}, "Enter the last name"),
        ({"promise_what": "a quote"}, "by when?"),
        ({"next_kind": "letter", "next_on": "2026-12-24"}, "A letter goes to a named person"),
        ({"sentiment": "9"}, "Select a valid choice"),
    ],
)
def test_what_is_wrong_is_said_and_nothing_typed_is_lost(owed, desk_of, wrong, words):
    sent = typed(summary="Typed <with> care", concern_what="Leaks", **wrong)
    answer = desk_of.post(sheet_url(owed, "touchpoint_log"), sent, **HTMX)
    html = answer.content.decode()
    assert answer.status_code == 422
    assert words in html
    assert "Typed &lt;with&gt; care" in html
    assert 'value="Leaks"' in html
    assert sent["token"] in html
    assert (Interaction.objects.count(), Contact.objects.count()) == (0, 1)


def test_a_double_click_logs_once(owed, desk_of):
    sent = typed()
    for _ in range(2):
        assert desk_of.post(sheet_url(owed, "touchpoint_log"), sent, **HTMX).status_code == 200
    assert Interaction.objects.count() == 1


def test_closed_by_a_colleague_meanwhile_says_so_and_keeps_the_text(people, owed, desk_of):
    services.complete(people.deputy, owed, LogEntry("call", "talked"), NextStep.none("test"))
    answer = desk_of.post(sheet_url(owed, "touchpoint_log"), typed(), **HTMX)
    html = answer.content.decode()
    assert answer.status_code == 409
    assert "Dag Moe logged this on" in html
    assert "Seal is tight again" in html
    assert reverse("cadences:log", args=[owed.account_id]) in html
    assert Interaction.objects.count() == 1


def test_no_answer_keeps_it_owed_for_the_next_try(owed, desk_of):
    desk_of.post(sheet_url(owed, "touchpoint_log"), typed(outcome="no_answer", try_on="2026-11-25"), **HTMX)
    owed.refresh_from_db()
    assert (owed.state, owed.due_on) == ("open", date(2026, 11, 25))


def test_call_me_thursday_at_two(owed, desk_of):
    sent = typed(outcome="call_back", back_on="2026-11-26", back_at="14:00")
    desk_of.post(sheet_url(owed, "touchpoint_log"), sent, **HTMX)
    owed.refresh_from_db()
    assert (owed.due_on, owed.due_at) == (date(2026, 11, 26), make.at("2026-11-26 13:00"))


def test_putting_off_skipping_and_taking_back(owed, desk_of):
    desk_of.post(sheet_url(owed, "snooze"), {"until": "2026-11-27"}, **HTMX)
    owed.refresh_from_db()
    assert owed.due_on == date(2026, 11, 27)
    desk_of.post(sheet_url(owed, "back"))
    owed.refresh_from_db()
    assert owed.due_on == TODAY
    assert desk_of.post(sheet_url(owed, "skip"), {"reason": ""}, **HTMX).status_code == 422
    desk_of.post(sheet_url(owed, "skip"), {"reason": "on leave"}, **HTMX)
    owed.refresh_from_db()
    assert owed.state == "skipped"
    desk_of.post(sheet_url(owed, "back"))
    owed.refresh_from_db()
    assert owed.state == "open"


def test_undo_of_putting_off_remembers_an_earlier_day(people, owed, desk_of):
    other = make.make_touchpoint(owed.account, people.owner, TODAY)
    desk_of.post(sheet_url(owed, "snooze"), {"until": "2026-11-25", "reason": "in the fair"}, **HTMX)
    desk_of.post(sheet_url(owed, "snooze"), {"until": "2026-11-27"}, **HTMX)
    desk_of.post(sheet_url(other, "snooze"), {"until": "2026-11-27"}, **HTMX)
    desk_of.post(sheet_url(owed, "back"))
    owed.refresh_from_db()
    assert (owed.due_on, owed.reason) == (date(2026, 11, 25), "in the fair")


def test_undo_of_what_somebody_has_closed_meanwhile_says_so(people, owed, desk_of):
    desk_of.post(sheet_url(owed, "snooze"), {"until": "2026-11-27"}, **HTMX)
    services.complete(people.deputy, owed, LogEntry("call", "talked"), NextStep.none("test"))
    answer = desk_of.post(sheet_url(owed, "back"), follow=True)
    assert (answer.status_code, "Dag Moe logged this on" in answer.content.decode()) == (200, True)
    owed.refresh_from_db()
    assert owed.state == "done"


def test_undo_clicked_twice_says_so(owed, desk_of):
    desk_of.post(sheet_url(owed, "touchpoint_log"), typed(), **HTMX)
    undo = reverse("cadences:undo", args=[Interaction.objects.get().pk])
    desk_of.post(undo, follow=True)
    answer = desk_of.post(undo, follow=True)
    assert (answer.status_code, "withdrawn already" in answer.content.decode()) == (200, True)


def test_undo_owes_it_again_and_returns_to_its_line(owed, desk_of):
    desk_of.post(sheet_url(owed, "touchpoint_log"), typed(), **HTMX)
    log = Interaction.objects.get()
    answer = desk_of.post(reverse("cadences:undo", args=[log.pk]) + f"?at={owed.pk}")
    owed.refresh_from_db()
    assert (answer["Location"], owed.state) == (f"/?at={owed.pk}&undone=1", "open")


def test_undo_takes_along_what_came_with_the_log(people, owed, desk_of):
    with_all = typed() | {
        "promise_what": "A quote", "promise_due": "2026-11-27", "concern_what": "Seal leaks",
        "expectation": "It runs quieter",
    }  # fmt: skip
    desk_of.post(sheet_url(owed, "touchpoint_log"), with_all, **HTMX)
    log = Interaction.objects.get()
    assert (log.commitments.count(), log.concerns.count(), log.expectations.count()) == (1, 1, 1)
    desk_of.post(reverse("cadences:undo", args=[log.pk]))
    assert (log.commitments.count(), log.concerns.count(), log.expectations.count()) == (0, 0, 0)


def test_undo_leaves_what_somebody_has_taken_up(people, owed, desk_of):
    desk_of.post(sheet_url(owed, "touchpoint_log"), typed() | {"concern_what": "Seal leaks"}, **HTMX)
    log = Interaction.objects.get()
    log.concerns.get().notes.create(text="On it", user=people.desk)
    desk_of.post(reverse("cadences:undo", args=[log.pk]))
    assert log.concerns.count() == 1


@pytest.mark.parametrize("name", ["touchpoint_log", "snooze", "skip", "back"])
@pytest.mark.parametrize("who", ["colleague", "desk"])
def test_others_read_the_sheet_and_may_not_close_it(client, people, owed, name, who):
    client.force_login(getattr(people, who))
    assert client.get(sheet_url(owed)).status_code == 200
    sent = typed() | {"until": "2026-11-27", "reason": "x"}
    assert client.post(sheet_url(owed, name), sent).status_code == 403
    owed.refresh_from_db()
    assert (owed.state, owed.due_on, Interaction.objects.count()) == ("open", TODAY, 0)


def test_a_note_is_added_without_leaving_the_sheet(client, people, owed):
    client.force_login(people.desk)
    answer = client.post(sheet_url(owed, "touchpoint_note"), {"text": "Prefers mornings"}, **HTMX)
    assert answer.status_code == 200
    assert Interaction.objects.get().kind == "note"
    assert client.post(sheet_url(owed, "touchpoint_note"), {"text": " "}, **HTMX).status_code == 422


def test_a_promise_is_closed_without_leaving_the_sheet(client, people, owed):
    promise = Commitment.objects.create(
        account=owed.account, user=people.owner, what="Send the quote", due_on=date(2026, 11, 25)
    )
    address = reverse("cadences:promise", args=[owed.pk, promise.pk])
    client.force_login(people.desk)
    assert address not in client.get(sheet_url(owed)).content.decode()
    assert client.post(address, {"kept": "1"}, **HTMX).status_code == 403
    client.force_login(people.owner)
    assert address in client.get(sheet_url(owed)).content.decode()
    answer = client.post(address, {"kept": "1"}, **HTMX)
    promise.refresh_from_db()
    assert (promise.state, answer.status_code) == ("kept", 200)
    assert f'data-sheet="{owed.pk}"' in answer.content.decode()
    assert address not in answer.content.decode()
    again = client.post(address, {"kept": "0"}, follow=True)
    promise.refresh_from_db()
    assert (promise.state, "was closed on" in again.content.decode()) == ("kept", True)


def test_a_promise_of_another_account_is_not_there(people, owed, desk_of):
    promise = Commitment.objects.create(
        account=make.make_account(people.owner), user=people.owner, what="A quote", due_on=TODAY
    )
    address = reverse("cadences:promise", args=[owed.pk, promise.pk])
    assert desk_of.post(address, {"kept": "1"}).status_code == 404


def test_the_plan_s_date_accepted_unchanged_creates_nothing(people, owed, desk_of):
    make.make_touchpoint(
        owed.account,
        people.owner,
        date(2027, 1, 8),
        make.make_slot("meeting"),
        kind="meeting",
        anchor="calendar",
    )
    html = desk_of.get(sheet_url(owed)).content.decode()
    assert 'name="next_on" value="2027-01-08"' in html
    sent = typed(next_on="2027-01-08", next_kind="meeting", plan_on="2027-01-08", plan_kind="meeting")
    assert desk_of.post(sheet_url(owed, "touchpoint_log"), sent, **HTMX).status_code == 200
    assert Touchpoint.objects.filter(slot__key="agreed").count() == 0


def test_the_same_form_may_be_saved_anew_after_an_undo(owed, desk_of):
    sent = typed()
    desk_of.post(sheet_url(owed, "touchpoint_log"), sent, **HTMX)
    desk_of.post(reverse("cadences:undo", args=[Interaction.objects.get().pk]))
    desk_of.post(sheet_url(owed, "touchpoint_log"), sent, **HTMX)
    owed.refresh_from_db()
    assert (owed.state, Interaction.objects.standing().count()) == ("done", 1)

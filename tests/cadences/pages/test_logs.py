"""Logs from an account's page, corrected and withdrawn; own to-dos."""

from __future__ import annotations

from datetime import date
from uuid import uuid4

import pytest
from django.urls import reverse

from cadences import services
from cadences.models import Touchpoint
from cadences.services import NextStep
from contacts.models import Interaction
from contacts.services import LogEntry
from tests import factories as make

TODAY = date(2026, 11, 24)


@pytest.fixture
def account(people):
    account = make.make_account(people.owner, name="Acme Machining")
    make.make_contact(account, is_main=True)
    return account


@pytest.fixture
def track(people, account):
    return make.make_touchpoint(
        account, people.owner, TODAY, make.make_slot("one-week", name="One-week call"),
        anchor="after_event", basis="purchase", cycle="first",
    )  # fmt: skip


def typed(**fields):
    return {
        "outcome": "talked", "summary": "They rang us", "kind": "call", "contact": "",
        "token": str(uuid4()), "concern_severity": "2", "next_kind": "call",
    } | fields  # fmt: skip


def url(name, record):
    return reverse(f"cadences:{name}", args=[record.pk])


def test_anybody_logs_on_any_account(client, people, account):
    client.force_login(people.desk)
    answer = client.post(url("log", account), typed(incoming="on", sentiment="2"))
    log = Interaction.objects.get()
    assert answer["Location"] == reverse("accounts:detail", args=[account.pk])
    assert (log.direction, log.by_owner_side, log.sentiment) == ("in", False, 2)


def test_what_it_counts_as_is_asked_for_track_and_calendar_rows(client, people, account, track):
    make.make_touchpoint(account, people.owner, TODAY, make.make_slot("rolling", name="Rolling call"))
    client.force_login(people.owner)
    html = client.get(url("log", account)).content.decode()
    assert "Counts as" in html
    assert "Rolling call" not in html.split("Counts as")[1]
    client.post(url("log", account), typed(counts_as=[str(track.pk)]))
    track.refresh_from_db()
    assert track.state == "done"


def test_a_stranger_is_not_asked_and_cannot_tick_by_hand(client, people, account, track):
    client.force_login(people.desk)
    assert "Counts as" not in client.get(url("log", account)).content.decode()
    assert client.post(url("log", account), typed(counts_as=[str(track.pk)])).status_code == 422
    track.refresh_from_db()
    assert track.state == "open"


def test_a_wrong_log_keeps_what_was_typed(client, people, account):
    client.force_login(people.owner)
    answer = client.post(url("log", account), typed(happened_on="2026-11-30"))
    html = answer.content.decode()
    assert answer.status_code == 422
    assert "A log is of the past" in html
    assert "They rang us" in html


def test_the_customer_asked_for_another_day(client, people, account):
    client.force_login(people.desk)
    sent = typed(outcome="call_back", back_on="2026-11-26", back_at="14:00")
    client.post(url("log", account), sent)
    agreed = Touchpoint.objects.get(slot__key="agreed")
    assert (agreed.assignee, agreed.due_on) == (people.owner, date(2026, 11, 26))


@pytest.mark.parametrize(
    ("who", "status"), [("owner", 302), ("manager", 302), ("admin", 302), ("colleague", 403)]
)
def test_a_log_is_corrected_by_its_author_and_those_who_look_after_the_account(
    client, people, account, who, status
):
    log = make.make_interaction(account, people.deputy, happened_on=TODAY)
    client.force_login(getattr(people, who))
    sent = {
        "kind": "meeting", "outcome": "held", "direction": "out", "happened_on": "2026-11-20",
        "summary": "At their place", "sentiment": "5", "contact": "",
    }  # fmt: skip
    assert client.post(url("correct", log), sent).status_code == status
    log.refresh_from_db()
    assert (log.kind == "meeting") is (status == 302)


def test_a_correction_that_cannot_be_is_refused_and_keeps_what_was_typed(client, people, account):
    log = make.make_interaction(account, people.owner, happened_on=TODAY, summary="Before")
    client.force_login(people.owner)
    sent = {
        "kind": "letter", "outcome": "sent", "direction": "out", "happened_on": "2026-11-20",
        "summary": "After", "sentiment": "", "contact": "",
    }  # fmt: skip
    answer = client.post(url("correct", log), sent)
    log.refresh_from_db()
    assert answer.status_code == 422
    assert "A letter goes to a named person" in answer.content.decode()
    assert "After" in answer.content.decode()
    assert log.summary == "Before"


def test_who_else_was_there_can_be_corrected(client, people, account):
    eva, per, liv = (make.make_contact(account, last_name=name) for name in ("Lind", "Moe", "Aas"))
    log = make.make_interaction(account, people.owner, happened_on=TODAY, contact=eva)
    log.others.add(per)
    client.force_login(people.owner)
    shown = client.get(url("correct", log)).content.decode()
    assert "Who else of theirs was there" in shown
    sent = {
        "kind": "call", "outcome": "talked", "direction": "out", "happened_on": "2026-11-24",
        "summary": "", "sentiment": "", "contact": eva.pk, "others": [eva.pk, liv.pk],
    }  # fmt: skip
    assert client.post(url("correct", log), sent).status_code == 302
    assert list(log.others.all()) == [liv]
    stranger = make.make_contact(make.make_account(people.owner))
    assert client.post(url("correct", log), sent | {"others": [stranger.pk]}).status_code == 422
    assert list(log.others.all()) == [liv]


def test_the_history_of_a_correction_stays(client, people, account):
    log = make.make_interaction(account, people.owner, happened_on=TODAY, summary="Before")
    client.force_login(people.owner)
    sent = {
        "kind": "call", "outcome": "talked", "direction": "out", "happened_on": "2026-11-24",
        "summary": "After", "sentiment": "", "contact": "",
    }  # fmt: skip
    client.post(url("correct", log), sent)
    from django.apps import apps

    event = apps.get_model("contacts", "InteractionEvent").objects.get(pgh_obj=log)
    assert event.summary == "Before"


def test_withdrawing_needs_a_reason_and_owes_the_row_again(client, people, account, track):
    log = services.complete(people.owner, track, LogEntry("call", "talked"), NextStep.none("test"))
    client.force_login(people.owner)
    assert client.post(url("withdraw", log), {"reason": ""}).status_code == 422
    client.post(url("withdraw", log), {"reason": "other company"})
    track.refresh_from_db()
    log.refresh_from_db()
    assert (track.state, log.withdrawn_reason) == ("open", "other company")
    again = client.post(url("withdraw", log), {"reason": "twice"})
    assert again.status_code == 422


def test_a_call_back_is_noted_although_calls_are_refused(client, people, account):
    person = make.make_contact(account, last_name="Moe", refused_channels=["call"])
    client.force_login(people.owner)
    sent = typed(outcome="call_back", back_on="2026-11-26", contact=str(person.pk), summary="")
    assert client.post(url("log", account), sent).status_code == 302
    assert Touchpoint.objects.get(slot__key="agreed").contact == person


@pytest.mark.parametrize("nonsense", ["²", "x", "-1", "9" * 30])
def test_nonsense_in_an_address_is_no_error(client, people, account, nonsense):
    client.force_login(people.owner)
    assert client.get("/", {"at": nonsense}).status_code == 200
    sent = {"account": nonsense, "text": "Send brochure", "on": "2026-11-24", "token": str(uuid4())}
    assert client.post(reverse("cadences:todo"), sent).status_code == 422


def test_a_todo_from_my_day(client, people, account):
    client.force_login(people.owner)
    sent = {"account": account.pk, "text": "Send brochure", "on": "2026-11-24", "token": str(uuid4())}
    assert client.post(reverse("cadences:todo"), sent)["Location"] == "/"
    html = client.get("/").content.decode()
    assert "Send brochure" in html
    wrong = client.post(reverse("cadences:todo"), sent | {"on": "2026-11-01", "token": str(uuid4())})
    assert wrong.status_code == 422
    assert "Send brochure" in wrong.content.decode()


def test_the_sheet_costs_the_same_however_much_it_shows(client, people, account, track):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    client.force_login(people.owner)

    def cost():
        with CaptureQueriesContext(connection) as ran:
            assert client.get(url("touchpoint", track)).status_code == 200
        return len(ran)

    cost()
    make.make_interaction(account, people.owner)
    few = cost()
    for _ in range(10):
        make.make_contact(account)
        make.make_concern(account)
        make.make_interaction(account, people.owner)
        make.make_touchpoint(account, people.owner, TODAY, make.make_slot("meeting"), anchor="calendar")
    assert cost() == few <= 30

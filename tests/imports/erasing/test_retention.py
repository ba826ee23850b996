"""Words that are old go, by kind, when an admin says so; what happened still counts."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
import time_machine
from django.apps import apps
from django.core.exceptions import PermissionDenied
from django.test import Client
from django.urls import reverse

from accounts.models import AccountFile
from contacts.models import ConcernNote, Interaction
from core import jobs
from core.models import JobRun
from imports import nightly
from imports.bin import emptying
from imports.duplicates import finding
from imports.erasing import retention
from imports.models import Retention
from tests import factories as make

pytestmark = pytest.mark.django_db


@pytest.fixture
def admin() -> Any:
    make.make_company()
    return make.make_user("admin")


def note(account: Any, on: date, **more: Any) -> Interaction:
    return make.make_interaction(account, kind="note", happened_on=on, summary="They like fish", **more)


def test_nothing_happens_until_somebody_sets_a_rule(admin):
    old = note(make.make_account(admin), date(2001, 1, 1))
    assert retention.tick().counts == {}
    old.refresh_from_db()
    assert old.summary == "They like fish"


def test_old_words_go_in_the_row_and_in_its_history_once_a_day(admin):
    account = make.make_account(admin)
    old, young = note(account, date(2024, 11, 25)), note(account, date(2024, 11, 26))
    talk = make.make_interaction(account, happened_on=date(2020, 1, 1), summary="A talk", sentiment=4)
    old.summary = "They like fish and wine"
    old.save()
    retention.set_rules(admin, {"notes": 2})
    run = retention.tick()
    assert run is not None
    assert run.counts == {"notes": 1}
    assert retention.tick() is None, "once a day"
    words = dict(Interaction.objects.values_list("pk", "summary"))
    assert words == {old.pk: "[erased]", young.pk: "They like fish", talk.pk: "A talk"}
    event = apps.get_model("contacts", "InteractionEvent")
    assert set(event.objects.values_list("summary", flat=True)) == {"[erased]"}


def test_every_kind_counts_first_what_it_then_blanks(admin):
    account = make.make_account(admin)
    eva, on = make.make_contact(account), date(2020, 1, 1)
    note(account, on)
    make.make_interaction(account, happened_on=on, summary="A talk")
    make.make_piece(eva, admin, state="left", left_on=on)
    make.make_concern(account, resolved_on=on, resolution="Mended")
    make.make_concern(account, what="Still open", opened_on=on)
    make.make_promise(account, admin, on, state="kept")
    with time_machine.travel("2020-01-01 10:00+00:00"):
        make.make_file(account, admin)
    years = {kind.value: 3 for kind in Retention.Kind}
    looked = retention.preview(admin, years)
    assert looked == {
        "notes": 1, "talks": 1, "mails": 1, "concerns": 1, "promises": 1, "meetings": 0, "files": 1,
    }  # fmt: skip
    assert not Retention.objects.exists(), "a look sets no rule"
    retention.set_rules(admin, years)
    assert retention.forget() == looked
    assert retention.preview(admin, years) == dict.fromkeys(years, 0)
    assert AccountFile.objects.get().removed_at is not None


def test_more_than_a_night_can_hold_is_left_for_the_next(admin, monkeypatch):
    monkeypatch.setattr(retention, "MOST", 2)
    account = make.make_account(admin)
    for _ in range(3):
        note(account, date(2001, 1, 1))
    retention.set_rules(admin, {"notes": 2})
    assert retention.forget() == {"notes": 2, "kinds_left": 1}
    assert retention.forget() == {"notes": 1}


def test_admins_only(admin):
    with pytest.raises(PermissionDenied):
        retention.set_rules(make.make_user("manager"), {"notes": 1})


def test_the_page_shows_before_it_saves(admin, client: Client):
    note(make.make_account(admin), date(2001, 1, 1))
    client.force_login(admin)
    page = reverse("erasing:keeping")
    shown = client.post(page, {"notes": "2", "do": "look"}).content.decode()
    assert "1 row would lose its words tonight" in shown
    assert not Retention.objects.exists()
    client.post(page, {"notes": "2", "do": "save"})
    assert retention.rules() == {"notes": 2}
    client.post(page, {"notes": "", "do": "save"})
    assert retention.rules() == {}
    assert client.post(page, {"notes": "77", "do": "save"}).status_code == 422


def events(name: str) -> Any:
    app, model = name.split(".")
    return apps.get_model(app, f"{model}Event").objects


def test_words_of_what_was_deleted_since_go_from_the_history(admin):
    """The history is all that is left, and it keeps them no longer than the row would have."""
    account = make.make_account(admin)
    old, young = note(account, date(2020, 1, 1)), note(account, date(2026, 1, 1))
    old.summary = "They like fish and wine"
    old.save()
    concern = make.make_concern(account, what="Slow", resolved_on=date(2020, 1, 1), resolution="Mended")
    ConcernNote.objects.create(concern=concern, user=admin, text="Asked the workshop")
    promise = make.make_promise(account, admin, date(2020, 1, 1))
    promise.delete()  # never closed, and long gone
    events("contacts.Commitment").update(pgh_created_at="2020-02-01 10:00+00:00")
    piece = make.make_piece(make.make_contact(account), admin, state="left", left_on=date(2020, 1, 1))
    letter = make.make_interaction(account, kind="letter", happened_on=date(2020, 1, 1), summary="Written")
    piece.logged = letter
    piece.save()
    oldest, youngest, written = old.pk, young.pk, letter.pk
    for row in (piece, letter, old, young, concern):
        row.delete()
    years = {"notes": 3, "concerns": 3, "promises": 3, "mails": 3}
    looked = retention.preview(admin, years)
    assert looked == {"notes": 1, "concerns": 2, "promises": 1, "mails": 2}
    retention.set_rules(admin, years)
    assert retention.forget() == looked
    assert retention.forget() == dict.fromkeys(years, 0)
    said = events("contacts.Interaction").values_list("pgh_obj", "summary").distinct()
    assert set(said) == {(oldest, "[erased]"), (youngest, "They like fish"), (written, "[erased]")}
    assert events("contacts.ConcernNote").get().text == "[erased]"
    assert set(events("contacts.Concern").values_list("what", flat=True)) == {"[erased]"}
    assert set(events("contacts.Commitment").values_list("what", flat=True)) == {"[erased]"}
    assert set(events("correspondence.Piece").values_list("body", flat=True)) == {"[erased]"}


def test_a_rule_for_one_kind_leaves_deleted_rows_of_another_alone(admin):
    """Notes and talks are rows of one table."""
    account = make.make_account(admin)
    make.make_interaction(account, happened_on=date(2019, 1, 1), summary="A talk").delete()
    note(account, date(2019, 1, 1)).delete()
    events("contacts.Interaction").update(pgh_created_at="2020-02-01 10:00+00:00")
    retention.set_rules(admin, {"notes": 3})
    assert retention.forget() == {"notes": 1}
    assert set(events("contacts.Interaction").values_list("summary", flat=True)) == {"[erased]", "A talk"}


def test_words_that_only_the_history_says_go_as_well(admin):
    old = note(make.make_account(admin), date(2020, 1, 1))
    old.summary = ""
    old.save()
    retention.set_rules(admin, {"notes": 2})
    assert retention.forget() == {"notes": 1}
    assert events("contacts.Interaction").get().summary == "[erased]"
    assert retention.forget() == {"notes": 0}


def test_a_night_that_fails_is_said_where_admins_look_and_stops_nothing_else(admin, client, monkeypatch):
    retention.set_rules(admin, {"notes": 2})
    monkeypatch.setattr(retention, "without_history", lambda: 1 / 0)
    nightly.tick()
    assert JobRun.objects.get(job=retention.JOB).state == "failed"
    assert JobRun.objects.get(job=emptying.JOB).state == JobRun.objects.get(job=finding.JOB).state == "done"
    client.force_login(admin)
    engine = client.get(reverse("cadences:engine")).content.decode()
    assert "Words that are kept too long could not be forgotten: ZeroDivisionError" in " ".join(
        engine.split()
    )
    assert (
        "Words could not be forgotten on 2026-11-26" in client.get(reverse("erasing:list")).content.decode()
    )

    monkeypatch.undo()
    with time_machine.travel("2026-11-26 11:00+00:00"):
        nightly.tick()
        assert JobRun.objects.get(job=retention.JOB).state == "done"
        assert "could not be forgotten" not in client.get(reverse("cadences:engine")).content.decode()


def test_a_night_that_failed_is_over_when_its_rules_are_gone(admin, monkeypatch):
    retention.set_rules(admin, {"notes": 2})
    monkeypatch.setattr(retention, "without_history", lambda: 1 / 0)
    nightly.tick()
    monkeypatch.undo()
    retention.set_rules(admin, {})
    with time_machine.travel("2026-11-27 11:00+00:00"):
        nightly.tick()
    assert jobs.failure(retention.JOB) is None

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
from contacts.models import Interaction
from core.models import JobRun
from imports.erasing import retention
from imports.models import Retention
from tests import factories as make

pytestmark = pytest.mark.django_db
NOW = "2026-11-26 10:00+00:00"


@pytest.fixture(autouse=True)
def today():
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def admin() -> Any:
    make.make_company()
    return make.make_user("admin")


def note(account: Any, on: date, **more: Any) -> Interaction:
    return make.make_interaction(account, kind="note", happened_on=on, summary="They like fish", **more)


def test_nothing_happens_until_somebody_sets_a_rule(admin):
    note(make.make_account(admin), date(2001, 1, 1))
    assert retention.tick() is None
    assert not JobRun.objects.filter(job=retention.JOB).exists()


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

"""The night's surveys: once and twice, killed at any step, caught up, and never without an open wave."""

from __future__ import annotations

import os
import subprocess
import sys
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
import time_machine
from django.conf import settings as project

from cadences import survey_night
from cadences.conscience import examine
from cadences.models import PlanItem, Schedule, Touchpoint
from cadences.nightly import NightRefusedError
from core.models import JobRun
from correspondence.models import Message
from surveys import asks as say
from surveys import keys
from surveys.models import Asked, HeldBack, Invitation
from surveys.rules import Rule
from surveys.services import one_off, waves
from tests import factories as make
from tests.queue import _database_url
from tests.surveys import factories as survey
from tests.surveys.factories import TODAY

MORNING = "2026-11-24 08:00:00+00:00"


@pytest.fixture(autouse=True)
def clock(db, settings, tmp_path):
    settings.SURVEY_KEYS, settings.BOX_WAVES = str(tmp_path / "mailer"), str(tmp_path / "box")
    settings.SURVEY_URL = "https://feedback.northwind.example"
    with time_machine.travel(MORNING, tick=False) as clock:
        make.make_company(name="Northwind Pumps", time_zone="UTC")
        make.make_schedule(switched_on_at=datetime(2026, 1, 1, tzinfo=UTC))
        yield clock


def owed(due_on: date = TODAY, contact=None, **fields) -> Touchpoint:
    """An open survey after a purchase two weeks before."""
    contact = contact or survey.make_customer(bought_on=due_on - timedelta(days=14))
    fields = {
        "slot": make.make_slot("two-week-survey"), "kind": "survey", "anchor": PlanItem.Anchor.AFTER_EVENT,
        "basis": "purchase", "base_on": due_on - timedelta(days=14), "cycle": "first",
        "lapses_on": due_on + timedelta(days=14), **fields,
    }  # fmt: skip
    return make.make_touchpoint(contact.account, None, due_on, **fields)


@pytest.fixture
def wave():
    return survey.make_wave(survey.make_programme())


def state(row: Touchpoint) -> tuple[str, str, date | None]:
    row.refresh_from_db()
    return row.state, row.reason, row.closed_on


def everything() -> list[object]:
    return [
        list(model.objects.order_by("pk").values())
        for model in (Touchpoint, Invitation, Asked, Message, HeldBack)
    ]


def test_what_is_due_is_invited_and_done(wave):
    due, later = owed(), owed(TODAY + timedelta(days=1))
    run = survey_night.run(TODAY, "command")
    assert (run.state, run.counts["asked"], run.counts["invited"]) == ("done", 1, 1)
    assert state(due) == ("done", "", TODAY)
    assert state(later) == ("open", "", None)
    assert Invitation.objects.count() == Message.objects.count() == 1


def test_who_is_not_asked_lapses_with_the_reason(wave):
    contact = survey.make_customer()
    survey.make_asked(contact, wave.programme, 30)
    row = owed(contact=contact)
    run = survey_night.run(TODAY, "command")
    assert state(row) == ("lapsed", say.ASKED_RECENTLY, TODAY)
    assert run.counts["reasons"] == {say.ASKED_RECENTLY: 1}


def test_who_waits_for_a_manager_stays_open(wave):
    row = owed(contact=survey.make_customer(email=""))
    survey_night.run(TODAY, "command")
    assert state(row) == ("open", "", None)
    assert HeldBack.objects.count() == 1


def test_a_programme_that_is_off_leaves_everything_as_it_is():
    survey.make_wave(survey.make_programme(is_on=False))
    row = owed()
    survey_night.run(TODAY, "command")
    assert state(row) == ("open", "", None)
    assert not Invitation.objects.exists()


def test_the_same_night_twice_changes_nothing(wave):
    owed()
    survey_night.run(TODAY, "command")
    before = everything()
    run = survey_night.run(TODAY, "command")
    assert everything() == before
    assert (run.attempts, run.counts["invited"]) == (2, 1)
    assert JobRun.objects.filter(job="surveys").count() == 1


def test_something_new_on_the_same_day_is_added(wave):
    owed()
    survey_night.run(TODAY, "command")
    owed()
    assert survey_night.run(TODAY, "command").counts["invited"] == 2


def test_a_day_that_has_not_come_is_refused_and_touches_nothing(wave):
    owed()
    with pytest.raises(NightRefusedError, match="has not come yet"):
        survey_night.run(TODAY + timedelta(days=1), "command")
    assert not JobRun.objects.exists()
    assert not Invitation.objects.exists()


# -- Missed nights ------------------------------------------------------------------------------------


@pytest.mark.parametrize(("days", "invited"), [(14, True), (15, False)])
def test_what_was_missed_is_made_up_for_until_it_is_two_weeks_old(wave, days, invited):
    row = owed(TODAY - timedelta(days=days))
    survey_night.run(TODAY, "command")
    assert (state(row)[0] == "done") is invited


def test_at_most_twice_a_normal_night_the_oldest_first(wave):
    rows = [owed(TODAY - timedelta(days=days)) for days in range(9, -1, -1) for _ in range(3)]
    survey_night.run(TODAY, "command")
    done = [row for row in rows if state(row)[0] == "done"]
    assert len(done) == 6
    assert {row.due_on for row in done} == {TODAY - timedelta(days=9), TODAY - timedelta(days=8)}


def test_who_waits_for_a_manager_takes_nobody_elses_place(wave):
    """One survey a day falls due, so two a night are asked about; three accounts without an address wait."""
    for days in (3, 2, 1):
        owed(TODAY - timedelta(days=days), contact=survey.make_customer(email=""))
        survey_night.run(TODAY - timedelta(days=days), "command")
    assert HeldBack.objects.open().count() == 3
    row = owed()
    survey_night.run(TODAY, "command")
    assert state(row)[0] == "done"


# -- Without an open wave -----------------------------------------------------------------------------


def test_without_an_open_wave_nothing_is_sent_and_the_engine_is_red(client, settings):
    settings.BALLOTS_RESULTS_URL = "postgres://tend_results:secret@/nowhere/ballots"
    survey.make_programme()
    row = owed()
    run = survey_night.run(TODAY, "command")
    assert state(row) == ("open", "", None)
    assert run.counts["waits"] == 1
    said = examine().surveys.alarms
    assert any("the key of its wave is not made yet" in words for words in said)
    client.force_login(make.make_user("admin"))
    page = client.get("/engine/").content.decode()
    assert "nothing is sent" in page
    assert "secret" not in page


def test_the_engine_page_is_calm_where_all_is_well(wave, settings):
    settings.BALLOTS_RESULTS_URL = "postgres://tend_results@/nowhere/ballots"
    assert examine().surveys.alarms == []


# -- The tick -----------------------------------------------------------------------------------------


def night_done(on: date = TODAY, minutes_ago: int = 1) -> None:
    finished = datetime.fromisoformat(MORNING) - timedelta(minutes=minutes_ago)
    JobRun.objects.create(job="nightly", period=on.isoformat(), state="done", finished_at=finished)


def test_the_tick_starts_it_after_the_night_and_once(wave):
    row = owed()
    assert survey_night.tick() is None
    night_done()
    run = survey_night.tick()
    assert (run.period, run.asked_by) == ("2026-11-24", "tick")
    assert state(row)[0] == "done"
    assert survey_night.tick() is None


def test_the_tick_does_nothing_where_surveys_are_not_used():
    night_done()
    assert survey_night.tick() is None
    assert not JobRun.objects.filter(job="surveys").exists()


def test_keys_of_two_weeks_ago_go_although_no_night_was_and_none_is_to_be(wave, clock):
    make_tags = [TODAY - timedelta(days=days) for days in (13, 14, 40)]
    for day in make_tags:
        keys.make_tags(wave.pk, day)
    Schedule.objects.update(is_on=False)
    assert survey_night.tick() is None
    assert [day for _wave, day in keys.send_days()] == make_tags[:1]


def test_the_tick_goes_on_although_a_key_cannot_be_destroyed(wave, monkeypatch):
    def denied(*_wave_and_day):
        raise PermissionError(13, "Permission denied")

    keys.make_tags(wave.pk, TODAY - timedelta(days=14))
    monkeypatch.setattr(keys, "destroy_tags", denied)
    owed()
    night_done()
    assert survey_night.tick().counts["invited"] == 1


def test_the_tick_waits_some_minutes_for_the_key_of_a_new_wave():
    survey.make_wave(survey.make_programme(), state="planned")
    night_done(minutes_ago=14)
    assert survey_night.tick() is None
    JobRun.objects.update(finished_at=datetime.fromisoformat(MORNING) - timedelta(minutes=16))
    assert survey_night.tick().counts["invited"] == 0


def test_a_failure_is_kept_and_tried_again(wave, monkeypatch):
    row = owed()
    night_done()
    with monkeypatch.context() as broken:
        broken.setattr(survey_night, "_write", lambda *_: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            survey_night.tick()
    assert JobRun.objects.get(job="surveys").state == "failed"
    assert not Invitation.objects.exists()
    JobRun.objects.filter(job="surveys").update(lease_until=None)
    assert survey_night.tick().state == "done"
    assert state(row)[0] == "done"


# -- One-off ------------------------------------------------------------------------------------------


@pytest.fixture
def once(settings):
    settings.BALLOTS_RESULTS_URL = "postgres://tend_results@/nowhere/ballots"
    return survey.make_programme("one_off", is_on=False, name="Trade fair")


def test_a_one_off_survey_freezes_whom_it_asks_and_sends_when_its_key_is_there(once):
    for _ in range(20):
        survey.make_customer(country="NO")
    survey.make_customer(country="DE")
    manager = make.make_user("manager")
    wave = one_off.start(manager, once, Rule(countries=("NO",)))
    assert wave.invitations.filter(state="planned").count() == 20
    assert wave.left_out == {}  # who the rule does not name is not owed it
    assert not Message.objects.exists()
    assert one_off.send_frozen(TODAY) == 0
    wave.state = "ready"
    wave.save()
    assert one_off.send_frozen(TODAY) == 20
    assert one_off.send_frozen(TODAY) == 0
    assert (Message.objects.count(), Asked.objects.count()) == (20, 20)
    with pytest.raises(Exception, match="sent already"):
        one_off.start(manager, once, Rule())


def test_a_one_off_survey_that_was_switched_off_sends_nothing(once):
    wave = survey.make_wave(once)
    survey.make_invitation(wave, survey.make_customer(), state="planned")
    assert one_off.send_frozen(TODAY) == 0
    once.is_on = True
    once.save()
    assert one_off.send_frozen(TODAY) == 1


def test_a_one_off_survey_of_fewer_than_twenty_is_refused_with_the_number(once):
    for _ in range(19):
        survey.make_customer()
    survey.make_customer(email="")
    counted = one_off.count(once, Rule(), TODAY)
    assert (counted.customers, counted.eligible, counted.left_out) == (
        20,
        19,
        {"nobody with an e-mail address": 1},
    )
    with pytest.raises(Exception, match="19 can be asked, 20 are needed"):
        one_off.start(make.make_user("manager"), once, Rule())
    assert not waves.Wave.objects.exists()


# -- Killed -------------------------------------------------------------------------------------------

NIGHT = (
    "import os, time_machine; time_machine.travel(os.environ['KILLED_AT']).start();"
    " from datetime import date; from cadences.survey_night import run; run(date(2026, 11, 24), 'kill')"
)


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_killed_at_any_step_and_run_again_it_asks_everybody_once(wave, settings, clock):
    for _ in range(3):
        owed()
    for hour, step in enumerate(("claimed", "invited", "finished", "committed"), start=9):
        env = dict(os.environ) | {
            "DJANGO_SETTINGS_MODULE": "tests.surveys.killed", "DATABASE_URL": _database_url(),
            "TEND_KILL_AT": step,
            "KILLED_KEYS": settings.SURVEY_KEYS, "KILLED_AT": f"2026-11-24 {hour:02}:00:00+00:00",
        }  # fmt: skip
        code = f"import django; django.setup(); {NIGHT}"
        root = Path(project.BASE_DIR)
        done = subprocess.run([sys.executable, "-c", code], check=False, cwd=root, env=env, timeout=120)
        assert done.returncode == -9, step
        assert Invitation.objects.count() == Message.objects.count() == Asked.objects.count(), step
        assert Invitation.objects.count() == (3 if step == "committed" else 0), step
    clock.move_to("2026-11-24 14:00:00+00:00")
    survey_night.run(TODAY, "a person")
    assert Message.objects.count() == 3
    assert Touchpoint.objects.filter(state="done").count() == 3

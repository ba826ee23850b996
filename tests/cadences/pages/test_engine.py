"""The Engine page: for admins alone; what ran, who is alive, the switches, the red bar."""

from __future__ import annotations

from datetime import datetime, time, timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from cadences.models import Schedule
from core.models import Heartbeat, JobRun
from correspondence.models import Halt, Message, Outage
from tests import factories as make
from users.models import Company

ENGINE = reverse("cadences:engine")


@pytest.fixture
def admin(client, people):
    client.force_login(people.admin)
    return client


def ran(period: str, state="done", **fields):
    at = make.at(f"{period} 01:31")
    fields.setdefault("counts", {"created": 12, "moved": 3, "cancelled": 2, "lapsed": 1})
    return JobRun.objects.create(
        job="nightly", period=period, state=state, started_at=at, finished_at=at, **fields
    )


def on_since(moment: str) -> Schedule:
    return make.make_schedule(is_on=True, switched_on_at=make.at(moment), nightly_at=time(1, 30))


@pytest.mark.parametrize("who", ["owner", "manager", "desk"])
@pytest.mark.parametrize("name", ["engine", "engine_progress", "engine_run", "engine_switch", "engine_hour"])
def test_only_admins_come_here(client, people, who, name):
    client.force_login(getattr(people, who))
    ask = client.get if name in ("engine", "engine_progress") else client.post
    assert ask(reverse(f"cadences:{name}")).status_code == 403
    assert Schedule.get().is_on is False


def test_it_shows_what_the_last_night_did_and_when_the_next_is(admin):
    on_since("2026-11-20 10:00")
    account = make.make_account(name="Broken Ltd")
    trouble = [{"account": account.pk, "reason": "no time zone"}]
    ran("2026-11-24", counts={"created": 12, "moved": 3, "cancelled": 2, "lapsed": 1, "troubled": trouble})
    html = admin.get(ENGINE).content.decode()
    for said in ("2026-11-24", "12", "Broken Ltd", "no time zone", "Next run:", "tomorrow"):
        assert said in html, said


def test_silent_processes_are_red_and_living_ones_are_not(admin):
    Heartbeat.objects.create(name="worker", beat_at=timezone.now() - timedelta(minutes=1))
    Heartbeat.objects.create(name="beat", beat_at=timezone.now() - timedelta(minutes=9))
    html = admin.get(ENGINE).content.decode()
    assert html.count("silent since") == 1
    assert "never heard of" not in html
    assert html.count("starting") == 1  # installed a moment ago: nothing can have been heard of it


def test_what_was_never_heard_of_is_red_once_the_installation_is_not_new(admin):
    make.make_company()
    Company.objects.filter(pk=Company.get().pk).update(created_at=timezone.now() - timedelta(hours=1))
    html = admin.get(ENGINE).content.decode()
    assert html.count("never heard of") == 3


def test_nothing_has_run_yet_and_the_schedule_is_off(admin):
    html = admin.get(ENGINE).content.decode()
    assert "Nothing has run yet" in html
    assert "nothing is created, moved or ended" in html
    assert "has not run" not in html


def test_switching_on_and_off_and_setting_the_hour(admin):
    from cadences.plans import seed

    seed()
    admin.post(reverse("cadences:engine_switch"), {"to": "on"})
    assert Schedule.get().is_on is True
    admin.post(reverse("cadences:engine_hour"), {"at": "02:45"})
    assert Schedule.get().nightly_at == time(2, 45)
    answer = admin.post(reverse("cadences:engine_hour"), {"at": "25:99"})
    assert answer.status_code == 422
    assert "25:99" in answer.content.decode()
    admin.post(reverse("cadences:engine_switch"), {"to": "off"})
    assert Schedule.get().is_on is False


@pytest.mark.parametrize(
    ("runs", "red"),
    [
        (["2026-11-24"], False),
        (["2026-11-23"], True),
        ([], True),
    ],
)
def test_a_night_that_did_not_run_is_red_on_every_page_of_admins_alone(client, people, runs, red):
    on_since("2026-11-20 10:00")
    for period in runs:
        ran(period)
    client.force_login(people.admin)
    assert ("has not run" in client.get(reverse("cadences:day")).content.decode()) is red
    client.force_login(people.owner)
    assert "has not run" not in client.get(reverse("cadences:day")).content.decode()


def test_a_failed_night_is_red_until_it_has_run(admin):
    on_since("2026-11-20 10:00")
    run = ran("2026-11-24", state="failed", error="ValueError: no")
    assert "has not run" in admin.get(ENGINE).content.decode()
    run.state = "done"
    run.save()
    assert "has not run" not in admin.get(ENGINE).content.decode()


def test_a_night_just_due_is_not_red_yet(admin, tuesday):
    on_since("2026-11-20 10:00")
    ran("2026-11-23")
    tuesday.move_to("2026-11-24 01:35:00+00:00")
    assert "has not run" not in admin.get(ENGINE).content.decode()
    tuesday.move_to("2026-11-24 01:50:00+00:00")
    assert "has not run" in admin.get(ENGINE).content.decode()


def test_the_alarm_costs_one_query(django_assert_num_queries, people):
    from cadences.conscience import missed_night

    on_since("2026-11-20 10:00")
    with django_assert_num_queries(1):
        assert missed_night() is not None


# -- Mail ---------------------------------------------------------------------------------------------


def mail(**fields):
    key = fields.pop("key", "1")
    fields = {"topic": "survey", "next_try_at": timezone.now(), "message_id": f"<{key}@x.example>", **fields}
    return Message.objects.create(kind="note", recipient="eva@customer.example", key=key, **fields)


def test_the_engine_is_calm_about_mail_that_leaves(admin):
    mail(key="waits", next_try_at=timezone.now() - timedelta(minutes=14))
    mail(key="later", next_try_at=timezone.now() + timedelta(hours=14))
    mail(key="gone", state="sent", sent_at=timezone.now())
    mail(key="no", state="failed")
    now = timezone.now()
    Outage.objects.create(since=now - timedelta(minutes=15), next_try_at=now, error="ConnectionRefusedError")
    assert 'role="alert"' not in admin.get(ENGINE).content.decode()


def test_mails_that_may_have_gone_out_are_red(admin):
    mail(state="uncertain")
    html = admin.get(ENGINE).content.decode()
    assert "1 mail may have gone out or not" in html
    assert 'role="alert"' in html
    assert reverse("correspondence:outbox") in html


def test_a_mail_server_that_stays_away_is_red(admin):
    now = timezone.now()
    Outage.objects.create(since=now - timedelta(minutes=40), next_try_at=now, error="ConnectionRefusedError")
    mail(next_try_at=now - timedelta(minutes=40))
    html = admin.get(ENGINE).content.decode()
    assert "not been reached for 40 minutes: ConnectionRefusedError" in html
    assert html.count('role="alert"') == 1  # that mails wait follows from it


def test_mails_that_nobody_takes_up_are_red_but_not_those_of_a_halted_topic(admin):
    mail(next_try_at=timezone.now() - timedelta(minutes=16))
    assert "1 mail is due since long" in admin.get(ENGINE).content.decode()
    Halt.objects.create(topic="survey", halted_at=timezone.now())
    html = admin.get(ENGINE).content.decode()
    assert "due since long" not in html
    assert "Surveys: halted" in html


def test_run_now_asks_a_worker_and_tells_how_it_goes(admin, people, monkeypatch):
    asked = []
    monkeypatch.setattr("cadences.tasks.run_now.delay", lambda **sent: asked.append(sent))
    answer = admin.post(reverse("cadences:engine_run"), HTTP_HX_REQUEST="true")
    assert asked == [{"asked_by": "Ada Min"}]
    assert "Waiting for a worker" in answer.content.decode()
    where = reverse("cadences:engine_progress")
    since = {"asked": str(timezone.now().timestamp())}
    assert "Waiting" in admin.get(where, since).content.decode()
    run = JobRun.objects.create(
        job="nightly", period="2026-11-24", state="running", started_at=timezone.now()
    )
    assert "is running" in admin.get(where, since).content.decode()
    run.state = "done"
    run.save()
    assert admin.get(where, since, HTTP_HX_REQUEST="true")["HX-Refresh"] == "true"


def test_a_worker_that_does_not_answer_is_said(admin, tuesday):
    since = {"asked": str(datetime.now().timestamp() - 60)}
    html = admin.get(reverse("cadences:engine_progress"), since).content.decode()
    assert "No worker has taken it yet" in html


def test_run_now_without_a_queue_says_what_works(admin, monkeypatch):
    from kombu.exceptions import OperationalError

    def broken(**_):
        raise OperationalError("no broker")

    monkeypatch.setattr("cadences.tasks.run_now.delay", broken)
    answer = admin.post(reverse("cadences:engine_run"), follow=True)
    assert "nothing was started" in answer.content.decode()


def test_the_run_list_is_short_and_says_that_there_is_more(admin):
    for day in range(1, 13):
        ran(f"2026-11-{day:02d}")
    ran("2026-11-13", state="covered", counts={})
    html = admin.get(ENGINE).content.decode()
    assert "2026-11-12" in html
    assert "2026-11-02" not in html
    assert "2026-11-13" not in html
    assert "Show earlier runs" in html
    assert "2026-11-01" in admin.get(ENGINE, {"all": ""}).content.decode()

"""The life of a wave, with the real tally and the real database of ballots."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from datetime import date, timedelta

import pytest

from accounts.models import Account
from ballotbox import bundle, database, sealing, tickets
from ballotbox.keyfiles import ticket_key
from contacts.models import Contact
from correspondence.models import Message, State
from surveys import ballots as gateway
from surveys import bundles, health, keys
from surveys.models import Asked, HeldBack, Invitation, Programme, Wave
from surveys.services import invite, waves
from tests import factories as make
from tests.ballotbox.waves import marked
from tests.ballots import Ballots
from tests.surveys import factories as survey
from tests.surveys.factories import TODAY


@pytest.fixture
def programme(ballots: Ballots) -> Programme:
    """On, and with enough customers that its waves are quarters."""
    rows = [
        Account(name=f"Customer {n}", status="customer", became_customer_on=date(2026, 5, 1))
        for n in range(130)
    ]
    people = [
        Contact(account=row, last_name="Lind", email=f"x{row.pk}@customer.example", is_main=True)
        for row in Account.objects.bulk_create(rows)
    ]
    Contact.objects.bulk_create(people)
    return survey.make_programme()


@pytest.fixture
def keep(clock) -> Callable[[date], Wave]:
    """What the night does on a day, on that day; returns the first wave."""

    def kept(on: date) -> Wave:
        clock.move_to(f"{on} 08:00:00+00:00")
        assert waves.keep(on, {}) == []
        return Wave.objects.order_by("opens_on").first()

    return kept


def test_a_wave_is_planned_gets_its_key_and_opens(programme, ballots, rung, keep):
    wave = keep(TODAY)
    assert rung[0] == ("ballotbox.prepare_wave", str(wave.pk))
    assert (wave.label, wave.opens_on, wave.last_send_on, wave.closes_on) == (
        "2026 Q4", TODAY, date(2026, 12, 31), date(2027, 1, 28),
    )  # fmt: skip
    assert (wave.state, wave.dimensions) == ("ready", ["tier"])
    found = bundle.read(ballots.waves, wave.pk)
    assert found.ticket_key == keys.store().read(ticket_key(wave.pk))
    assert (found.company, found.label, found.closes) == ("Northwind Pumps", "2026 Q4", wave.closes_on)
    assert next(question.key for question in found.questionnaire.questions) == "recommend"
    stored = ballots.rows("SELECT public_key, dimensions FROM wave")
    assert (bytes(stored[0][0]), stored[0][1]) == (found.public_key, ["tier"])


def test_planning_again_changes_nothing(programme, rung, keep):
    for _ in range(3):
        keep(TODAY)
    assert Wave.objects.count() == 1


def test_the_next_wave_has_its_keys_two_weeks_ahead(programme, rung, keep):
    for day, number in ((date(2026, 12, 17), 1), (date(2026, 12, 18), 2)):
        keep(day)
        assert Wave.objects.count() == number, day
    keep(date(2026, 12, 18))
    later = Wave.objects.get(label="2027 Q1")
    assert (later.state, later.opens_on) == ("ready", date(2027, 1, 1))
    assert not Wave.objects.sending_on(date(2026, 12, 31)).filter(pk=later.pk).exists()


def test_too_few_make_waves_of_half_a_year_that_show_the_whole_company(ballots, rung, keep):
    survey.make_programme()
    wave = keep(TODAY)
    assert (wave.label, wave.last_send_on, wave.dimensions) == ("2026 H2", date(2026, 12, 31), [])


def test_from_quarters_to_half_years_no_two_waves_overlap(ballots, rung):
    programme = survey.make_programme()
    survey.make_wave(programme, label="2026 Q3", opens_on=date(2026, 7, 1), last_send_on=date(2026, 9, 30))
    wave = waves.plan(date(2026, 9, 20), {})[0]
    assert (wave.label, wave.opens_on) == ("2026 H2", date(2026, 10, 1))


def test_a_short_window_of_the_plan_is_one_wave(ballots, rung):
    survey.make_programme("yearly")
    window = {"yearly-survey": (date(2026, 11, 23), date(2026, 12, 4))}
    assert waves.plan(date(2026, 11, 1), window) == []
    (wave,) = waves.plan(TODAY, window)
    assert (wave.label, wave.opens_on, wave.closes_on) == ("2026", TODAY, date(2027, 1, 1))
    assert wave.last_send_on == date(2026, 12, 18)  # who was missed is made up for until two weeks later
    assert waves.plan(date(2026, 12, 18), window) == []
    assert waves.plan(date(2026, 12, 19), window) == []


def test_a_wave_keeps_the_questions_it_began_with(programme, ballots, rung, keep):
    wave = keep(TODAY)
    old = wave.questions
    old.state = "retired"
    old.save()
    programme.questions.create(version=2, state="current", content={"questions": []}, published_on=TODAY)
    keep(TODAY)
    assert Wave.objects.get().questions == old
    assert bundle.read(ballots.waves, wave.pk).questionnaire == old.asked


def test_a_lost_file_or_key_is_made_anew_so_that_the_box_opens_what_we_send(programme, ballots, rung, keep):
    wave = keep(TODAY)
    (ballots.waves / f"{wave.pk}.json").unlink()
    keep(TODAY)
    assert bundle.read(ballots.waves, wave.pk).ticket_key == keys.make_wave(wave.pk)
    keys.store().destroy(ticket_key(wave.pk))
    keep(TODAY)
    assert bundle.read(ballots.waves, wave.pk).ticket_key == keys.make_wave(wave.pk)


def test_a_held_wave_is_looked_after_although_its_programme_is_off(programme):
    programme.is_on = False
    programme.save()
    assert not waves.is_at_work()
    survey.make_wave(programme, state="held", purged_on=TODAY)
    assert waves.is_at_work()


def test_without_a_ballot_box_nothing_is_sent_and_the_engine_says_so(programme, settings, keep):
    settings.BALLOTS_RESULTS_URL = ""
    assert waves.keep(TODAY, {}) == []
    assert "no ballot box" in health.alarms(TODAY)[0]


def test_a_database_that_does_not_answer_is_said_and_breaks_nothing(programme, settings, keep):
    settings.BALLOTS_RESULTS_URL = "postgres://tend_results:secret@/nowhere/ballots"
    (trouble,) = waves.keep(TODAY, {})
    assert "secret" not in trouble
    assert Wave.objects.get().state == "planned"
    assert "Is the tally running?" in health.alarms(TODAY)[0]


def test_a_wave_whose_file_cannot_be_written_keeps_no_other_from_opening(programme, rung, keep, monkeypatch):
    write, yearly = bundles.write, survey.make_programme("yearly")
    monkeypatch.setattr(
        bundles, "write", lambda wave, *rest: full() if wave.programme == yearly else write(wave, *rest)
    )

    def full():
        raise OSError(28, "No space left on device", "/box/file")

    waves.keep(TODAY, {})
    (trouble,) = waves.keep(TODAY, {})
    assert trouble.endswith("No space left on device")
    assert dict(Wave.objects.values_list("programme__kind", "state")) == {
        "after_purchase": "ready", "yearly": "planned",
    }  # fmt: skip


# -- Follow-ups and the days' keys --------------------------------------------------------------------


@pytest.fixture
def sent(programme, rung, keep):
    """An open wave with three invitations of today, two of them handed over."""
    keep(TODAY)
    wave = keep(TODAY)
    asks = [survey.make_ask(survey.make_customer()) for _ in range(3)]
    invite(asks, TODAY)
    done = Invitation.objects.order_by("address")[:2]
    Invitation.objects.filter(pk__in=[row.pk for row in done]).update(state="handed_over")
    Message.objects.filter(key__in=[str(row.pk) for row in done]).update(
        state=State.SENT, sent_at="2026-11-24T09:00Z"
    )
    return wave


def test_everybody_is_written_to_once_more_after_a_week(sent, keep):
    for days, number in ((6, 0), (7, 2), (8, 2)):
        keep(TODAY + timedelta(days=days))
        assert Message.objects.filter(kind="survey_follow_up").count() == number, days


def test_the_days_key_goes_when_its_last_mail_is_out(sent, keep):
    keep(TODAY + timedelta(days=8))
    assert keys.has_tags(sent.pk, TODAY)  # one invitation and the follow-ups wait
    Message.objects.update(state=State.SENT, sent_at="2026-12-02T09:00Z")
    keep(TODAY + timedelta(days=9))
    assert not keys.has_tags(sent.pk, TODAY)
    assert keys.store().has(ticket_key(sent.pk))


def test_the_days_key_goes_after_14_days_whatever_waits(sent, keep):
    keep(TODAY + timedelta(days=13))
    assert keys.has_tags(sent.pk, TODAY)
    keep(TODAY + timedelta(days=14))
    assert not keys.has_tags(sent.pk, TODAY)


def test_the_days_key_goes_although_the_database_of_ballots_does_not_answer(sent, settings, keep, clock):
    settings.BALLOTS_RESULTS_URL = "postgres://tend_results:secret@/nowhere/ballots"
    for days, follow_ups, is_kept in ((7, 2, True), (14, 2, False)):
        clock.move_to(f"{TODAY + timedelta(days=days)} 08:00:00+00:00")
        assert len(waves.keep(TODAY + timedelta(days=days), {})) == 1
        assert Message.objects.filter(kind="survey_follow_up").count() == follow_ups
        assert keys.has_tags(sent.pk, TODAY) is is_kept


# -- The end -------------------------------------------------------------------------------------------


def vote(ballots: Ballots, wave: Wave, number: int) -> None:
    """As the box keeps ballots."""
    public = bundle.read(ballots.waves, wave.pk).public_key
    with database.connected(ballots.box_url) as cursor:
        for _ in range(number):
            said = marked({"recommend": 9})
            cursor.execute(
                "INSERT INTO ballot (wave, tag, sealed) VALUES (%s, %s, %s)",
                [str(wave.pk), os.urandom(16), sealing.seal(public, wave.pk, said)],
            )


@pytest.mark.parametrize(
    ("answers", "state", "held_for"), [(12, "released", ""), (3, "held", "few"), (13, "held", "surplus")]
)
def test_after_the_close_it_is_settled_and_no_ticket_is_made_any_more(
    sent, ballots, rung, answers, state, held_for, keep
):
    Wave.objects.filter(pk=sent.pk).update(n_mailed=12)  # of people who were deleted, most of them
    vote(ballots, sent, answers)
    link = tickets.write(keys.make_wave(sent.pk), tickets.Ticket(sent.pk, os.urandom(16)))
    keep(date(2027, 1, 29))
    ((invited,),) = ballots.rows("SELECT invited FROM wave WHERE id = %s", str(sent.pk))
    assert invited == {"": 2}
    wave = keep(date(2027, 1, 30))
    assert (wave.state, wave.held_for, wave.n_invited, wave.n_handed_over) == (state, held_for, 3, 2)
    assert not keys.store().has(ticket_key(wave.pk))
    found = bundle.read(ballots.waves, wave.pk)
    assert (found.ticket_key, found.public_key, found.public["state"]) == (None, None, state)
    assert found.public["held_for"] == held_for
    assert found.fingerprint
    assert not [name for name in keys.store().names() if str(wave.pk) in name]
    assert tickets.wave_of(link) == wave.pk


def test_the_tally_is_told_what_comments_may_not_show(programme, ballots, rung, monkeypatch, keep):
    keep(TODAY)
    wave = keep(TODAY)
    owner = make.make_user(display_name="Kari Selger")
    contact = survey.make_customer(owner, name="Borg & Sønn Mekaniske", email="ragnhild.moe@borg.example")
    contact.first_name, contact.last_name = "Ragnhild", "Moe"
    contact.save()
    contact.account.purchases.update(external_id="P-20117")
    survey.make_invitation(wave, contact)
    # the words go with the ballots: look before the tally hears of it
    monkeypatch.setattr(gateway, "_ring", lambda task, argument: None)
    keep(date(2027, 1, 29))
    ((words,),) = ballots.rows("SELECT words FROM redaction")
    told = {
        "ragnhild",
        "moe",
        "borg",
        "sønn",
        "mekaniske",
        "kari",
        "selger",
        "p-20117",
        "ragnhild.moe@borg.example",
    }
    assert told <= set(words)
    assert str(contact.pk) not in json.dumps(words)


def test_what_is_about_single_people_goes_30_days_after_the_close(sent, rung, keep):
    asked = Asked.objects.count()
    old = Asked.objects.create(
        contact=survey.make_customer(), programme=sent.programme, sent_on=date(2025, 12, 1)
    )
    other = survey.make_invitation(
        survey.make_wave(
            sent.programme, label="later", opens_on=date(2027, 1, 1), last_send_on=date(2027, 3, 31)
        ),
        survey.make_customer(),
    )
    for day in (date(2027, 1, 29), date(2027, 2, 27), date(2027, 2, 28)):
        keep(day)
        gone = day == date(2027, 2, 28)
        assert sent.invitations.exists() is not gone, day
        assert Message.objects.exists() is not gone, day
    assert Invitation.objects.filter(pk=other.pk).exists()
    assert Asked.objects.count() == asked
    assert not Asked.objects.filter(pk=old.pk).exists()


def test_bounces_and_unsubscriptions_are_counted_per_wave_only(sent, rung, keep):
    from correspondence.suppression import suppress

    bounced, stopped = (
        sent.invitations.filter(state="handed_over").first(),
        sent.invitations.get(state="queued"),
    )
    suppress(bounced.address, "", "hard_bounce")
    Message.objects.filter(key=str(stopped.pk)).update(state=State.CANCELLED, reason="unsubscribed")
    keep(date(2027, 1, 29))
    sent.refresh_from_db()
    assert (sent.n_invited, sent.n_handed_over, sent.n_bounced, sent.n_suppressed) == (3, 1, 1, 1)


def test_who_waited_for_a_manager_too_long_is_over(programme, rung, keep):
    row = HeldBack.objects.create(
        programme=programme, account=make.make_account(), cycle="first", reason="no_address", since=TODAY
    )
    for days, state in ((14, "open"), (15, "over")):
        keep(TODAY + timedelta(days=days))
        row.refresh_from_db()
        assert row.state == state

"""The night writes what the plan owes in writing, once, from the owner; or says why it cannot."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta

import pytest
import time_machine
from django.core.management import call_command
from django.db import connection, connections
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from cadences.models import Touchpoint
from cadences.nightly import run_night
from cadences.planned import following, night
from cadences.services import reopen, skip, snooze
from core import facts
from core.jobs import LostClaimError
from correspondence.models import Message, Piece, Suppression, TemplateText
from correspondence.pieces import services as pieces
from correspondence.pieces.afterwards import approve, write_again
from correspondence.pieces.leaving import left
from tests import factories as make

from .conftest import TODAY

pytestmark = pytest.mark.django_db


def written(on: date = TODAY) -> dict:
    """What is owed is owed, then what is owed in writing is written."""
    run_night(on, asked_by="command")
    return night.run(on, asked_by="command").counts


def piece_of(account) -> Piece:
    return Piece.objects.get(account=account, origin__isnull=False)


def row_of(account) -> Touchpoint:
    return Touchpoint.objects.get(account=account, slot__key__startswith="welcome")


# -- what is written -------------------------------------------------------------------------------


def test_what_is_due_becomes_a_draft_from_the_owner(people, owes):
    customer = owes()
    counts = written()
    assert (counts["drafted"], counts["queued"], counts["reasons"]) == (1, 0, {})
    piece = piece_of(customer)
    assert (piece.state, piece.medium, piece.use, piece.sender) == ("draft", "email", "welcome", people.owner)
    assert piece.body.startswith("Dear Eva Lind,")
    assert piece.origin == f"touchpoint {row_of(customer).pk}"
    assert piece.created_by is None
    assert row_of(customer).state == "open"


def test_words_are_in_the_contacts_language(owes):
    customer = owes(contact={"language": "de-AT"})
    template = TemplateText.objects.get().template
    make.make_template(
        template=template, language="de", subject="Willkommen", body="{{salutation}}\n\nwillkommen."
    )
    written()
    assert (piece_of(customer).subject, piece_of(customer).language) == ("Willkommen", "de")
    assert piece_of(customer).body.startswith("Guten Tag Eva Lind,")


def test_running_again_writes_nothing_twice(owes):
    customer = owes()
    first, second = written(), written()
    assert (first["drafted"], second["drafted"]) == (1, 1)  # of the date, not of the run
    assert Piece.objects.filter(account=customer).count() == 1


def test_what_the_plan_queues_at_once_leaves_without_an_eye_on_it(people, owes):
    customer = owes(approval=False)
    make.make_identity(people.owner)
    counts = written()
    assert (counts["drafted"], counts["queued"]) == (0, 1)
    piece = piece_of(customer)
    assert piece.state == "queued"
    assert piece.message == Message.objects.get(kind="piece")
    assert not piece.message.is_urgent


def test_without_a_verified_sender_an_email_waits_as_a_draft(owes):
    customer = owes(approval=False)
    assert written()["drafted"] == 1
    assert piece_of(customer).state == "draft"


def test_letters_queued_at_once_wait_for_the_printer(owes):
    customer = owes("letter", approval=False)
    assert written()["queued"] == 1
    assert (piece_of(customer).state, piece_of(customer).medium) == ("queued", "letter")


def test_after_three_weeks_without_a_night_nothing_leaves_by_itself(people, owes):
    """What is older than two weeks is drafted; of the rest no more leaves than on two normal nights."""
    make.make_identity(people.owner)
    old = owes(approval=False, bought=TODAY - timedelta(days=20))
    recent = [owes(approval=False, bought=TODAY - timedelta(days=days % 2)) for days in range(6)]
    counts = written()
    assert piece_of(old).state == "draft"
    assert counts["drafted"] + counts["queued"] == 7
    assert counts["queued"] <= 6
    assert {piece_of(account).state for account in recent} >= {"queued"}


def test_a_day_that_has_not_come_is_refused(people):
    with pytest.raises(night.NightRefusedError):
        night.run(TODAY + timedelta(days=1), asked_by="command")


def test_command_says_what_it_did(owes, capsys):
    owes()
    owes(contact={"email": ""})
    run_night(TODAY, asked_by="command")
    with pytest.raises(SystemExit) as ended:
        call_command("write_planned")
    assert ended.value.code == 1
    said = capsys.readouterr().out
    assert "1 drafted" in said
    assert "no e-mail address: 1" in said


# -- what cannot be written ------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("reason", "kind", "changes"),
    [
        ("no e-mail address", "email", {"contact": {"email": ""}}),
        ("no contact", "email", {"contact": {"is_main": False}}),
        ("channel refused", "email", {"contact": {"refused_channels": ["email"]}}),
        ("channel refused", "letter", {"contact": {"refused_channels": ["letter"]}}),
        ("address incomplete", "letter", {"account": {"postal_code": ""}}),
        ("no owner", "email", {"account": {"owner": None}}),
        ("value missing", "email", {"body": "{{salutation}} {{contact_job_title}}"}),
    ],
)
def test_what_cannot_be_written_is_told_and_stops_nobody(owes, reason, kind, changes):
    body = {"body": changes.pop("body")} if "body" in changes else {}
    fine = owes(kind, **body, contact={"job_title": "Buyer"})
    hindered = owes(kind, **body, **changes)
    counts = written()
    assert counts["reasons"] == {reason: 1}
    assert piece_of(fine).state == "draft"
    assert not Piece.objects.filter(account=hindered).exists()
    assert row_of(hindered).state == "open"


def test_address_that_opted_out_and_template_that_is_retired(owes):
    customer = owes()
    Suppression.objects.create(address=f"eva{customer.pk}@example.com", reason="unsubscribe")
    assert written()["reasons"] == {"opted out": 1}
    Suppression.objects.all().delete()
    TemplateText.objects.get().template.__class__.objects.update(is_retired=True)
    assert written()["reasons"] == {"no words": 1}


def test_mended_today_it_is_written_tonight(owes):
    customer = owes(contact={"email": ""})
    assert written()["reasons"] == {"no e-mail address": 1}
    customer.contacts.update(email="eva@example.com")
    assert written()["drafted"] == 1


# -- drafts and what is owed end together ----------------------------------------------------------


def test_what_has_left_closes_what_was_owed(people, owes):
    customer = owes("letter")
    written()
    piece = pieces.queue(people.owner, piece_of(customer))
    pieces.post(people.owner, [piece], TODAY)
    row = row_of(customer)
    assert (row.state, row.closed_on, row.closed_by) == ("done", TODAY, people.owner)
    assert row.interaction == piece_of(customer).logged
    assert (row.interaction.kind, row.interaction.source) == ("letter", "system")
    written()
    assert Piece.objects.filter(account=customer).count() == 1


def test_skipping_takes_the_draft_back_and_undo_writes_anew(people, owes):
    customer = owes()
    written()
    skip(people.owner, row_of(customer), "They know us already.")
    cancelled = Piece.objects.get(account=customer)
    assert (cancelled.state, cancelled.reason) == ("cancelled", "They know us already.")
    reopen(people.owner, row_of(customer))
    written()
    assert list(Piece.objects.filter(account=customer).order_by("pk").values_list("state", flat=True)) == [
        "cancelled", "draft"
    ]  # fmt: skip


def test_putting_off_takes_the_draft_back_until_its_day(people, owes):
    customer = owes()
    written()
    snooze(people.owner, row_of(customer), TODAY + timedelta(days=3), "Later.")
    assert Piece.objects.get(account=customer).state == "cancelled"
    assert written()["drafted"] == 1  # that of before
    assert Piece.objects.filter(account=customer).count() == 1


def test_former_customer_gets_nothing_any_more(owes):
    customer = owes()
    written()
    type(customer).objects.filter(pk=customer.pk).update(status="former", former_since=TODAY)
    facts.changed(account_ids=[customer.pk])
    assert (row_of(customer).state, Piece.objects.get(account=customer).state) == ("cancelled", "cancelled")


def test_what_somebody_has_edited_stays(people, owes):
    customer = owes()
    written()
    with time_machine.travel("2026-11-24 11:00", tick=False):
        pieces.change(people.owner, piece_of(customer), body="Dear Eva,\n\nwelcome, and greet Per.")
    snooze(people.owner, row_of(customer), TODAY + timedelta(days=3), "Later.")
    assert piece_of(customer).body.endswith("greet Per.")
    written()
    assert Piece.objects.get(account=customer).state == "draft"


def test_new_owner_signs_what_was_not_sent(people, owes):
    customer = owes()
    written()
    colleague = make.make_user(team=people.owner.team)
    type(customer).objects.filter(pk=customer.pk).update(owner=colleague)
    written()
    found = Piece.objects.filter(account=customer).order_by("pk")
    assert [(piece.state, piece.sender) for piece in found] == [
        ("cancelled", people.owner), ("draft", colleague)
    ]  # fmt: skip


def test_draft_that_a_person_took_back_is_not_written_again(people, owes):
    customer = owes()
    written()
    pieces.cancel(people.owner, piece_of(customer), "I ring them instead.")
    written()
    assert Piece.objects.get(account=customer).state == "cancelled"
    assert row_of(customer).state == "open"


# -- cost ------------------------------------------------------------------------------------------


def test_twenty_cost_as_many_queries_as_two(owes):
    def cost(n: int) -> int:
        for _ in range(n):
            owes()
        run_night(TODAY, asked_by="command")
        with CaptureQueriesContext(
            connection,
        ) as queries:
            night.run(TODAY, asked_by="command")
        return len(queries)

    owes()
    written()
    assert cost(2) == cost(20)


@pytest.mark.django_db(transaction=True)
def test_ten_at_once_write_once(owes, people):
    customer = owes()
    run_night(TODAY, asked_by="command")

    def one(_: int) -> None:
        try:
            night.run(TODAY, asked_by="tick")
        except (night.NightRefusedError, LostClaimError):
            pass
        finally:
            connections.close_all()

    with ThreadPoolExecutor(10) as pool:
        list(pool.map(one, range(10)))
    assert Piece.objects.filter(account=customer).count() == 1


# -- what has been approved, queued or written again -----------------------------------------------


def test_a_mail_that_was_queued_by_itself_is_taken_back_with_its_touchpoint(people, owes):
    customer = owes(approval=False)
    make.make_identity(people.owner)
    written()
    skip(people.owner, row_of(customer), "They know us already.")
    piece = Piece.objects.get(account=customer)
    assert (piece.state, piece.reason) == ("cancelled", "They know us already.")
    assert Message.objects.get(kind="piece").state == "cancelled"


def test_a_mail_that_was_queued_by_itself_follows_the_engine_too(people, owes):
    customer = owes(approval=False)
    make.make_identity(people.owner)
    written()
    snooze(people.owner, row_of(customer), TODAY + timedelta(days=3), "Later.")
    assert Piece.objects.get(account=customer).state == "cancelled"
    assert Message.objects.get(kind="piece").state == "cancelled"


def test_a_mail_that_is_being_sent_is_not_taken_back(people, owes):
    customer = owes(approval=False)
    make.make_identity(people.owner)
    written()
    Message.objects.update(state="sending", lease_until=make.at("2026-11-24 10:00"))
    skip(people.owner, row_of(customer), "They know us already.")
    assert Piece.objects.get(account=customer).state == "queued"


def test_an_approved_letter_stays_when_it_is_put_off(people, owes):
    customer = owes("letter")
    written()
    with time_machine.travel("2026-11-24 11:00", tick=False):
        pieces.queue(people.owner, piece_of(customer))
        snooze(people.owner, row_of(customer), TODAY + timedelta(days=3), "Later.")
    assert piece_of(customer).state == "queued"


def test_what_is_written_again_closes_what_the_first_was_written_for(people, owes):
    customer = owes()
    written()
    make.make_identity(people.owner)
    piece = pieces.queue(people.owner, piece_of(customer))
    for _ in range(2):
        Message.objects.filter(pk=piece.message_id).update(state="failed")
        piece = pieces.queue(people.owner, write_again(people.owner, piece))
    left([piece], TODAY)
    row = row_of(customer)
    assert (row.state, row.interaction) == ("done", Piece.objects.get(pk=piece.pk).logged)


def test_edited_words_that_are_owed_no_more_say_so_and_are_not_sent_with_the_others(people, owes, client):
    customer = owes()
    written()
    with time_machine.travel("2026-11-24 11:00", tick=False):
        before = pieces.change(people.owner, piece_of(customer), body="Dear Eva,\n\nwelcome.")
        type(customer).objects.filter(pk=customer.pk).update(status="former", former_since=TODAY)
        facts.changed(account_ids=[customer.pk])
        piece = piece_of(customer)
        assert (piece.state, piece.reason) == ("draft", "It is no longer owed.")
        sent, refused = approve(people.owner, [(piece.pk, before.version)])  # a page of before
        assert (sent, len(refused)) == ([], 1)
        client.force_login(people.owner)
        page = client.get(reverse("correspondence:drafts")).content.decode()
    assert "It is no longer owed." in page
    assert 'id="approve"' not in page


def test_following_reads_any_number_in_batches(people, owes, monkeypatch):
    monkeypatch.setattr(following, "BATCH", 2)
    for _ in range(5):
        owes()
    written()
    Touchpoint.objects.filter(slot__key__startswith="welcome").update(state="skipped", closed_on=TODAY)
    assert following.follow(TODAY) == 5
    assert set(Piece.objects.values_list("state", flat=True)) == {"cancelled"}

"""The demo as people find it."""

from datetime import datetime
from io import StringIO

import pytest
import time_machine
from django.core.management import call_command

from accounts.models import Account, BookEntry
from cadences.models import Appointment, Campaign, Schedule, Touchpoint
from contacts.models import (
    Ask,
    Commitment,
    Concern,
    ConcernNote,
    Contact,
    Expectation,
    Interaction,
)
from correspondence.models import Identity, Mailing, Message, Piece
from imports.demo import check, people
from sales.models import Purchase
from sales.services import refresh_status
from tests.imports.demo.conftest import MONDAY
from users.models import Absence, User

pytestmark = [pytest.mark.slow, pytest.mark.usefixtures("monday"), pytest.mark.django_db]


def test_the_company_that_the_demo_promises():
    assert User.objects.count() == 8
    assert Account.objects.count() == 400
    assert Contact.objects.count() == 900
    assert Purchase.objects.count() == 2000
    assert Absence.objects.filter(starts_on__gt=MONDAY).count() == 1
    assert Schedule.get().is_on
    for model, least in ((Interaction, 3000), (Concern, 80), (Commitment, 80), (Ask, 40)):
        assert model.objects.count() >= least, model
    assert Concern.objects.filter(resolved_on=None).count() >= 8
    assert Concern.objects.unconfirmed().count() >= 5
    assert Concern.objects.filter(confirmed_on__lte=MONDAY).count() >= 50
    assert ConcernNote.objects.count() >= 50
    assert not ConcernNote.objects.filter(noted_at__date__gt=MONDAY).exists()
    assert {"open", "met", "partly", "not_met"} == set(Expectation.objects.values_list("state", flat=True))
    assert {"open", "kept", "late", "broken"} == set(Commitment.objects.values_list("state", flat=True))
    assert {BookEntry.objects.filter(user__email=person.email).count() for person in people.SELLERS} == {23}
    assert not Interaction.objects.filter(happened_on__gt=MONDAY).exists()


def test_two_campaigns_run_and_one_has_ended():
    running = Campaign.objects.running()
    assert {campaign.account.owner.display_name for campaign in running} == {"Elin Sandell"}
    for campaign in running:
        assert Touchpoint.objects.open().filter(cycle=campaign.key, assignee=campaign.account.owner).exists()
    assert running.count() == 2
    assert Touchpoint.objects.filter(basis="campaign", state="done", interaction__isnull=False).count() >= 4
    assert Campaign.objects.ended().get().result == "appointment"


def test_every_salesperson_has_words_to_send_letters_to_print_and_meetings_ahead():
    for person in people.SELLERS:
        user = User.objects.get(email=person.email)
        pieces = Piece.objects.filter(sender=user)
        assert pieces.filter(medium="letter", state="queued").exists(), person
        assert pieces.filter(medium="email", state="draft").exists(), person
        assert Appointment.objects.filter(host=user, state="planned").count() == 2
        assert Identity.objects.verified().filter(user=user).exists()
    assert Mailing.objects.get().is_draft
    assert not Message.objects.filter(kind__in=["piece", "appointment"]).exists()  # nothing has left


def test_everybody_has_something_to_do():
    staff = {person.key: User.objects.get(email=person.email) for person in people.STAFF}

    assert check.shortfalls(staff, MONDAY) == []
    for seller in people.SELLERS:
        assert Touchpoint.objects.open().filter(assignee=staff[seller.key], kind="todo").exists()


def test_the_logins_are_shown_and_work(monday, client):
    out, logins = monday

    assert people.PASSWORD in out
    assert logins.read_text().count("@") == len(people.STAFF)
    for person in people.STAFF:
        assert client.login(username=person.email, password=people.PASSWORD)


def test_the_engine_has_nothing_to_add():
    before = list(Touchpoint.objects.order_by("pk").values_list("pk", "state", "due_on", "assignee"))

    with time_machine.travel(datetime(2026, 11, 23, 9), tick=False):
        call_command("nightly", on=MONDAY, stdout=StringIO())

    assert list(Touchpoint.objects.order_by("pk").values_list("pk", "state", "due_on", "assignee")) == before


def test_statuses_are_what_sales_would_make_them():
    before = list(Account.objects.order_by("pk").values_list("status", "became_customer_on"))

    refresh_status(Account.objects.values_list("pk", flat=True))

    assert list(Account.objects.order_by("pk").values_list("status", "became_customer_on")) == before

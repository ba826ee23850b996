"""The same form twice at the same moment: the second waits for the first and finds what it made."""

from __future__ import annotations

import threading
from datetime import date
from uuid import uuid4

import pytest
from django.db import connection

from cadences import services
from cadences.models import Touchpoint
from cadences.services import NextStep, Submission
from contacts.models import Contact, Interaction
from contacts.services import LogEntry
from tests import factories as make

THURSDAY = date(2026, 11, 26)

pytestmark = pytest.mark.django_db(transaction=True)


def at_once(verb):
    """What two clicks get; both start together."""
    start, made, failed = threading.Barrier(2), [], []

    def click():
        try:
            start.wait(timeout=10)
            made.append(verb())
        except Exception as error:
            failed.append(error)
        finally:
            connection.close()

    clicks = [threading.Thread(target=click) for _ in range(2)]
    for one in clicks:
        one.start()
    for one in clicks:
        one.join()
    assert failed == []
    return made


def sent(outcome="talked", **fields):
    entry = LogEntry("call", outcome, summary="All is well", token=uuid4())
    return Submission(entry, NextStep.agreed(THURSDAY), new_person={"last_name": "Vik"}, **fields)


def test_a_log_on_the_account(people):
    account, form = make.make_account(people.owner), sent()
    first, second = at_once(lambda: services.record_on_account(people.owner, account, form))
    assert first == second
    assert Contact.objects.count() == Interaction.objects.count() == Touchpoint.objects.count() == 1


@pytest.mark.parametrize("outcome", ["talked", "no_answer", "call_back"])
def test_a_log_of_what_was_owed(people, outcome):
    owed = make.make_touchpoint(make.make_account(people.owner), people.owner, date(2026, 11, 24))
    form = sent(outcome, back_on=THURSDAY)
    first, second = at_once(lambda: services.record(people.owner, owed, form))
    assert first == second
    assert Contact.objects.count() == Interaction.objects.count() == 1


def test_a_todo(people):
    account, token = make.make_account(people.owner), uuid4()
    first, second = at_once(
        lambda: services.add_todo(people.owner, account, "Send it", THURSDAY, token=token)
    )
    assert first == second

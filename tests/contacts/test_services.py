"""The verbs of contacts: who may, what is refused, what follows."""

from __future__ import annotations

from datetime import date
from itertools import combinations

import pytest
import time_machine
from django.core.exceptions import PermissionDenied, ValidationError

from cadences.models import Touchpoint
from contacts import services
from contacts.models import Channel, Concern, Contact, Interaction
from contacts.reaching import was_reached
from contacts.services import AskDraft, CommitmentDraft, LogEntry
from tests import factories as make

TODAY = date(2026, 11, 24)


@pytest.fixture(autouse=True)
def tuesday():
    with time_machine.travel("2026-11-24 08:00:00+00:00", tick=False):
        yield


@pytest.fixture
def owner(db):
    return make.make_user(display_name="Kari Holm")


@pytest.fixture
def desk(db):
    return make.make_user("reader", display_name="Jon Desk")


@pytest.fixture
def stranger(db):
    return make.make_user(display_name="Ola Berg")


@pytest.fixture
def account(owner):
    return make.make_account(owner, country="NO")


@pytest.mark.parametrize(
    ("kind", "outcome", "reached"),
    [
        ("call", "talked", True),
        ("meeting", "held", True),
        ("email", "talked", True),
        ("email", "sent", False),
        ("letter", "talked", False),
        ("call", "no_answer", False),
        ("call", "voicemail", False),
        ("call", "wrong_number", False),
        ("call", "call_back", False),
        ("note", "noted", False),
    ],
)
def test_who_was_reached(kind, outcome, reached):
    assert was_reached(kind, outcome) is reached


def test_a_channel_is_a_kind_of_log_and_of_touchpoint_under_the_same_name():
    lists = [
        dict(choices) for choices in (Channel.choices, Interaction.Kind.choices, Touchpoint.Kind.choices)
    ]
    for one, other in combinations(lists, 2):
        shared = one.keys() & other.keys()
        assert len(shared) > 4
        assert {key: one[key] for key in shared} == {key: other[key] for key in shared}
    assert set(Channel.values) <= set(Interaction.Kind.values)


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"kind": "pigeon"}, "kind"),
        ({"outcome": "maybe"}, "outcome"),
        ({"sentiment": 6}, "sentiment"),
        ({"happened_on": date(2026, 11, 25)}, "happened_on"),
        ({"kind": "letter", "outcome": "sent"}, "contact"),
    ],
)
def test_an_impossible_log_names_its_field_and_writes_nothing(owner, account, wrong, field):
    entry = LogEntry(**({"kind": "call", "outcome": "talked"} | wrong))
    with pytest.raises(ValidationError) as refused:
        services.log_interaction(owner, account, entry)
    assert field in refused.value.message_dict
    assert Interaction.objects.count() == 0


def test_somebody_of_another_account_cannot_have_been_talked_with(owner, account):
    other = make.make_contact(make.make_account(owner))
    with pytest.raises(ValidationError, match="does not work at this account"):
        services.log_interaction(owner, account, LogEntry("call", "talked", contact=other))


def test_whose_side_logged_it_is_stored_and_stays(owner, stranger, account):
    log = services.log_interaction(owner, account, LogEntry("call", "talked"))
    account.owner = stranger
    account.save()
    services.correct_interaction(stranger, log, summary="Typo")
    log.refresh_from_db()
    assert log.by_owner_side is True


def test_a_log_is_changed_by_its_author_or_the_accounts_side_alone(owner, desk, stranger, account):
    log = services.log_interaction(desk, account, LogEntry("call", "talked"))
    services.correct_interaction(desk, log, sentiment=2)
    services.correct_interaction(owner, log, sentiment=3)
    for verb in (
        lambda: services.correct_interaction(stranger, log, sentiment=5),
        lambda: services.withdraw_interaction(stranger, log, "no"),
    ):
        with pytest.raises(PermissionDenied):
            verb()
    log.refresh_from_db()
    assert (log.sentiment, log.withdrawn_at) == (3, None)


def test_a_log_is_withdrawn_once_and_with_a_reason(owner, account):
    log = services.log_interaction(owner, account, LogEntry("call", "talked"))
    with pytest.raises(ValidationError):
        services.withdraw_interaction(owner, log, " ")
    services.withdraw_interaction(owner, log, "wrong account")
    with pytest.raises(ValidationError):
        services.withdraw_interaction(owner, log, "again")
    with pytest.raises(ValidationError):
        services.correct_interaction(owner, log, sentiment=1)
    assert list(Interaction.objects.standing()) == []


def test_a_concern_has_somebody_from_the_first_minute(owner, desk, account):
    concern = services.raise_concern(desk, account, "Seal leaks", 3)
    assert (concern.owner, concern.raised_by, concern.opened_on) == (owner, desk, TODAY)
    orphan = services.raise_concern(desk, make.make_account(None), "Late delivery")
    assert orphan.owner == desk


def test_a_concern_is_resolved_with_words_by_those_concerned(owner, desk, stranger, account):
    concern = services.raise_concern(desk, account, "Seal leaks")
    with pytest.raises(PermissionDenied):
        services.resolve_concern(stranger, concern, "done")
    with pytest.raises(ValidationError):
        services.resolve_concern(desk, concern, "")
    services.resolve_concern(desk, concern, "New seal fitted")
    concern.refresh_from_db()
    assert (concern.resolved_on, concern.resolved_by) == (TODAY, desk)
    with pytest.raises(ValidationError, match="Jon Desk resolved"):
        services.resolve_concern(owner, concern, "twice")
    services.reopen_concern(owner, concern)
    assert Concern.objects.open().get() == concern


def test_a_concern_cannot_be_due_before_it_was_raised(owner, account):
    with pytest.raises(ValidationError) as refused:
        services.raise_concern(owner, account, "x", due_on=date(2026, 11, 1))
    assert "due_on" in refused.value.message_dict


@pytest.mark.parametrize(
    ("day", "kept", "state"),
    [("2026-11-25", True, "kept"), ("2026-11-27", True, "late"), ("2026-11-25", False, "broken")],
)
def test_a_promise_is_kept_late_or_broken(owner, account, day, kept, state):
    promise = services.make_commitment(owner, account, CommitmentDraft("Quote", date(2026, 11, 26)))
    with time_machine.travel(f"{day} 08:00:00+00:00", tick=False):
        services.close_commitment(owner, promise, kept=kept)
    promise.refresh_from_db()
    assert promise.state == state
    with pytest.raises(ValidationError):
        services.close_commitment(owner, promise, kept=True)


def test_a_promise_for_yesterday_is_refused(owner, account):
    with pytest.raises(ValidationError):
        services.make_commitment(owner, account, CommitmentDraft("Quote", date(2026, 11, 23)))


def test_an_ask_leaves_a_record_and_gets_its_answer(owner, stranger, account):
    ask = services.record_ask(owner, account, AskDraft("referral"))
    assert (ask.asked_on, ask.asked_by, ask.answer) == (TODAY, owner, "open")
    with pytest.raises(PermissionDenied):
        services.answer_ask(stranger, ask, "yes")
    services.answer_ask(owner, ask, "yes", "Borg & Co")
    ask.refresh_from_db()
    assert (ask.answer, ask.referred_company) == ("yes", "Borg & Co")
    with pytest.raises(ValidationError):
        services.record_ask(owner, account, AskDraft("testimonial", "yes", "Borg & Co"))


def test_anybody_adds_a_person_and_the_first_is_the_main_one(desk, account):
    first = services.add_contact(desk, account, last_name="Lind", phone="22 33 44 55")
    second = services.add_contact(desk, account, last_name="Vik")
    assert (first.is_main, second.is_main, first.phone_e164) == (True, False, "+4722334455")


def test_people_are_changed_by_those_who_look_after_the_account(owner, desk, account):
    first = services.add_contact(desk, account, last_name="Lind")
    second = services.add_contact(desk, account, last_name="Vik")
    with pytest.raises(PermissionDenied):
        services.edit_contact(desk, first, last_name="X")
    services.edit_contact(owner, second, is_main=True)
    assert list(Contact.objects.filter(is_main=True)) == [second]
    services.edit_contact(owner, second, left_on=TODAY)
    second.refresh_from_db()
    assert (second.is_main, second.left_on) == (False, TODAY)


@pytest.mark.parametrize("fields", [{"last_name": " "}, {"last_name": "X", "email": "no address"}])
def test_a_person_that_cannot_be_is_refused(owner, account, fields):
    with pytest.raises(ValidationError):
        services.add_contact(owner, account, **fields)
    assert Contact.objects.count() == 0


def test_somebody_deactivated_does_nothing(account):
    gone = make.make_user(is_active=False)
    for verb in (
        lambda: services.add_note(gone, account, "x"),
        lambda: services.raise_concern(gone, account, "x"),
        lambda: services.add_contact(gone, account, last_name="x"),
        lambda: services.make_commitment(gone, account, CommitmentDraft("x", TODAY)),
        lambda: services.record_ask(gone, account, AskDraft("referral")),
    ):
        with pytest.raises(PermissionDenied):
            verb()
    assert (Interaction.objects.count(), Concern.objects.count(), Contact.objects.count()) == (0, 0, 0)

"""Whom a mailing reaches, and each reason why it does not reach somebody."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from contacts.models import Contact
from correspondence.mailings import missing
from correspondence.mailings.audience import Audience
from correspondence.models import Exclusion, Suppression
from correspondence.placeholders import KNOWN, Subject, values_for
from correspondence.services import Draft, enqueue
from tests import factories as make
from tests.correspondence.mailings.conftest import everybody, person

TODAY = date(2026, 11, 26)


def reasons(user, mailing):
    groups = Audience(mailing, accounts=everybody(), user=user).groups()
    return {group.reason: group.count for group in groups}


def only_reason(team, mailing=None, **fields):
    """Of two people, the first as usual and the second different in something."""
    found = reasons(team.kari, mailing or make.make_mailing(team.kari, **fields))
    assert found.pop("") == 1
    return found


def suppress(address, topic="", **fields):
    return Suppression.objects.create(address=address, topic=topic, reason="manual", **fields)


class TestReasons:
    @pytest.fixture(autouse=True)
    def first(self, team):
        return person(team.kari, 1)

    @pytest.mark.parametrize(
        ("reason", "fields"),
        [
            ("contact_paused", {"paused_until": TODAY}),
            ("refused", {"refused_channels": ["email"]}),
            ("no_address", {"email": ""}),
            ("left", {"left_on": TODAY}),
            ("no_contact", {"is_main": False}),
            ("duplicate", {"email": "EVA1@borg.example"}),
        ],
    )
    def test_a_contact(self, team, reason, fields):
        person(team.kari, 2, **fields)
        assert only_reason(team) == {reason: 1}

    def test_what_is_over_is_no_reason(self, team):
        person(team.kari, 2, paused_until=TODAY - timedelta(1))
        person(team.kari, 3, left_on=TODAY + timedelta(1))
        suppress("eva3@borg.example", until=timezone.now())
        assert reasons(team.kari, make.make_mailing(team.kari)) == {"": 3}

    def test_an_account(self, team):
        person(team.kari, 2, make.make_account(team.kari, paused_from=TODAY, paused_until=TODAY))
        person(team.kari, 3, make.make_account(None))
        stranger = make.make_user()
        person(stranger, 4)
        assert only_reason(team) == {"account_paused": 1, "not_yours": 2}
        assert reasons(team.admin, make.make_mailing(team.admin)) == {
            "": 1, "account_paused": 1, "no_sender": 1, "no_identity": 1,
        }  # fmt: skip

    def test_the_outbox_bars_some(self, team):
        person(team.kari, 2)
        person(team.kari, 3)
        suppress("eva2@borg.example")
        suppress("eva3@borg.example", "marketing")
        assert only_reason(team) == {"suppressed": 1, "unsubscribed": 1}
        assert reasons(team.kari, make.make_mailing(team.kari, topic="service")) == {"": 2, "suppressed": 1}

    def test_who_got_a_mailing_lately(self, team):
        before = make.make_mailing(team.kari, state="running", starts_at=timezone.now())
        for n, fields in enumerate(
            ({"state": "left", "left_on": TODAY - timedelta(29)}, {"state": "queued"},
             {"state": "left", "left_on": TODAY - timedelta(30)}), 2,
        ):  # fmt: skip
            make.make_piece(person(team.kari, n), team.kari, mailing=before, **fields)
        make.make_piece(person(team.kari, 5), team.kari, state="left", left_on=TODAY)  # written by hand
        assert reasons(team.kari, make.make_mailing(team.kari, rest_days=30)) == {"": 3, "lately": 2}
        assert reasons(team.kari, make.make_mailing(team.kari, rest_days=0)) == {"": 5}

    def test_who_never_got_it_is_not_left_out_of_the_next(self, team):
        """What failed or was stopped counts no more when its mailing is over; what may still leave does."""
        over = make.make_mailing(team.kari, state="done", starts_at=timezone.now())
        running = make.make_mailing(team.kari, state="paused", starts_at=timezone.now())
        for n, (mailing, state) in enumerate(
            ((over, "failed"), (over, "cancelled"), (over, "uncertain"), (over, "pending"),
             (running, "failed")), 2,
        ):  # fmt: skip
            contact = person(team.kari, n)
            message = enqueue(Draft("piece", "marketing", contact.email, f"piece {n}"))
            reason = "It is over." if state == "cancelled" else ""
            type(message).objects.filter(pk=message.pk).update(state=state, reason=reason)
            make.make_piece(contact, team.kari, mailing=mailing, state="queued", message=message)
        assert reasons(team.kari, make.make_mailing(team.kari)) == {"": 3, "lately": 3}

    def test_words_that_lack_a_value_name_it(self, team):
        text = make.make_template("greeting", body="{{salutation}} in {{account_city}}, {{last_purchase}}")
        mailing = make.make_mailing(team.kari, template=text.template)
        make.make_purchase(Contact.objects.get().account, TODAY, about="Pumps")
        person(team.kari, 2, make.make_account(team.kari, city=""))
        groups = Audience(mailing, accounts=everybody(), user=team.kari).groups()
        assert [(group.reason, group.missing) for group in groups] == [
            ("", ""), ("missing", "account_city, last_purchase")
        ]  # fmt: skip

    def test_words_in_no_language_of_theirs(self, team):
        text = make.make_template("greeting", language="de")
        assert reasons(team.kari, make.make_mailing(team.kari, template=text.template)) == {"no_words": 1}

    def test_letters_need_an_address_and_no_identity(self, team):
        text = make.make_template("greeting", "letter")
        mailing = make.make_mailing(team.kari, medium="letter", template=text.template)
        person(team.kari, 2, make.make_account(team.kari, street="Gata 1"))
        person(team.kari, 3, refused_channels=["letter"])
        team.kari.identity.delete()
        assert only_reason(team, mailing) == {"no_address": 1, "refused": 1}


def test_every_reason_has_a_test_and_words():
    text = Path(__file__).read_text(encoding="utf-8")
    assert [reason for reason in Exclusion.values if f'"{reason}"' not in text] == []


def test_whom(team):
    main = person(team.kari, 1)
    person(team.kari, 2, main.account, is_main=False, decision_roles=["decides"])
    person(team.kari, 3, main.account, is_main=False, email="")
    for whom, count in (("main", 1), ("deciders", 1), ("all", 2)):
        assert reasons(team.kari, make.make_mailing(team.kari, whom=whom)) == {"": count}


def test_two_and_twenty_cost_the_same(team):
    mailing = make.make_mailing(team.kari)
    costs = []
    for numbers in (range(2), range(2, 20)):
        for n in numbers:
            person(team.kari, n)
        with CaptureQueriesContext(connection) as queries:
            Audience(mailing, accounts=everybody(), user=team.kari).groups()
        costs.append(len(queries))
    assert costs[0] == costs[1] <= 5


def test_missing_values_are_those_that_writing_finds_missing(team):
    """The statement and ``placeholders`` say the same of people who differ in everything."""
    names = sorted(missing.NONE)
    body = " ".join(f"{{{{{name}}}}}" for name in names)
    text = make.make_template("greeting", subject="", body=body)
    mailing = make.make_mailing(team.kari, template=text.template)
    for n in range(64):
        owner = team.kari if n & 1 else team.manager
        account = make.make_account(
            owner, city="Oslo" if n & 2 else " ", became_customer_on=TODAY if n & 4 else None
        )
        contact = person(owner, n, account, first_name="Eva" if n & 8 else "", job_title="Buyer" * (n & 1))
        if n & 16:
            make.make_purchase(account, TODAY, about="Pumps" if n & 32 else "")
    make.make_identity(team.manager, address="mia@tend.example")
    team.manager.job_title = "Head"
    team.manager.save()
    audience = Audience(mailing, accounts=everybody(), user=team.admin)
    rows = audience.excluded("missing", 0, 100) + [audience.at(n) for n in range(1, 65)]
    checked = [row for row in rows if row is not None]
    assert len(checked) == 64
    subjects = [Subject(row.account_id, row.contact_id, row.sender_id, "en") for row in checked]
    for row, values in zip(checked, values_for(subjects), strict=True):
        assert {name for name in row.missing.split(", ") if name} == set(names) - values.keys()
    assert missing.NONE.keys() <= KNOWN
    assert contact.pk

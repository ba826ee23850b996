"""The Outbox page and the list of suppressed addresses, as an admin uses them."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from correspondence import services
from correspondence.models import Halt, Message, Outage, Suppression
from tests import factories as make
from tests.correspondence.conftest import put, states

pytestmark = pytest.mark.django_db
PAGE = "/outbox/"
SUPPRESSED = "/outbox/suppressed/"


@pytest.fixture(autouse=True)
def clock():
    with time_machine.travel("2026-11-23 12:00+00:00", tick=False) as clock:
        yield clock


@pytest.fixture
def every_state() -> list[Message]:
    """One mail in each state, and one in a state that this version does not know."""
    rows = put(*range(7))
    changes: list[dict[str, Any]] = [
        {"state": "pending"},
        {"state": "sending", "lease_until": timezone.now()},
        {"state": "sent", "sent_at": timezone.now()},
        {"state": "failed", "last_error": "550 5.1.1 no such user"},
        {"state": "uncertain", "last_error": "SMTPServerDisconnected"},
        {"state": "cancelled", "reason": "The address is suppressed."},
        {"state": "parked"},
    ]
    for row, change in zip(rows, changes, strict=True):
        Message.objects.filter(pk=row.pk).update(**change)
    return list(Message.objects.order_by("id"))


def text(client: Client, at: str = PAGE) -> str:
    return client.get(at).content.decode()


def test_an_empty_outbox_says_what_would_be_here(as_admin: Client):
    page = text(as_admin)
    assert "No mail has been sent yet" in page
    assert reverse("users:list") in page


def test_every_state_is_shown_also_one_that_nobody_knows(as_admin: Client, every_state):
    page = text(as_admin)
    for word in ("waiting", "being sent", "sent", "failed", "uncertain", "cancelled", "parked"):
        assert f">{word}</span>" in page
    for note in ("550 5.1.1 no such user", "SMTPServerDisconnected", "The address is suppressed."):
        assert note in page
    assert "(1 in a state unknown here)" in page


def test_neither_payload_nor_text_is_shown(as_admin: Client):
    put(1, payload={"invitation": 77123})
    Message.objects.update(stored="sealed-text")
    page = text(as_admin)
    assert "77123" not in page
    assert "sealed-text" not in page


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("state=failed", {3}),
        ("state=parked", {6}),
        ("kind=letter", set(range(7))),
        ("kind=other", set()),
        ("topic=survey", set(range(7))),
        ("topic=service", set()),
        ("q=EVA2", {2}),
        ("day=2026-11-23", set(range(7))),
        ("day=2026-11-22", set()),
        ("day=nonsense&topic=nonsense&page=nonsense", set(range(7))),
        ("q=%00", set(range(7))),
    ],
)
def test_filters(as_admin: Client, every_state, query: str, found: set[int]):
    page = text(as_admin, f"{PAGE}?{query}")
    shown = {n for n in range(7) if f'<th scope="row">eva{n}@customer.example</th>' in page}
    assert shown == found
    assert ("No mail is like that" in page) == (not found)


def test_pages_of_fifty(as_admin: Client):
    put(*range(120))
    first, last = text(as_admin), text(as_admin, f"{PAGE}?page=3")
    assert first.count('<th scope="row">eva') == 50
    assert last.count('<th scope="row">eva') == 20
    assert "1–50" in first


def test_more_rows_cost_no_more_queries(as_admin: Client):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    counted = []
    for numbers in (range(2), range(2, 20)):
        put(*numbers)
        Halt.objects.get_or_create(topic="survey", defaults={"halted_at": timezone.now()})
        with CaptureQueriesContext(connection) as queries:
            as_admin.get(PAGE)
        counted.append(len(queries))
    assert counted[0] == counted[1] < 12


def test_by_day_and_kind(as_admin: Client, clock):
    put(1, 2)
    put(3, kind="notice")
    services.send_due()
    clock.shift(timedelta(days=1))
    put(4)
    clock.shift(timedelta(days=20))
    put(5)
    admin = make.make_user("admin")
    as_admin.force_login(admin)  # the morning's session has ended
    page = text(as_admin)
    assert page.count("?day=2026-12-14&amp;kind=letter") == 1
    assert "?day=2026-11-23" not in page  # older than two weeks
    with time_machine.travel("2026-11-24 12:00+00:00", tick=False):
        as_admin.force_login(admin)
        page = text(as_admin)
    assert page.index("?day=2026-11-24&amp;kind=letter") < page.index("?day=2026-11-23&amp;kind=letter")
    assert "?day=2026-11-23&amp;kind=notice" in page


class TestActs:
    def act(self, client: Client, name: str, row: Message, back: str = "?state=uncertain"):
        return client.post(reverse(f"correspondence:{name}", args=[row.pk]), {"back": back}, follow=True)

    def test_resend(self, as_admin: Client, every_state, settings):
        answer = self.act(as_admin, "resend", every_state[4])
        assert answer.redirect_chain[-1][0] == f"{PAGE}?state=uncertain"
        assert "It is sent once more." in answer.content.decode()
        services.send_due()
        assert states()[4] == "sent"

    def test_resend_of_a_failed_mail(self, as_admin: Client, every_state):
        self.act(as_admin, "resend", every_state[3])
        assert states()[3] == "pending"

    def test_mark_sent_tells_the_kind(self, as_admin: Client, every_state, handed_over):
        self.act(as_admin, "mark_sent", every_state[4])
        assert states()[4] == "sent"
        assert [message.pk for message in handed_over] == [every_state[4].pk]

    @pytest.mark.parametrize("name", ["resend", "mark_sent"])
    @pytest.mark.parametrize("n", [0, 1, 2, 5, 6])
    def test_what_is_certain_stays(self, as_admin: Client, every_state, name: str, n: int):
        before = states()
        answer = self.act(as_admin, name, every_state[n])
        assert "changed meanwhile" in answer.content.decode()
        assert states() == before

    def test_pressing_twice_sends_once(self, as_admin: Client, every_state):
        from django.core import mail

        self.act(as_admin, "resend", every_state[4])
        services.send_due()
        self.act(as_admin, "resend", every_state[4])
        services.send_due()
        assert [message.to for message in mail.outbox].count(["eva4@customer.example"]) == 1

    def test_a_ready_made_mail_is_asked_for_anew(self, as_admin: Client):
        put(1, kind="account_mail")
        Message.objects.update(state="uncertain")
        row = Message.objects.get()
        assert reverse("correspondence:resend", args=[row.pk]) not in text(as_admin)
        assert "Have it asked for again" in self.act(as_admin, "resend", row).content.decode()

    def test_back_leads_nowhere_else(self, as_admin: Client, every_state):
        for back in ("https://evil.example/", "//evil.example", "evil"):
            answer = self.act(as_admin, "mark_sent", every_state[4], back)
            assert answer.redirect_chain[-1][0] == PAGE


def test_a_halted_topic_is_said_and_resumed(as_admin: Client):
    put(1)
    Halt.objects.create(topic="survey", halted_at=timezone.now(), sent=100, bounced=3)
    services.send_due()
    assert states() == ["pending"]
    page = text(as_admin)
    assert "Surveys: halted" in page
    assert "of 100 mails in a day 3 could not be delivered" in page
    as_admin.post(reverse("correspondence:resume", args=["survey"]))
    services.send_due()
    assert states() == ["sent"]
    assert as_admin.post(reverse("correspondence:resume", args=["nonsense"])).status_code == 404


def test_a_mail_server_that_is_away_is_said(as_admin: Client):
    put(1)
    Outage.objects.create(since=timezone.now(), next_try_at=timezone.now(), error="ConnectionRefusedError")
    page = text(as_admin)
    assert "The mail server cannot be reached" in page
    assert "ConnectionRefusedError" in page


@pytest.mark.parametrize("role", ["salesperson", "manager", "reader"])
def test_others_get_no_look(client: Client, role: str):
    client.force_login(make.make_user(role))
    for at in (PAGE, SUPPRESSED):
        assert client.get(at).status_code == 403
        assert at not in text(client, "/users/profile/")


class TestSuppressed:
    def test_add_find_and_lift(self, as_admin: Client):
        assert "Nobody is left out" in text(as_admin, SUPPRESSED)
        as_admin.post(SUPPRESSED, {"address": "Eva@Customer.example", "topic": "survey"})
        found = Suppression.objects.get()
        assert (found.address, found.topic, found.reason) == ("eva@customer.example", "survey", "manual")
        assert "eva@customer.example" in text(as_admin, f"{SUPPRESSED}?q=EVA")
        assert "No suppressed address is like that" in text(as_admin, f"{SUPPRESSED}?q=per")
        as_admin.post(reverse("correspondence:lift", args=[found.pk]))
        assert not Suppression.objects.exists()

    def test_what_is_no_address_is_said_and_kept(self, as_admin: Client):
        answer = as_admin.post(SUPPRESSED, {"address": "no address", "topic": "marketing"})
        assert answer.status_code == 422
        page = answer.content.decode()
        assert "Enter a valid email address" in page
        assert 'value="no address"' in page
        assert '<option value="marketing" selected>' in page

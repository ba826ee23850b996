"""One dispatcher among kinds that fail, other dispatchers, and a mail server that goes away."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.utils import timezone

from correspondence import health, kinds, services
from correspondence.models import Message, Outage
from correspondence.services import claiming
from tests.correspondence.conftest import LETTER, NOTICE, put, render, states

pytestmark = pytest.mark.django_db
NOON = "2026-11-23 12:00+00:00"


@pytest.fixture(autouse=True)
def clock():
    with time_machine.travel(NOON, tick=False) as clock:
        yield clock


class TestAKindThatFails:
    def test_only_its_own_mails_wait_when_it_cannot_say_whether(self, server, clock):
        def may_send(messages: list[Message]) -> dict[int, str]:
            raise KeyError("what the payload does not have")

        mail = server()
        kinds.register(LETTER, render=render, once=True, may_send=may_send)
        put(1, 2)
        put(3, kind=NOTICE)
        services.send_due()
        assert states() == ["pending", "pending", "sent"]
        assert [kept.recipient for kept in mail.kept] == ["eva3@customer.example"]
        waiting = Message.objects.filter(kind=LETTER)
        assert set(waiting.values_list("last_error", "attempts", "lease_until")) == {("KeyError", 1, None)}
        assert all(row.next_try_at >= timezone.now() + timedelta(minutes=1) for row in waiting)
        kinds.register(LETTER, render=render, once=True)
        clock.shift(timedelta(minutes=2))
        services.send_due()
        assert states() == ["sent"] * 3

    def test_only_the_mail_that_cannot_be_rendered_has_failed(self, server):
        def broken(message: Message) -> Any:
            return message.payload["missing"]

        server()
        kinds.register(LETTER, render=broken, once=True)
        put(1)
        put(2, kind=NOTICE)
        services.send_due()
        assert states() == ["failed", "sent"]
        assert "KeyError" in Message.objects.get(kind=LETTER).last_error


class TestALeaseThatEnds:
    """The dispatcher stands still after it claimed a mail, while it is asked whether it may be sent."""

    def test_what_another_has_taken_up_is_not_sent_a_second_time(self, server, clock):
        taken: list[Message] = []

        def may_send(messages: list[Message]) -> dict[int, str]:
            clock.shift(claiming.LEASE + timedelta(seconds=1))
            claiming.sweep(timezone.now())
            taken.extend(claiming.claim(timezone.now())[0])
            return {}

        mail = server()
        kinds.register(LETTER, render=render, once=True, may_send=may_send)
        put(1)
        services.send_due()
        assert [row.attempts for row in taken] == [2]
        assert mail.kept == []
        row = Message.objects.get()
        assert (row.state, row.attempts, row.handing_over) == ("sending", 2, False)
        assert row.lease_until == taken[0].lease_until

    def test_what_nobody_has_taken_up_yet_is_left_to_the_next(self, server, clock):
        def may_send(messages: list[Message]) -> dict[int, str]:
            clock.shift(claiming.LEASE)
            return {}

        mail = server()
        kinds.register(LETTER, render=render, once=True, may_send=may_send)
        put(1)
        services.send_due()
        assert (mail.kept, Message.objects.get().handing_over) == ([], False)
        kinds.register(LETTER, render=render, once=True)
        clock.shift(timedelta(seconds=1))
        services.send_due()
        assert (states(), len(mail.kept)) == (["sent"], 1)


class TestAnOutage:
    def test_one_that_begins_amid_a_batch_stays(self, server):
        class AfterTheFirst(dict[str, str]):
            def get(self, step: str, usual: str) -> str:  # type: ignore[override]
                return "530 5.7.0 authentication required" if step == "mail" and mail.kept else usual

        mail = server()
        mail.answers = AfterTheFirst()
        put(1, 2)
        services.send_due()
        assert states() == ["sent", "pending"]
        assert Outage.objects.get().failures == 1

    @pytest.mark.parametrize(("answer", "over"), [("hang up", False), ("550 5.7.1 not from you", True)])
    def test_it_is_over_when_the_server_answers(self, server, clock, answer, over):
        health.went_down("away")
        clock.move_to(Outage.objects.get().next_try_at)
        server(answers={"rcpt": answer})
        put(1)
        services.send_due()
        assert Outage.objects.exists() != over

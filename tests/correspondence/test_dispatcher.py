"""One dispatcher among kinds that fail, other dispatchers, and a mail server that goes away."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.utils import timezone

from correspondence import kinds, services
from correspondence.models import Message
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

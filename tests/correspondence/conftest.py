"""A kind of mail of our own, the outbox as Django's mail backend, and mail servers that misbehave."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.test import Client

from correspondence import kinds, services
from correspondence.kinds import Rendered
from correspondence.models import Message
from correspondence.services import Draft, Identity
from tests import factories as make
from tests.correspondence.servers import Server

LETTER, NOTICE = "letter", "notice"
OURS = Identity("Acme feedback", "feedback@survey.example", "answers@survey.example")


@pytest.fixture(autouse=True)
def handed_over() -> Iterator[list[Message]]:
    """Two kinds: a letter at most once, a notice at least once. What was handed over of the letters."""
    found: list[Message] = []
    kinds.register(LETTER, render=render, once=True, on_handed_over=found.extend, label="Letter")
    kinds.register(NOTICE, render=render, once=False, label="Notice")
    yield found
    kinds.unregister(LETTER)
    kinds.unregister(NOTICE)


def render(message: Message) -> Rendered | None:
    n = message.payload.get("n", 0)
    return Rendered(f"Letter {n}", f"Dear number {n}\n", f"<p>Dear number {n}</p>", "en", {"X-Extra": "yes"})


def draft(n: int = 1, **fields: Any) -> Draft:
    fields = {
        "kind": LETTER,
        "topic": "survey",
        "to": f"eva{n}@customer.example",
        "key": f"key {n}",
        "payload": {"n": n},
        "identity": OURS,
    } | fields
    return Draft(**fields)


def put(*numbers: int, **fields: Any) -> list[Message]:
    """Rows in the outbox, in order."""
    services.enqueue_many([draft(n, **fields) for n in numbers])
    return list(Message.objects.order_by("id"))


def states() -> list[str]:
    return list(Message.objects.order_by("id").values_list("state", flat=True))


@pytest.fixture
def as_admin(db: None) -> Client:
    client = Client()
    client.force_login(make.make_user("admin"))
    return client


@pytest.fixture
def server(settings: Any) -> Iterator[Callable[..., Server]]:
    """Starts mail servers and makes the outbox use them."""
    started: list[Server] = []

    def start(**behaviour: Any) -> Server:
        one = Server(**behaviour)
        started.append(one)
        settings.MAIL_TRANSPORT = "correspondence.transport.SmtpBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT, settings.EMAIL_TIMEOUT = "127.0.0.1", one.port, 20
        return one

    yield start
    for one in started:
        one.stop()

"""One-click unsubscribe (RFC 8058): an address that tells nobody whose it is, and what it does."""

from __future__ import annotations

from functools import lru_cache

from django.conf import settings
from django.urls import reverse

from correspondence import seal
from correspondence.addresses import normalised
from correspondence.models import Suppression, Topic
from correspondence.suppression import suppress

PURPOSE = "unsubscribe"
TOPICS = frozenset({Topic.SURVEY.value, Topic.MARKETING.value})


def url_for(address: str, topic: str) -> str:
    """The link for this address and topic. It holds neither in clear and works as long as SECRET_KEY."""
    return _url(str(settings.SITE_URL), str(settings.SECRET_KEY), normalised(address), Topic(topic).value)


@lru_cache(maxsize=4)  # a mail has it twice: in its header and in its text
def _url(site: str, _key: str, address: str, topic: str) -> str:
    token = seal.seal(PURPOSE, f"{topic} {address}")
    return site.rstrip("/") + reverse("correspondence:unsubscribe", args=[token])


def read(token: str) -> tuple[str, str]:
    """``(address, topic)`` of a link. Raises seal.BrokenSealError."""
    topic, _blank, address = seal.unseal(PURPOSE, token).partition(" ")
    if topic not in Topic.values or not address:
        raise seal.BrokenSealError
    return address, topic


def unsubscribe(token: str) -> None:
    """No more mail about the topic; twice is once. Raises seal.BrokenSealError."""
    address, topic = read(token)
    suppress(address, topic, Suppression.Reason.UNSUBSCRIBE)

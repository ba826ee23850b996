"""Replies to htmx: messages become toasts, redirects leave the page, fragments stay fragments."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any
from urllib.parse import quote, unquote

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render


def is_htmx(request: HttpRequest) -> bool:
    """Whether htmx asked for a fragment (and not for a whole page it will swap in)."""
    details = getattr(request, "htmx", None)
    return details is not None and bool(details) and not details.boosted


def go(request: HttpRequest, to: str, *args: Any, **kwargs: Any) -> HttpResponse:
    """Go to another page, from a form and from htmx alike."""
    response = redirect(to, *args, **kwargs)
    if is_htmx(request):
        return HttpResponse(status=204, headers={"HX-Redirect": response["Location"]})
    return response


def page_or_fragment(
    request: HttpRequest, page: str, fragment: str, context: dict[str, Any], status: int = 200
) -> HttpResponse:
    """The fragment for htmx, the page that includes the same fragment for everybody else.

    A refused form answers 422: htmx swaps it (static/js/app.js), and tests can tell it from success.
    """
    return render(request, fragment if is_htmx(request) else page, context, status=status)


def toast(
    request: HttpRequest, text: str, *, level: int = messages.SUCCESS, undo: str = "",
    link: tuple[str, str] | None = None,
) -> None:  # fmt: skip
    """Say what happened. ``undo``: an address that takes it back by POST; ``link``: what may follow, as an
    address and its words.
    """
    tags = [f"undo:{undo}"] if undo else []
    if link:
        tags.append(f"link:{link[0]}|{quote(link[1])}")
    messages.add_message(request, level, text, extra_tags=" ".join(tags))


class ToastMiddleware:
    """Gives waiting messages to an htmx reply as an event; whole pages render them themselves."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if _is_fetched(request) and 300 <= response.status_code < 400:
            # whoever follows the redirect to learn where it leads would be shown the message, and nobody else
            return HttpResponse(status=204, headers={"HX-Redirect": response["Location"]})
        if is_htmx(request) and not _leaves_the_page(response):
            waiting = [_as_event(message) for message in messages.get_messages(request)]
            if waiting:
                _add_trigger(response, "tend:toasts", {"items": waiting})
        return response


def _is_fetched(request: HttpRequest) -> bool:
    """A script of ours asks, such as the *Undo* of a toast; it goes where the reply says."""
    return request.headers.get("X-Requested-With") == "fetch"


def _leaves_the_page(response: HttpResponse) -> bool:
    leaving = ("HX-Redirect", "HX-Refresh", "HX-Location")
    return 300 <= response.status_code < 400 or any(name in response.headers for name in leaving)


def _as_event(message: Any) -> dict[str, Any]:
    tags = (message.extra_tags or "").split()
    named = dict(tag.split(":", 1) for tag in tags if ":" in tag)
    event = {"level": message.level_tag, "text": str(message.message), "undo": named.get("undo", "")}
    if "link" in named:
        address, _bar, words = named["link"].rpartition("|")
        event["link"] = {"address": address, "text": unquote(words), "here": True}
    return event


def _add_trigger(response: HttpResponse, name: str, detail: dict[str, Any]) -> None:
    present = response.headers.get("HX-Trigger", "")
    if present.startswith("{"):
        events = json.loads(present)
    else:
        events = {key: None for key in present.split(", ") if key}
    # First: what the others set off may remove the element that asked; events of a removed one reach nobody.
    response.headers["HX-Trigger"] = json.dumps({name: detail, **events})

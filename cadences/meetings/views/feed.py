"""The calendar for other calendars, by its secret address; and the page on which a user makes that."""

from __future__ import annotations

import hashlib

from allauth.core.internal import ratelimit
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.cache import get_conditional_response
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from cadences.meetings import addresses
from cadences.meetings.feed import content, headers_on
from cadences.models import CalendarFeed
from core.htmx import toast
from users.http import Request
from users.mail import absolute

TYPE = "text/calendar; charset=utf-8"


@login_not_required
@require_safe
def feed(request: HttpRequest, token: str) -> HttpResponseBase:
    """The calendar of whoever made this address; nothing to see without it, and no cookie either way."""
    found = addresses.of(token)
    if found is None:
        if not _may(request, "calendar_guess", addresses.hashed(str(ratelimit.get_ip(request)))):
            return _later()
        return HttpResponse(status=404)  # the page for people would come with a cookie
    if not _may(request, "calendar", str(found.pk)):
        return _later()
    text = content(found, timezone.now())
    # no Last-Modified: what somebody else has now, or who is renamed, leaves no moment in what remains
    etag = f'"{hashlib.sha256(text).hexdigest()[:32]}"'
    response = get_conditional_response(request, etag=etag)
    if response is None:
        response = HttpResponse(text, content_type=TYPE)
    response["ETag"] = etag
    headers_on(response)
    return response


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def address(request: Request) -> HttpResponse:
    """One's own address: made, made anew, given up. The address itself is shown once."""
    user, verb = request.user, request.POST.get("do", "")
    secret = ""
    if request.method == "POST" and verb == "make":
        secret = addresses.make(user)
    elif request.method == "POST":
        _small_verb(request, verb)
        return redirect("meetings:address")
    context = {
        "feed": CalendarFeed.objects.visible_to(user).first(),
        "address": absolute(reverse("meetings:feed", args=[secret])) if secret else "",
    }
    return render(request, "meetings/address.html", context)


def _small_verb(request: Request, verb: str) -> None:
    if verb == "give_up":
        addresses.give_up(request.user)
        toast(request, _("The address reads nothing any more."))
    elif verb == "notes":
        addresses.say_notes(request.user, request.POST.get("with_notes") == "on")
        toast(request, _("Saved."))


def _may(request: HttpRequest, action: str, key: str) -> bool:
    """Counted by ACCOUNT_RATE_LIMITS. The public function of allauth lets every GET pass."""
    return bool(ratelimit.consume(request, app="allauth.account", action=action, key=key, limit_get=True))


def _later() -> HttpResponse:
    return HttpResponse(status=429, headers={"Retry-After": "3600"})

"""Every page is for somebody who is signed in, and shows dates and words as that person reads them."""

from __future__ import annotations

from collections.abc import Callable
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib.auth.middleware import LoginRequiredMiddleware
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import resolve_url
from django.utils import timezone, translation

from users.clock import zone

LANGUAGES = frozenset(code for code, _name in settings.LANGUAGES)


class SignInRequiredMiddleware(LoginRequiredMiddleware):
    """Sends whoever is not signed in to the sign-in page; views opt out by ``login_not_required``."""

    def handle_no_permission(  # type: ignore[override]  # htmx gets no redirect
        self, request: HttpRequest, view_func: Callable[..., HttpResponseBase]
    ) -> HttpResponse:
        login_url = resolve_url(self.get_login_url(view_func))
        if request.headers.get("HX-Request") == "true":
            return _signed_out_fragment(request, login_url)
        if request.method in {"GET", "HEAD"}:
            return redirect_to_login(request.get_full_path(), login_url)
        return redirect_to_login(resolve_url(settings.LOGIN_REDIRECT_URL), login_url)


def _signed_out_fragment(request: HttpRequest, login_url: str) -> HttpResponse:
    """What htmx gets: a read goes to the sign-in page; a write leaves the page, and what was typed, alone."""
    response = HttpResponse(status=401)
    if request.method in {"GET", "HEAD"}:
        page = urlsplit(request.headers.get("HX-Current-URL", ""))
        back = page.path + (f"?{page.query}" if page.query else "")
        response["HX-Redirect"] = redirect_to_login(back or "/", login_url)["Location"]
    else:
        response["HX-Reswap"] = "none"
        response["HX-Trigger"] = "tend:signed-out"
    return response


class UserLocaleMiddleware:
    """Activates the user's time zone and language for the length of the request."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        user = request.user
        if not user.is_authenticated:
            return self.get_response(request)
        language = user.language if user.language in LANGUAGES else settings.LANGUAGE_CODE
        request.LANGUAGE_CODE = language
        with timezone.override(zone(user.time_zone)), translation.override(language):
            return self.get_response(request)

"""What every answer of the box carries, and what it never does."""

from __future__ import annotations

from collections.abc import Callable

from django.core.exceptions import DisallowedHost
from django.core.files.uploadhandler import FileUploadHandler, StopUpload
from django.http import HttpRequest, HttpResponse

from ballotbox.box import pages, settings
from ballotbox.box.limits import Buckets

GetResponse = Callable[[HttpRequest], HttpResponse]

HEADERS = {
    "Content-Security-Policy": (
        "default-src 'self'; connect-src 'none'; object-src 'none'; base-uri 'none'; form-action 'self'; "
        "frame-ancestors 'none'"
    ),
    "Referrer-Policy": "no-referrer",
    "X-Robots-Tag": "noindex, nofollow, noarchive",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "X-DNS-Prefetch-Control": "off",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=(), browsing-topics=()",
}


class PlainAnswers:
    """Headers against leaks; never a cookie; HEAD is answered like GET, without the page."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        for name, value in HEADERS.items():
            response.headers.setdefault(name, value)
        response.headers.setdefault("Cache-Control", "no-store")
        response.headers["Content-Length"] = str(len(response.content))
        response.cookies.clear()
        if request.method == "HEAD":
            response.content = b""
        return response


class KnownHosts:
    """Answers only under its own names."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        try:
            request.get_host()
        except DisallowedHost:
            return pages.plain(request, "bad_host", 400)
        return self.get_response(request)


class FairShare:
    """One address cannot take all the box's time; who it was is forgotten within the hour."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response
        self.buckets = Buckets(settings.BOX_RATE)

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if self.buckets.take(address_of(request)):
            return self.get_response(request)
        return pages.plain(request, "too_many", 429)


def address_of(request: HttpRequest) -> str:
    """Where a request comes from. Forwarded addresses are believed as far as our own proxies wrote them."""
    count = settings.TRUSTED_PROXY_COUNT
    forwarded = [
        each.strip() for each in request.META.get("HTTP_X_FORWARDED_FOR", "").split(",") if each.strip()
    ]
    if count and len(forwarded) >= count:
        return str(forwarded[-count])
    return str(request.META.get("REMOTE_ADDR", ""))


class NoFiles(FileUploadHandler):
    """Nobody uploads anything here; so nothing of a form is ever written to a disk."""

    def new_file(self, *args: object, **kwargs: object) -> None:
        raise StopUpload(connection_reset=True)

    def receive_data_chunk(self, raw_data: bytes, start: int) -> bytes | None:
        return None

    def file_complete(self, file_size: int) -> None:
        return None

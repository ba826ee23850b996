"""Old links lead to the survivor: who asks for a merged account or person is sent on.

Asked only where a page has found nothing, so it costs no other page anything. The redirect is a temporary
one: a merge can be taken apart, and then the link leads back.
"""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import NoReverseMatch, reverse

from imports.models import Merge

PAGES: dict[str, tuple[str, str]] = {
    "accounts:detail": (Merge.Kind.ACCOUNT, "pk"),
    "accounts:edit": (Merge.Kind.ACCOUNT, "pk"),
    "contacts:people": (Merge.Kind.ACCOUNT, "account_pk"),
    "contacts:account_promises": (Merge.Kind.ACCOUNT, "account_pk"),
    "contacts:detail": (Merge.Kind.CONTACT, "pk"),
    "contacts:edit": (Merge.Kind.CONTACT, "pk"),
}
"""Pages that people keep links to: whose id stands in their address, and under which name."""


class OldLinksMiddleware:
    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if response.status_code == 404 and request.method in {"GET", "HEAD"}:
            return _sent_on(request) or response
        return response


def _sent_on(request: HttpRequest) -> HttpResponse | None:
    match = request.resolver_match
    user = getattr(request, "user", None)
    if match is None or match.view_name not in PAGES or user is None or not user.is_authenticated:
        return None
    kind, name = PAGES[match.view_name]
    survivor = Merge.objects.visible_to(user).survivor_of(kind, match.kwargs[name])
    if survivor is None:
        return None
    try:
        address = reverse(match.view_name, kwargs={**match.kwargs, name: survivor})
    except NoReverseMatch:
        return None
    query = request.META.get("QUERY_STRING", "")
    return HttpResponseRedirect(f"{address}?{query}" if query else address)

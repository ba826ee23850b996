"""Who changed what, for every record that people edit."""

from __future__ import annotations

from django.apps import apps
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_safe

from core.history_reading import changes_of
from core.htmx import page_or_fragment

# Record -> the queryset method that says who may read its history: whoever reads the record, except
# for users, whose history only admins read.
READABLE = {
    "accounts.account": "visible_to",
    "contacts.contact": "visible_to",
    "contacts.interaction": "visible_to",
    "contacts.concern": "visible_to",
    "contacts.concernnote": "visible_to",
    "contacts.expectation": "visible_to",
    "accounts.accountfile": "visible_to",
    "contacts.commitment": "visible_to",
    "contacts.ask": "visible_to",
    "sales.purchase": "visible_to",
    "cadences.appointment": "visible_to",
    "cadences.override": "visible_to",
    "surveys.programme": "visible_to",
    "surveys.mailtext": "visible_to",
    "users.calendar": "visible_to",
    "users.user": "editable_by",
}
MOST = 100  # saves on one page


@require_safe
def history(request: HttpRequest, label: str, pk: int) -> HttpResponse:
    if label not in READABLE:
        raise Http404
    model = apps.get_model(label)
    allowed = getattr(model._default_manager.all(), READABLE[label])(request.user)
    record = get_object_or_404(allowed, pk=pk)
    context = {"record": record, "changes": changes_of(record, MOST), "most": MOST}
    return page_or_fragment(request, "core/history.html", "core/_history.html", context)

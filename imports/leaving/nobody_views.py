"""The list of what has nobody responsible, and its cure."""

from __future__ import annotations

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from core.htmx import toast
from core.pagination import page_number, paginate
from core.text import whole_number
from imports.leaving import giving, nobody
from users.http import Request
from users.models import User


@require_safe
def listing(request: Request) -> HttpResponse:
    """How much of each sort, and the rows of one: the one asked for, or the first that has any."""
    user = request.user
    giving.require_lead(user)
    counts = [(gap, gap.rows(user).order_by().count()) for gap in nobody.GAPS]
    asked = nobody.BY_NAME.get(request.GET.get("sort", ""))
    gap = asked or next((one for one, count in counts if count), nobody.GAPS[0])
    page = paginate(gap.rows(user), page_number(request))
    people = User.objects.visible_to(user).active().by_name()
    context = {
        "counts": counts,
        "gap": gap,
        "page": page,
        "rows": [(row, nobody.why(gap, row), nobody.likely(gap, row)) for row in page.rows],
        "people": [one for one in people if gap.fits(one)],
        "waiting": nobody.waiting_for_owners(user),
        "untaken": nobody.untaken(user),
    }
    return render(request, "leaving/nobody.html", context)


@require_POST
def give(request: Request, key: str, pk: int) -> HttpResponse:
    giving.require_lead(request.user)
    gap = _gap(key)
    to = (
        User.objects.visible_to(request.user).filter(pk=whole_number(request.POST.get("to", "")) or 0).first()
    )
    if to is None:
        toast(request, _("Choose who takes it over."), level=messages.ERROR)
        return _back(gap)
    try:
        giving.give(request.user, gap, pk, to)
    except ValidationError as refused:
        toast(request, " ".join(refused.messages), level=messages.ERROR)
    else:
        toast(request, _("%(name)s has it now.") % {"name": to.display_name})
    return _back(gap)


@require_POST
def give_all(request: Request, key: str) -> HttpResponse:
    giving.require_lead(request.user)
    gap = _gap(key)
    given = giving.give_all(request.user, gap)
    if given.done or not given.left:
        words = ngettext("%(n)d is with the owner of its account now.",
                         "%(n)d are with the owners of their accounts now.", given.done)  # fmt: skip
        toast(request, words % {"n": given.done}, level=messages.SUCCESS)
    for words in given.left:
        toast(request, words, level=messages.WARNING)
    return _back(gap)


def _gap(key: str) -> nobody.Gap:
    if key not in nobody.BY_NAME:
        raise Http404
    return nobody.BY_NAME[key]


def _back(gap: nobody.Gap) -> HttpResponse:
    return redirect(f"{reverse('leaving:nobody')}?sort={gap.key}")

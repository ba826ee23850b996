"""Who works by which calendar, and how many contact minutes a day holds: one table. Admins only."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST

from cadences.calendar_pages.forms import CapacityForm
from cadences.calendar_pages.table import read, rows_of, save
from cadences.consequences import confirm_page, save_or_show
from core.forms import attempt
from core.pagination import page_number, paginate
from users import services
from users.access import require_admin
from users.http import Request
from users.models import Calendar, Company, Team, User


@require_http_methods(["GET", "HEAD", "POST"])
def table(request: Request) -> HttpResponse:
    require_admin(request.user)
    calendars = list(Calendar.objects.visible_to(request.user).order_by("name"))
    wanted = {
        name: request.GET.get(name, "").replace("\x00", "").strip() for name in ("q", "team", "calendar")
    }
    found = rows_of(User.objects.visible_to(request.user), **wanted)
    page = paginate(found, page_number(request))
    sent = read(request.POST, found, calendars) if request.method == "POST" else None
    if sent is not None:
        step = save_or_show(
            request, sent.form, lambda: save(request.user, sent), user_ids=lambda: sent.calendars
        )
        if step.saved is not None:
            words = ngettext("%(n)d user is changed.", "%(n)d users are changed.", step.saved)
            messages.success(request, words % {"n": step.saved} if step.saved else _("Nothing was changed."))
            return redirect(request.get_full_path())
        if step.shown:
            return confirm_page(request, step.shown, title=_("Users and their calendars"), submit=_("Save"))
    return _page(request, {"page": page, "wanted": wanted, "calendars": calendars, "sent": sent})


@require_POST
def company_capacity(request: Request) -> HttpResponse:
    """Contact minutes of everybody who has none of their own."""
    require_admin(request.user)
    form = CapacityForm(request.POST)
    saved = attempt(form, lambda: services.set_company_capacity(request.user, form.cleaned_data["minutes"]))
    if saved:
        messages.success(request, _("%(n)d minutes a working day.") % {"n": saved.capacity_minutes})
    else:
        messages.error(request, _("Contact minutes are a whole number between 0 and 1440 a day."))
    return redirect("calendars:people")


def _page(request: Request, context: Mapping[str, Any]) -> HttpResponse:
    sent = context["sent"]
    for user in context["page"].rows:
        user.row_calendar, user.row_minutes, user.row_error = (
            sent.typed(user) if sent else (user.calendar_id, user.capacity_minutes, "")
        )
    company = Company.get()
    more = {"company": company, "teams": Team.objects.visible_to(request.user).by_name()}
    status = 422 if sent and sent.errors else 200
    return render(request, "calendars/people.html", {**context, **more}, status=status)

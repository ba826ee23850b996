"""Calendars: working week, public holidays, closures. Admins only."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from cadences import public_holidays
from cadences.calendar_pages import overview
from cadences.calendar_pages.forms import CalendarForm, ClosureForm
from cadences.calendar_pages.standing_in import days_in_words
from cadences.consequences import LEAVE, confirm_page, save_or_show
from core.forms import NoFields, attempt, editable, posted
from core.text import whole_number
from users import services
from users.access import require_admin
from users.clock import company_today
from users.http import Request
from users.models import Calendar, Company, User
from users.services.calendars import working_by

ADMINS_ONLY = gettext_lazy("Calendars are changed by admins.")
NEVER = (date.min, date.min)


@require_safe
def listing(request: Request) -> HttpResponse:
    require_admin(request.user)
    today = company_today()
    rows = Calendar.objects.visible_to(request.user).for_list(today)
    return render(request, "calendars/list.html", {"calendars": overview.of_all(rows, today)})


@require_http_methods(["GET", "HEAD", "POST"])
def create(request: Request) -> HttpResponse:
    require_admin(request.user)
    form = CalendarForm(posted(request))
    made = attempt(form, lambda: services.save_calendar(request.user, None, **form.cleaned_data))
    if made:
        messages.success(request, _("%(name)s is there. Now say who works by it.") % {"name": made.name})
        return redirect("calendars:edit", made.pk)
    return _page(request, None, form)


@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: Request, pk: int) -> HttpResponse:
    calendar = editable(Calendar, request.user, pk, ADMINS_ONLY)
    form = CalendarForm(posted(request), calendar=calendar)

    def verb() -> Calendar:
        return services.save_calendar(request.user, calendar, **form.changes)

    step = save_or_show(request, form, verb, user_ids=lambda: working_by(calendar))
    if step.saved:
        messages.success(request, _("Saved."))
        return redirect("calendars:edit", pk)
    if step.shown:
        title = _("Change %(name)s") % {"name": calendar.name}
        return confirm_page(request, step.shown, title=title, submit=_("Save the calendar"))
    return _page(request, calendar, form)


@require_safe
def place(request: Request) -> HttpResponse:
    """Regions and public holidays of the country that is being chosen."""
    require_admin(request.user)
    country, region = request.GET.get("country", ""), request.GET.get("subdivision", "")
    form = CalendarForm(initial={"country": country, "subdivision": region})
    return render(request, "calendars/_place.html", {"form": form, **_holidays(request, form)})


@require_POST
def add_closure(request: Request, pk: int) -> HttpResponse:
    calendar = editable(Calendar, request.user, pk, ADMINS_ONLY)
    form = ClosureForm(request.POST)

    def verb() -> int:
        fields = form.cleaned_data
        return services.add_closure(request.user, calendar, fields["first"], fields["last"], fields["name"])

    step = save_or_show(request, form, verb, user_ids=lambda: working_by(calendar))
    if step.saved:
        words = ngettext("%(n)d day is closed.", "%(n)d days are closed.", step.saved)
        messages.success(request, words % {"n": step.saved})
        return redirect("calendars:edit", pk)
    if step.shown:
        title = _("Closure of %(name)s") % {"name": calendar.name}
        first, last = form.cleaned_data["first"], form.cleaned_data["last"]
        lead = f"{form.cleaned_data['name']}: {days_in_words(first, last or first)}"
        return confirm_page(request, step.shown, title=title, lead=lead, submit=_("Close these days"))
    return _page(request, calendar, CalendarForm(calendar=calendar), closure_form=form)


@require_POST
def remove_closure(request: Request, pk: int) -> HttpResponse:
    calendar = editable(Calendar, request.user, pk, ADMINS_ONLY)
    first, last = overview.days_sent(request.POST) or NEVER
    first = max(first, company_today())
    step = save_or_show(
        request,
        NoFields(request.POST),
        lambda: services.remove_closure(request.user, calendar, first, last),
        user_ids=lambda: working_by(calendar),
    )
    if step.shown:
        title, days = _("Open closed days of %(name)s") % {"name": calendar.name}, days_in_words(first, last)
        return confirm_page(
            request, step.shown, title=title, lead=days, submit=_("Open these days"), keep=LEAVE
        )
    if step.saved:
        words = _("%(days)s: people work again, and what was moved for it has moved back.")
        messages.success(request, words % {"days": days_in_words(first, last)})
    return redirect("calendars:edit", pk)


@require_POST
def make_default(request: Request, pk: int) -> HttpResponse:
    """The company's calendar, of everybody who has none of their own."""
    calendar = editable(Calendar, request.user, pk, ADMINS_ONLY)
    form = NoFields(request.POST)

    def concerned() -> Collection[int]:
        company = Company.get()
        return working_by(company.calendar) if company.calendar else [0]

    step = save_or_show(
        request, form, lambda: services.make_company_calendar(request.user, calendar), user_ids=concerned
    )
    if step.shown:
        title = _("Make %(name)s the company's calendar") % {"name": calendar.name}
        return confirm_page(request, step.shown, title=title, submit=_("Make it the company's"), keep=LEAVE)
    if step.saved:
        messages.success(request, _("%(name)s is the company's calendar.") % {"name": calendar.name})
    return redirect("calendars:edit", pk)


@require_POST
def delete(request: Request, pk: int) -> HttpResponse:
    calendar = editable(Calendar, request.user, pk, ADMINS_ONLY)
    try:
        services.delete_calendar(request.user, calendar)
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
        return redirect("calendars:edit", pk)
    messages.success(request, _("The calendar is gone."))
    return redirect("calendars:list")


def _page(request: Request, calendar: Calendar | None, form: CalendarForm, **more: Any) -> HttpResponse:
    closure_form = more.get("closure_form") or ClosureForm()
    context = {"calendar": calendar, "form": form, "closure_form": closure_form, **_holidays(request, form)}
    if calendar is not None:
        today = company_today()
        context |= {
            "closures": overview.closures_of(calendar, today),
            "is_company": Company.get().calendar_id == calendar.pk,
            "users": overview.users_of(User.objects.visible_to(request.user), calendar),
        }
    status = 422 if form.errors or closure_form.errors else 200
    return render(request, "calendars/edit.html", context, status=status)


def _holidays(request: Request, form: CalendarForm) -> dict[str, Any]:
    """The public holidays of a year where the form's calendar is, or the words for having none."""
    this_year = company_today().year
    year = whole_number(request.GET.get("year", "")) or this_year
    year = year if abs(year - this_year) <= 5 else this_year
    return {
        "year": year,
        "this_year": this_year,
        "country": form.land,
        "is_known": public_holidays.is_known(form.land),
        "holidays": public_holidays.of_year(form.land, form.region, year) if form.land else [],
    }

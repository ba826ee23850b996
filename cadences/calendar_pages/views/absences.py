"""Absences: users plan their own, managers their team's, admins everybody's; everybody sees who is away."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from cadences.calendar_pages.forms import AbsenceForm
from cadences.calendar_pages.standing_in import days_in_words, in_words
from cadences.consequences import LEAVE, Consequences, confirm_page, horizon_note, save_or_show
from cadences.models import Schedule
from core.forms import NoFields, editable, posted
from core.pagination import page_number, paginate
from core.text import whole_number
from users import services
from users.clock import today_for
from users.http import Request, is_own_path
from users.models import Absence, User

NOT_YOURS = gettext_lazy("Absences are planned by the user, the manager of their team, or an admin.")


@require_safe
def listing(request: Request) -> HttpResponse:
    """Who is away, now and later; those that are over on request."""
    today = today_for(request.user)
    words = request.GET.get("q", "").replace("\x00", "").strip()[:100]
    over = request.GET.get("over") == "1"
    rows = Absence.objects.visible_to(request.user).of_person(words).with_stand_ins()
    rows = (
        rows.over(today).order_by("-ends_on", "pk")
        if over
        else rows.not_over(today).order_by("starts_on", "pk")
    )
    page = paginate(rows, page_number(request))
    mine = Absence.objects.editable_by(request.user).filter(pk__in=[row.pk for row in page.rows])
    context = {
        "page": page,
        "q": words,
        "over": over,
        "today": today,
        "editable": set(mine.values_list("pk", flat=True)),
    }
    return render(request, "calendars/absences.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def create(request: Request) -> HttpResponse:
    """Plan one; what moves is shown before it is saved."""
    users = User.objects.visible_to(request.user).active().with_absences_planned_by(request.user).by_name()
    chosen = whole_number(request.GET.get("user", "")) or request.user.pk
    form = AbsenceForm(posted(request), users=users, initial={"user": chosen})
    return _form(request, form, None)


@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: Request, pk: int) -> HttpResponse:
    """Other days, another deputy."""
    absence = editable(Absence, request.user, pk, NOT_YOURS)
    form = AbsenceForm(posted(request), users=User.objects.none(), absence=absence)
    return _form(request, form, absence)


@require_POST
def remove(request: Request, pk: int) -> HttpResponse:
    """Take one back, or end one that runs; what moves back is shown first."""
    absence = editable(Absence, request.user, pk, NOT_YOURS)
    is_running = services.is_running(absence)
    step = save_or_show(
        request,
        NoFields(request.POST),
        lambda: services.remove_absence(request.user, absence),
        user_ids=lambda: [absence.user_id],
    )
    if step.shown:
        return _confirm_removal(request, step.shown, absence, is_running)
    if step.saved and is_running:
        messages.success(request, _("The absence ended yesterday; what was moved for it has moved back."))
    elif step.saved:
        messages.success(request, _("The absence is gone; what was moved for it has moved back."))
    back = request.POST.get("back", "")
    return redirect(back if is_own_path(back) else "calendars:absences")


def _confirm_removal(
    request: Request, found: Consequences, absence: Absence, is_running: bool
) -> HttpResponse:
    words = {"name": absence.user}
    if is_running:
        title, submit = _("%(name)s is back today") % words, _("End the absence")
    else:
        title, submit = _("Remove the absence of %(name)s") % words, _("Remove the absence")
    lead = days_in_words(absence.starts_on, absence.ends_on)
    return confirm_page(request, found, title=title, lead=lead, submit=submit, keep=LEAVE)


def _form(request: Request, form: AbsenceForm, absence: Absence | None) -> HttpResponse:
    def verb() -> Absence:
        if absence is not None:
            return services.edit_absence(request.user, absence, **form.said())
        return services.add_absence(request.user, form.cleaned_data["user"], **form.said())

    def who() -> Collection[int]:
        return [absence.user_id if absence else form.cleaned_data["user"].pk]

    step = save_or_show(request, form, verb, user_ids=who, notes=lambda saved: _notes(request, saved))
    if step.saved:
        messages.success(request, _("The absence is in; what falls into it has been moved."))
        return redirect("calendars:absences")
    if step.shown:
        person = absence.user if absence else form.cleaned_data["user"]
        days = days_in_words(form.cleaned_data["starts_on"], form.cleaned_data["ends_on"])
        title = _("Absence of %(name)s") % {"name": person}
        return confirm_page(request, step.shown, title=title, lead=days, submit=_("Save the absence"))
    title = _("Absence of %(name)s") % {"name": absence.user} if absence else _("New absence")
    context = {
        "form": form,
        "title": title,
        "submit": _("Save the absence"),
        "back": reverse("calendars:absences"),
    }
    return render(request, "calendars/form.html", context, status=422 if form.errors else 200)


def _notes(request: Request, saved: Any) -> list[str]:
    notes = in_words(saved)
    later = horizon_note(saved.ends_on, today_for(request.user), Schedule.get().horizon_days)
    return [*notes, later] if notes and later else notes

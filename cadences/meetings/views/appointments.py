"""One appointment: agreed, looked at, changed, cancelled, held, missed; and the panel of an account."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_GET, require_http_methods, require_safe

from accounts.models import Account
from cadences import services as owed
from cadences.forms import LogForm
from cadences.meetings import services
from cadences.meetings.forms import AppointmentForm, NeedsForm, ReasonForm, in_words
from cadences.meetings.invitations import mails_of, why_not
from cadences.meetings.rows import is_over
from cadences.meetings.sheets import for_holding
from cadences.models import Appointment
from cadences.next_date import next_working_day
from cadences.views.logs import refuse
from contacts.models import Expectation
from core.forms import attempt, editable, form_reply, posted
from core.htmx import go, page_or_fragment, toast
from core.text import whole_number
from users.clock import local
from users.forms import time_zones
from users.http import Request

form_page = require_http_methods(["GET", "HEAD", "POST"])
NOT_YOURS = gettext_lazy("A meeting is changed by its host and by those who look after the account.")
SHOWN = 5


@require_safe
def detail(request: Request, pk: int) -> HttpResponse:
    """Who, when, where, what for; what came of it."""
    user = request.user
    appointment: Appointment = get_object_or_404(
        Appointment.objects.visible_to(user).for_page().prefetch_related("interaction__expectations"), pk=pk
    )
    mails = mails_of(appointment)
    expectations = Expectation.objects.visible_to(user).filter(account=appointment.account, state="open")
    context = {
        "appointment": appointment,
        "guests": [
            (guest, mails.get(guest.contact_id)) for guest in appointment.guests.all() if not guest.is_off
        ],
        "may_edit": Appointment.objects.editable_by(user).filter(pk=pk).exists(),
        "is_over": is_over(appointment),
        "here": _other_clock(appointment, request),
        "expectations": expectations.order_by("-led_on", "-pk")[:SHOWN],
    }
    return render(request, "meetings/detail.html", context)


@require_GET
def panel(request: Request, account_pk: int) -> HttpResponse:
    """The meetings of an account, those to come first; for its page."""
    account = get_object_or_404(Account.objects.visible_to(request.user), pk=account_pk)
    rows = Appointment.objects.visible_to(request.user).filter(account=account).for_panel()
    found = list(rows[: SHOWN + 1])
    context = {"account": account, "appointments": found[:SHOWN], "has_more": len(found) > SHOWN}
    return render(request, "meetings/_panel.html", context)


@form_page
def agree(request: Request, account_pk: int) -> HttpResponse:
    """A time with people of an account; ``row`` names the touchpoint that it is for."""
    user = request.user
    account = get_object_or_404(
        Account.objects.visible_to(user).select_related("owner__team", "tier"), pk=account_pk
    )
    form = AppointmentForm(
        posted(request), user=user, account=account, now=local(timezone.now(), user), asked=_asked(request)
    )
    made = attempt(form, lambda: services.agree(user, account, form.terms()))
    if made:
        _say(request, made, _("Agreed: %(when)s.") % {"when": in_words(made)}, form.cleaned_data["invites"])
        return go(request, "meetings:detail", made.pk)
    title = _("Meeting with %(name)s") % {"name": account.name}
    back = reverse("accounts:detail", args=[account.pk])
    return _form(request, form, title=title, submit=_("Agree it"), back=back, back_text=account.name)


@form_page
def change(request: Request, pk: int) -> HttpResponse:
    """Another time, place or people."""
    user = request.user
    appointment = _mine(request, pk)
    account = appointment.account
    form = AppointmentForm(
        posted(request), user=user, account=account, now=local(timezone.now(), user), appointment=appointment
    )
    done = attempt(form, lambda: services.change(user, appointment, form.terms()))
    if done:
        _say(request, done, _("Changed: %(when)s.") % {"when": in_words(done)}, form.cleaned_data["invites"])
        return go(request, "meetings:detail", pk)
    title = _("Change the meeting with %(name)s") % {"name": account.name}
    back = reverse("meetings:detail", args=[pk])
    return _form(request, form, title=title, submit=_("Save"), back=back, back_text=str(appointment))


@form_page
def cancel(request: Request, pk: int) -> HttpResponse:
    """Call it off, with the reason."""
    appointment = _mine(request, pk)
    form = ReasonForm(posted(request))
    if attempt(form, lambda: services.cancel(request.user, appointment, form.cleaned_data["reason"])):
        toast(request, _("Cancelled. Whoever was invited gets a mail that takes it out of their calendar."))
        return go(request, "meetings:detail", pk)
    return _reason(request, form, appointment, _("Cancel this meeting"), _("Cancel it"))


@form_page
def miss(request: Request, pk: int) -> HttpResponse:
    """Its time came and nobody met."""
    appointment = _mine(request, pk)
    form = ReasonForm(posted(request))
    if attempt(form, lambda: services.miss(request.user, appointment, form.cleaned_data["reason"])):
        toast(request, _("Noted. Agree another date when there is one."))
        return go(request, "meetings:detail", pk)
    return _reason(request, form, appointment, _("It did not take place"), _("Note it"))


@form_page
def hold(request: Request, pk: int) -> HttpResponse:
    """What came of it: the log form with the meeting filled in, and what they need."""
    appointment = _mine(request, pk)
    sheet = for_holding(request.user, appointment)
    data = posted(request)
    form, needs = LogForm(data, sheet=sheet), NeedsForm(data, initial={"needs": appointment.needs})
    status = 200
    if data is not None:
        status = 422
        if form.is_valid() and needs.is_valid() and _held(request, appointment, form, needs):
            return go(request, "meetings:detail", pk)
    tomorrow = next_working_day(sheet.today)
    context = {
        "appointment": appointment,
        "sheet": sheet,
        "touchpoint": sheet.touchpoint,
        "form": form,
        "needs": needs,
        "retries": [sheet.today, tomorrow, next_working_day(tomorrow)],
    }
    return page_or_fragment(request, "meetings/hold.html", "meetings/_hold.html", context, status)


def _held(request: Request, appointment: Appointment, form: LogForm, needs: NeedsForm) -> bool:
    try:
        made = services.hold(request.user, appointment, form.submission(), needs.cleaned_data["needs"])
    except owed.TouchpointClosedError as closed:
        form.add_error(None, closed)
        return False
    except ValidationError as refused:
        refuse(form, refused)
        return False
    toast(request, _("Saved."), undo=reverse("cadences:undo", args=[made.pk]))
    return True


def _mine(request: Request, pk: int) -> Appointment:
    """The appointment, if this user may change it."""
    editable(Appointment, request.user, pk, NOT_YOURS)
    found: Appointment = Appointment.objects.visible_to(request.user).for_page().get(pk=pk)
    return found


def _asked(request: Request) -> dict[str, Any]:
    """What the address of the form says already: for which touchpoint, with whom, on what day."""
    asked: dict[str, Any] = {}
    if row := whole_number(request.GET.get("row", "")):
        asked["row"] = str(row)
    if contact := whole_number(request.GET.get("contact", "")):
        asked["contacts"] = [contact]
    if on := request.GET.get("on", ""):
        asked["on"] = on[:10]
    return asked


def _say(request: Request, appointment: Appointment, words: str, invites: bool) -> None:
    """What was agreed, to whom an invitation goes and who gets none, and what else is on then."""
    toast(request, words)
    if invites:
        without = [f"{one.name} ({why})" for one in appointment.people if (why := why_not(one))]
        if without:
            text = ngettext(
                "No invitation goes to %(names)s.", "No invitations go to %(names)s.", len(without)
            )
            toast(request, text % {"names": ", ".join(without)}, level=messages.WARNING)
    other = (
        Appointment.objects.visible_to(request.user)
        .planned()
        .of_people([appointment.host_id])
        .between(appointment.starts_at, appointment.ends_at)
        .exclude(pk=appointment.pk)
        .select_related("account")
        .first()
    )
    if other is not None:
        said = {"host": appointment.host, "name": other.account.name, "when": in_words(other)}
        toast(
            request,
            _("At that time %(host)s is with %(name)s, too: %(when)s.") % said,
            level=messages.WARNING,
        )


def _form(request: Request, form: AppointmentForm, **words: str) -> HttpResponse:
    """``words``: title, submit (of the button), back (an address), back_text."""
    context = {
        **words,
        "form": form,
        "zones": time_zones(),
        "action": request.get_full_path(),
        "invited": bool(form.appointment and any(one.is_invited for one in form.appointment.guests.all())),
    }
    return page_or_fragment(
        request, "meetings/form.html", "meetings/_form.html", context, 422 if form.is_bound else 200
    )


def _reason(
    request: Request, form: ReasonForm, appointment: Appointment, title: str, submit: str
) -> HttpResponse:
    back = reverse("meetings:detail", args=[appointment.pk])
    lead = f"{appointment.account.name}, {in_words(appointment)}"
    return form_reply(
        request,
        form,
        title=title,
        lead=lead,
        submit=submit,
        back=back,
        back_text=str(appointment),
        danger=True,
    )


def _other_clock(appointment: Appointment, request: Request) -> Any:
    """Its beginning by the reader's own clock, where that shows another time than the one there."""
    here = local(appointment.starts_at, request.user)
    there = appointment.local_start
    return here if here.replace(tzinfo=None) != there.replace(tzinfo=None) else None

"""The sheet of one touchpoint, and what is done there: log, put off, skip, note."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from cadences import services
from cadences.day import after, my_day
from cadences.forms import LogForm, SkipForm, SnoozeForm, errors_into
from cadences.models import Touchpoint
from cadences.next_date import next_working_day
from cadences.planned.shown import draft_context, written_for
from cadences.services import HandDate, TouchpointClosedError
from cadences.sheet import Sheet, loaded, of_touchpoint
from cadences.views.day import context_of, wants_book
from cadences.views.logs import refuse, thanks_link
from contacts.models import Commitment, Interaction
from contacts.services import add_note, close_commitment
from core.htmx import is_htmx, page_or_fragment, toast
from core.templatetags.ui import said
from users.clock import today_for
from users.http import Request

PUT_OFF = "put_off"
"""In the session: how the last few rows were dated before this user put them off, for *Undo*."""


@require_GET
def touchpoint(request: Request, pk: int) -> HttpResponse:
    """The sheet: beside the list for htmx, a page of its own without."""
    row = get_object_or_404(loaded().visible_to(request.user), pk=pk)
    return show(request, of_touchpoint(request.user, row))


@require_POST
def log(request: Request, pk: int) -> HttpResponse:
    """Save the log of this touchpoint and put the next one in front."""
    user = request.user
    row = get_object_or_404(loaded().visible_to(user), pk=pk)
    services.require_editable(user, row)
    sheet = of_touchpoint(user, row)
    form = LogForm(request.POST, sheet=sheet)
    if not form.is_valid():
        return show(request, sheet, form, status=422)
    before = _ids(request)
    try:
        interaction = services.record(user, row, form.submission())
    except TouchpointClosedError as closed:
        form.add_error(None, closed)
        return show(request, sheet, form, status=409)
    except ValidationError as refused:
        refuse(form, refused)
        return show(request, sheet, form, status=422)
    undo = f"{reverse('cadences:undo', args=[interaction.pk])}?at={pk}"
    toast(request, _saved(row, interaction), undo=undo, link=thanks_link(interaction))
    return put_next_in_front(request, pk, before)


@require_POST
def snooze(request: Request, pk: int) -> HttpResponse:
    """Put it off to another day."""
    row = get_object_or_404(loaded().visible_to(request.user), pk=pk)
    form = SnoozeForm(request.POST)
    return _small_verb(request, row, form, "snooze_form", lambda said: _put_off(request, row, said))


@require_POST
def skip(request: Request, pk: int) -> HttpResponse:
    """Leave it out, with a reason."""
    row = get_object_or_404(loaded().visible_to(request.user), pk=pk)
    form = SkipForm(request.POST)
    return _small_verb(request, row, form, "skip_form", lambda said: _leave_out(request, row, said))


@require_POST
def back(request: Request, pk: int) -> HttpResponse:
    """Undo of putting off and of skipping."""
    user = request.user
    row = get_object_or_404(Touchpoint.objects.visible_to(user), pk=pk)
    before = request.session.get(PUT_OFF, {}).get(str(pk))
    try:
        if row.state == Touchpoint.State.SKIPPED:
            services.reopen(user, row)
        else:
            services.unsnooze(user, row, HandDate.from_json(before) if before else None)
    except ValidationError as refused:
        toast(request, " ".join(refused.messages), level=messages.ERROR)
    return redirect(f"{reverse('cadences:day')}?at={pk}")


@require_POST
def note(request: Request, pk: int) -> HttpResponse:
    """A note on the account, without leaving the sheet."""
    user = request.user
    row = get_object_or_404(loaded().visible_to(user), pk=pk)
    text = request.POST.get("text", "")
    try:
        add_note(user, row.account, text)
    except ValidationError as refused:
        return show(request, of_touchpoint(user, row), status=422, note_error=refused.messages[0])
    toast(request, _("Note saved on %(account)s.") % {"account": row.account})
    return _as_it_is_now(request, row)


@require_POST
def promise(request: Request, pk: int, promise: int) -> HttpResponse:
    """Say that a promise was kept or broken, without leaving the sheet."""
    user = request.user
    row = get_object_or_404(loaded().visible_to(user), pk=pk)
    found = get_object_or_404(Commitment.objects.visible_to(user).filter(account=row.account), pk=promise)
    try:
        close_commitment(user, found, kept=request.POST.get("kept") == "1")
    except ValidationError as refused:
        toast(request, " ".join(refused.messages), level=messages.ERROR)
    else:
        toast(request, _("Noted: %(what)s.") % {"what": found.what})
    return _as_it_is_now(request, row)


# -- Replies ------------------------------------------------------------------------------------------


def show(
    request: Request, sheet: Sheet, form: LogForm | None = None, status: int = 200, **more: Any
) -> HttpResponse:
    """The sheet with its form, as a fragment or as a page."""
    context = _with_form(sheet, form) | {"book_only": wants_book(request)}
    context["written"] = written_for(request.user, sheet.touchpoint) if sheet.touchpoint else None
    return page_or_fragment(
        request, "cadences/touchpoint.html", "cadences/_sheet.html", context | more, status
    )


def _as_it_is_now(request: Request, row: Touchpoint) -> HttpResponse:
    """The sheet again; a whole page by redirect, so that reloading it repeats nothing."""
    if is_htmx(request):
        return show(request, of_touchpoint(request.user, row))
    return redirect("cadences:touchpoint", row.pk)


def _with_form(sheet: Sheet, form: LogForm | None = None) -> dict[str, Any]:
    """What the template of a sheet reads."""
    tomorrow = next_working_day(sheet.today)
    return {
        "sheet": sheet,
        "touchpoint": sheet.touchpoint,
        "form": form or LogForm(sheet=sheet),
        "tomorrow": tomorrow,
        "retries": [sheet.today, tomorrow, next_working_day(tomorrow)],
    }


def put_next_in_front(request: Request, done: int, before: list[int]) -> HttpResponse:
    """The list as it is now and the sheet of the next line; without htmx the page that shows both."""
    context = context_of(request)
    following = after(done, before, context["day"].ids)
    if not is_htmx(request):
        where = reverse("cadences:day")
        return redirect(f"{where}?at={following}" if following else where)
    context |= {"at": following, "oob": True, "book_only": wants_book(request)}
    if following:
        context |= _in_front(request, following)
    response = render(request, "cadences/_next.html", context)
    response["HX-Trigger-After-Swap"] = "day:next"
    return response


def _in_front(request: Request, pk: int) -> dict[str, Any]:
    """The sheet of that line; where the plan has written for it, what is to be read and sent."""
    row = loaded().visible_to(request.user).get(pk=pk)
    piece = written_for(request.user, row)
    if piece is not None:
        return draft_context(request.user, row, piece)
    return _with_form(of_touchpoint(request.user, row))


def _small_verb(request: Request, row: Touchpoint, form: Any, name: str, verb: Any) -> HttpResponse:
    """Check the small form, run its verb, go on; what is wrong stays in the sheet with what was typed."""
    user = request.user
    services.require_editable(user, row)
    before = _ids(request)
    if form.is_valid():
        try:
            verb(form.cleaned_data)
        except ValidationError as refused:
            errors_into(form, refused)
        else:
            return put_next_in_front(request, row.pk, before)
    return show(request, of_touchpoint(user, row), status=422, **{name: form})


def _put_off(request: Request, row: Touchpoint, given: dict[str, Any]) -> None:
    before = HandDate.of(row).as_json()
    services.snooze(request.user, row, given["until"], given["reason"])
    earlier = dict(list(request.session.get(PUT_OFF, {}).items())[-9:])
    request.session[PUT_OFF] = earlier | {str(row.pk): before}
    words = _("%(account)s: put off to %(day)s.") % {"account": row.account, "day": said(given["until"])}
    toast(request, words, undo=reverse("cadences:back", args=[row.pk]))


def _leave_out(request: Request, row: Touchpoint, given: dict[str, Any]) -> None:
    services.skip(request.user, row, given["reason"])
    words = _("%(account)s: %(slot)s skipped.") % {"account": row.account, "slot": row.slot}
    toast(request, words, undo=reverse("cadences:back", args=[row.pk]))


def _saved(row: Touchpoint, interaction: Interaction) -> str:
    """What happened, in one sentence."""
    row.refresh_from_db(fields=["state", "due_on"])
    words = {"account": row.account, "day": said(row.due_on)}
    if row.state != Touchpoint.State.OPEN:
        return _("%(account)s: saved.") % words
    if interaction.outcome == Interaction.Outcome.CALL_BACK:
        return _("%(account)s: saved, call back %(day)s.") % words
    return _("%(account)s: saved, stays owed, next try %(day)s.") % words


def _ids(request: Request) -> list[int]:
    user = request.user
    return my_day(user, today_for(user), book_only=wants_book(request)).ids

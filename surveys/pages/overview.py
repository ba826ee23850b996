"""The first page: which surveys there are, what comes next, and who waits."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from core.forms import attempt, posted
from core.htmx import toast
from surveys import ballots, health
from surveys.forecast import Forecast, forecast
from surveys.models import Exclusion, HeldBack, Programme, Wave
from surveys.pages.forms import NameForm, SettingsForm
from surveys.pages.guard import managers_only, programme_of, tried
from surveys.services import programmes
from users.clock import company_today
from users.http import Request

SHOWN_WAVES = 24


@dataclass(frozen=True)
class Card:
    """A programme as the list shows it."""

    programme: Programme
    forecast: Forecast | None
    open_wave: Wave | None
    next_wave: Wave | None
    waiting: int


@require_safe
@managers_only
def listing(request: Request) -> HttpResponse:
    """Programmes, waves by their dates alone, who waits, who is excluded."""
    today = company_today()
    rows = list(Programme.objects.visible_to(request.user).for_list())
    waves = list(Wave.objects.visible_to(request.user).for_list()[:SHOWN_WAVES])
    waiting = HeldBack.objects.visible_to(request.user).waiting_by_programme()
    context = {
        "cards": [_card(row, waves, waiting, today) for row in rows],
        "waves": waves,
        "alarms": health.alarms(today),
        "is_set_up": ballots.is_set_up(),
        "waiting": sum(waiting.values()),
        "excluded": Exclusion.objects.visible_to(request.user).in_force(today).count(),
        "today": today,
    }
    return render(request, "surveys/list.html", context)


def _card(row: Programme, waves: list[Wave], waiting: dict[int, int], today: date) -> Card:
    mine = [wave for wave in waves if wave.programme_id == row.pk]
    return Card(
        programme=row,
        forecast=forecast(row, today) if row.is_repeated else None,
        open_wave=next((w for w in mine if w.opens_on <= today <= w.closes_on), None),
        next_wave=next((w for w in reversed(mine) if w.opens_on > today), None),
        waiting=waiting.get(row.pk, 0),
    )


@require_http_methods(["GET", "HEAD", "POST"])
@managers_only
def programme(request: Request, pk: int) -> HttpResponse:
    """Settings of one programme, with its forecast beside them."""
    row = programme_of(request, pk)
    form = SettingsForm(posted(request), programme=row)
    if attempt(form, lambda: programmes.change(request.user, row, **form.settings())):
        tried(request, lambda: None, _("Saved."))
        return redirect("surveys:programme", row.pk)
    row.refresh_from_db()  # the verb may have set what it then refused
    context = {
        "programme": row, "form": form, "tab": "settings", "missing": programmes.what_is_missing(row),
        "forecast": forecast(row, company_today()) if row.is_repeated else None,
        "waves": row.waves.for_list()[:SHOWN_WAVES],
        "can_switch": row.is_repeated or row.waves.filter(closes_on__gte=company_today()).exists(),
    }  # fmt: skip
    return render(request, "surveys/programme.html", context, status=422 if form.errors else 200)


@require_POST
@managers_only
def switch(request: Request, pk: int) -> HttpResponse:
    """On or off, from the next night."""
    row = programme_of(request, pk)
    on = request.POST.get("to") == "on"
    try:
        back = programmes.switch(request.user, row, on=on)
    except ValidationError as refused:
        toast(request, " ".join(refused.messages), level=messages.ERROR)
    except OSError:  # of the folder of keys
        words = _(
            "It stays as it was: the folder of keys cannot be used. Ask an admin to look at SURVEY_KEYS."
        )
        toast(request, words, level=messages.ERROR)
    else:
        toast(request, _switched(row, on, back))
    return redirect("surveys:programme", row.pk)


def _switched(row: Programme, on: bool, back: int) -> str:
    if not on:
        return _("It is off: nothing is sent.")
    words = _("It is on: what is due is sent from the next night on.") if row.is_repeated else _("It is on.")
    if not back:
        return words
    stopped = ngettext(
        "%(n)s mail that was stopped leaves after all.",
        "%(n)s mails that were stopped leave after all.",
        back,
    )
    return f"{words} {stopped % {'n': back}}"


@require_http_methods(["GET", "HEAD", "POST"])
@managers_only
def create(request: Request) -> HttpResponse:
    """A survey that is sent once."""
    form = NameForm(posted(request))
    made = attempt(form, lambda: programmes.make_one_off(request.user, form.cleaned_data["name"]))
    if made:
        return redirect("surveys:questions", made.pk)
    context = {
        "form": form, "title": _("New one-off survey"), "back": reverse("surveys:list"),
        "back_text": _("Surveys"), "submit": _("Make it"), "action": request.path,
    }  # fmt: skip
    return render(request, "components/form_page.html", context, status=422 if form.is_bound else 200)

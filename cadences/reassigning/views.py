"""Handing over somebody's accounts: whose, to whom, what each would get, and then at once."""

from __future__ import annotations

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.text import get_text_list
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_safe

from cadences.models import BulkChange
from cadences.reassigning.services import share_out
from cadences.reassigning.shown import Division, division, people_with_accounts
from core.htmx import toast
from core.text import whole_number
from users.access import require
from users.http import Request
from users.models import User


@require_safe
def people(request: Request) -> HttpResponse:
    """Whose accounts may be handed over, those who left first."""
    _require_manager(request)
    return render(request, "reassigning/people.html", {"people": people_with_accounts(request.user)})


@require_http_methods(["GET", "HEAD", "POST"])
def person(request: Request, pk: int) -> HttpResponse:
    """Choose new owners, see what each would get, hand over."""
    _require_manager(request)
    whose = get_object_or_404(User.objects.visible_to(request.user), pk=pk)
    said = request.POST if request.method == "POST" else request.GET
    could = [
        one for one in User.objects.visible_to(request.user).who_may_own_accounts().by_name() if one != whose
    ]
    wanted = {whole_number(value) for value in said.getlist("to")}
    shown = division(request.user, whose, [one for one in could if one.pk in wanted], _chosen(request))
    problem = ""
    if request.method == "POST" and said.get("act") == "hand-over":
        problem, done = _hand_over(request, shown)
        if not problem:
            return redirect("accounts:bulk", done.pk) if done else redirect("reassign:people")
    context = {"division": shown, "person": whose, "could": could, "problem": problem}
    return render(request, "reassigning/person.html", context, status=422 if problem else 200)


def _require_manager(request: Request) -> None:
    may = request.user.is_active and (request.user.is_manager or request.user.is_admin)
    require(may, _("Owners are changed by the team's manager and by admins."))


def _chosen(request: Request) -> dict[int, int]:
    """What was picked for single accounts: ``owner-<account>`` = user."""
    found = {}
    for name, value in request.POST.items():
        account, owner = whole_number(name.removeprefix("owner-")), whole_number(str(value))
        if name.startswith("owner-") and account is not None and owner is not None:
            found[account] = owner
    return found


def _hand_over(request: Request, shown: Division) -> tuple[str, BulkChange | None]:
    """What is wrong, in words, or what was done."""
    if not shown.owners:
        return _("Choose who takes the accounts over: one person, or several."), None
    if request.POST.get("seen") != shown.token:
        words = _("The accounts have changed while you were looking. Check the numbers and confirm again.")
        return words, None
    try:
        done = share_out(request.user, shown.person, shown.by_owner(), _in_words(shown))
    except ValidationError as refused:
        return " ".join(refused.messages), None
    if done is not None:
        words = ngettext(
            "%(n)d account of %(name)s has a new owner, who has been told.",
            "%(n)d accounts of %(name)s have new owners, who have been told.",
            done.rows_total,
        )
        said = words % {"n": done.rows_total, "name": shown.person.display_name}
        toast(request, said, level=messages.SUCCESS)
    return "", done


def _in_words(shown: Division) -> str:
    """ "Accounts of Kari Holm to Dag Moe and Mona Vik"."""
    names = get_text_list([owner.display_name for owner in shown.owners], _("and"))
    return _("Accounts of %(name)s to %(names)s") % {"name": shown.person.display_name, "names": names}

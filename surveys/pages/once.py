"""Starting a one-off survey: the rule, the count it gives, and then the start."""

from __future__ import annotations

from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from ballotbox.policy import FEWEST_ELIGIBLE
from core.forms import posted
from surveys.pages.forms import RuleForm
from surveys.pages.guard import managers_only, programme_of, tried
from surveys.services import one_off, programmes
from users.clock import company_today
from users.http import Request


@require_http_methods(["GET", "HEAD", "POST"])
@managers_only
def start(request: Request, pk: int) -> HttpResponse:
    """Nothing starts before the count has been seen."""
    programme = programme_of(request, pk)
    if programme.is_repeated:
        raise Http404
    form = RuleForm(posted(request), rule=programme.who)
    today = company_today()
    context = {
        "programme": programme, "form": form, "tab": "start", "fewest": FEWEST_ELIGIBLE,
        "missing": programmes.what_is_missing(programme), "wave": programme.waves.first(),
        "last_day": one_off.last_day(today),
    }  # fmt: skip
    if form.is_bound and form.is_valid():
        if "start" in request.POST:
            try:
                one_off.start(request.user, programme, form.rule)
            except ValidationError as refused:
                form.add_error(None, refused)
            else:
                tried(request, lambda: None, _("It is planned: mails leave in the next night."))
                return redirect("surveys:programme", programme.pk)
        context["count"] = one_off.count(programme, form.rule, today)
    return render(request, "surveys/start.html", context, status=422 if form.errors else 200)

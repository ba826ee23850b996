"""Mail texts per language, and seeing the survey as customers will."""

from __future__ import annotations

from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from core.forms import attempt, posted
from surveys.models import MailText, Programme
from surveys.pages.forms import TextForm
from surveys.pages.guard import managers_only, programme_of, tried
from surveys.services import programmes, trial
from surveys.services.questions import shown
from users.http import Request


@require_safe
@managers_only
def listing(request: Request, pk: int) -> HttpResponse:
    """The texts there are, and what is missing."""
    programme = programme_of(request, pk)
    texts = list(programme.mail_texts.order_by("language"))
    there = {text.language for text in texts}
    missing = [code for code in shown(programme).asked.languages if code not in there]
    context = {"programme": programme, "tab": "mail", "texts": texts, "missing": missing}
    return render(request, "surveys/mails.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@managers_only
def create(request: Request, pk: int) -> HttpResponse:
    """The mail in another language; begins with the words of the first one."""
    programme = programme_of(request, pk)
    form = TextForm(posted(request), like=programme.mail_texts.order_by("id").first())
    return _page(request, programme, form, "")


@require_http_methods(["GET", "HEAD", "POST"])
@managers_only
def edit(request: Request, pk: int, language: str) -> HttpResponse:
    """The mail of one language."""
    programme = programme_of(request, pk)
    text = get_object_or_404(
        MailText.objects.visible_to(request.user), programme=programme, language=language
    )
    return _page(request, programme, TextForm(posted(request), text=text), language)


def _page(request: Request, programme: Programme, form: TextForm, language: str) -> HttpResponse:
    def verb() -> MailText:
        said = dict(form.cleaned_data)
        return programmes.save_text(request.user, programme, said.pop("language", language), **said)

    if attempt(form, verb):
        tried(request, lambda: None, _("Saved: mails that leave from now on say this."))
        return redirect("surveys:mails", programme.pk)
    context = {"programme": programme, "form": form, "language": language}
    return render(request, "surveys/mail_text.html", context, status=422 if form.is_bound else 200)


@require_POST
@managers_only
def remove(request: Request, pk: int, language: str) -> HttpResponse:
    """A language less."""
    programme = programme_of(request, pk)
    text = get_object_or_404(
        MailText.objects.visible_to(request.user), programme=programme, language=language
    )
    tried(request, lambda: programmes.remove_text(request.user, text), _("The text is gone."))
    return redirect("surveys:mails", pk)


@require_http_methods(["GET", "HEAD", "POST"])
@managers_only
def preview(request: Request, pk: int) -> HttpResponse:
    """A link into the real ballot box with the questions as they stand now; it never counts."""
    programme = programme_of(request, pk)
    languages = shown(programme).asked.languages
    context = {"programme": programme, "tab": "preview", "languages": languages}
    if request.method == "POST":
        chosen = request.POST.get("language", languages[0])
        context["chosen"] = chosen
        try:
            context["link"] = trial.link(request.user, programme, chosen)
        except ValidationError as refused:
            context["refused"] = refused.messages
    return render(request, "surveys/preview.html", context, status=422 if "refused" in context else 200)


@require_POST
@managers_only
def send_test(request: Request, pk: int) -> HttpResponse:
    """The invitation to oneself."""
    programme = programme_of(request, pk)
    language, follow_up = request.POST.get("language", "en"), request.POST.get("which") == "follow_up"
    done = _("The test is on its way to %(address)s.") % {"address": request.user.email}
    tried(request, lambda: trial.send_to_self(request.user, programme, language, follow_up=follow_up), done)
    return redirect("surveys:preview", pk)

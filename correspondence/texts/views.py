"""Pages of templates: the list, one template with its editor and preview, its versions."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy
from django.views.decorators.http import require_GET, require_http_methods, require_POST, require_safe

from core.forms import attempt, editable, form_reply, posted
from core.htmx import go, toast
from core.pagination import page_number, paginate
from core.text import whole_number
from correspondence.models import Template, TemplateText
from correspondence.querysets import may_write_templates
from correspondence.texts import services
from correspondence.texts.cards import cards
from correspondence.texts.detail import context_of, place_url, shown
from correspondence.texts.differences import differences
from correspondence.texts.forms import TemplateForm, TextForm
from correspondence.texts.previews import chosen, found_people
from correspondence.texts.spots import Spot, spot
from users.access import require
from users.http import Request

form_page = require_http_methods(["GET", "HEAD", "POST"])
REFUSAL = lazy("Templates are written by managers and admins.")


@require_safe
def template_list(request: Request) -> HttpResponse:
    """What is written again and again, and what is missing in which language."""
    user = request.user
    shows_retired = request.GET.get("retired") == "1"
    templates = Template.objects.visible_to(user).filter(is_retired=shows_retired)
    page = paginate(templates.for_list(), page_number(request))
    texts = TemplateText.objects.visible_to(user).current()
    wanted = [] if shows_retired else list(texts.languages())
    context = {
        "page": page,
        "cards": cards(page.rows, texts.filter(template__in=page.rows).for_list(), wanted),
        "shows_retired": shows_retired,
        "retired": Template.objects.visible_to(user).filter(is_retired=True).count(),
        "is_editable": may_write_templates(user),
    }
    return render(request, "texts/list.html", context)


@form_page
def create(request: Request) -> HttpResponse:
    """A template, before its first words."""
    user = request.user
    require(may_write_templates(user), str(REFUSAL))
    form = TemplateForm(posted(request), instance=Template(language=user.language))
    fields = ("name", "use", "language")
    made = attempt(form, lambda: services.create(user, **{name: form.cleaned_data[name] for name in fields}))
    if made:
        return go(request, "templates:detail", made.pk)
    words = {"title": _("New template"), "submit": _("Go on to its words")}
    return form_reply(request, form, back=reverse("templates:list"), back_text=_("Templates"), **words)


@form_page
def detail(request: Request, pk: int) -> HttpResponse:
    """The words in one medium and language, how they read for somebody, and their versions."""
    user = request.user
    template = get_object_or_404(Template.objects.visible_to(user), pk=pk)
    texts = list(TemplateText.objects.visible_to(user).filter(template=template).current().in_pick_order())
    here = spot(template, texts, request.GET)
    form = TextForm(
        posted(request), initial={**here.words, "based_on": here.number},
        is_readonly=not may_write_templates(user),
    )  # fmt: skip
    extra: dict[str, Any] = {}
    if request.method == "POST":
        editable(Template, user, pk, REFUSAL)
        reply = _save(request, here, form, extra)
        if reply is not None:
            return reply
    contact = chosen(user, request.POST.get("contact") or request.GET.get("contact", ""))
    context = context_of(user, template, texts, here, contact, all_versions="all" in request.GET)
    words = {"subject": form["subject"].value() or "", "body": form["body"].value() or ""}
    context |= {"form": form, **extra, **shown(user, contact, here, words)}
    return render(request, "texts/detail.html", context, status=422 if form.is_bound else 200)


def _save(request: Request, here: Spot, form: TextForm, extra: dict[str, Any]) -> HttpResponse | None:
    """The way on when the words are saved; None to show the form again, ``extra`` says why."""

    def verb() -> TemplateText:
        said = form.cleaned_data
        words = services.Words(here.medium, here.language, said["subject"], said["body"])
        return services.save_text(request.user, here.template, words, based_on=said["based_on"])

    try:
        saved = attempt(form, verb)
    except services.ChangedMeanwhileError as changed:
        based_on = form.cleaned_data["based_on"]
        seen = here.template.texts.of(here.medium, here.language).filter(number=based_on).first()
        form.ahead_of(changed.latest.number)
        extra["changed"] = changed.latest
        extra["changes"] = differences(seen.body if seen else "", changed.latest.body)
        extra["old_subject"] = seen.subject if seen else ""
        return None
    if saved is None:
        return None
    toast(request, _("Saved as version %(n)d.") % {"n": saved.number})
    person = {"contact": number} if (number := request.POST.get("contact", "")) else {}
    return redirect(place_url(here.template, here.medium, here.language, **person))


@form_page
def settings(request: Request, pk: int) -> HttpResponse:
    """What a template is called and what it is for."""
    template = editable(Template, request.user, pk, REFUSAL)
    form = TemplateForm(posted(request), instance=template)
    if attempt(form, lambda: services.change(request.user, template, **form.changes())):
        toast(request, _("Saved."))
        return go(request, "templates:detail", pk)
    words = {"title": _("Settings of “%(name)s”") % {"name": template.name}, "submit": _("Save")}
    back = reverse("templates:detail", args=[pk])
    return form_reply(request, form, back=back, back_text=template.name, **words)


@require_POST
def retire(request: Request, pk: int) -> HttpResponse:
    """Offer it no more."""
    template = editable(Template, request.user, pk, REFUSAL)
    services.retire(request.user, template)
    back = reverse("templates:bring_back", args=[pk])
    toast(request, _("“%(name)s” is offered no more.") % {"name": template.name}, undo=back)
    return go(request, "templates:list")


@require_POST
def bring_back(request: Request, pk: int) -> HttpResponse:
    """Offer it again."""
    template = editable(Template, request.user, pk, REFUSAL)
    services.retire(request.user, template, is_retired=False)
    toast(request, _("“%(name)s” is offered again.") % {"name": template.name})
    return go(request, "templates:detail", pk)


@require_POST
def preview(request: Request, pk: int) -> HttpResponse:
    """What stands in the editor, for the chosen person. Stores nothing."""
    user = request.user
    template = get_object_or_404(Template.objects.visible_to(user), pk=pk)
    here = spot(template, [], request.POST)
    contact = chosen(user, request.POST.get("contact", ""))
    words = {name: request.POST.get(name, "").replace("\x00", "") for name in ("subject", "body")}
    return render(request, "texts/_preview.html", shown(user, contact, here, words))


@require_GET
def people(request: Request) -> HttpResponse:
    """Whom the preview may be shown for, the chosen one first."""
    user = request.user
    contact = chosen(user, request.GET.get("contact", ""))
    q = request.GET.get("q", "")
    found = [person for person in found_people(user, q) if person != contact]
    context = {"people": [contact, *found] if contact else found, "contact": contact, "q": q.strip()}
    return render(request, "texts/_people.html", context)


@require_safe
def compare(request: Request, pk: int) -> HttpResponse:
    """What changed between two versions in one medium and language: the newest two unless said otherwise."""
    template = get_object_or_404(Template.objects.visible_to(request.user), pk=pk)
    texts = TemplateText.objects.visible_to(request.user).filter(template=template)
    here = spot(template, list(texts.current().in_pick_order()), request.GET)
    versions = list(texts.with_writers().of(here.medium, here.language))
    by_number = {version.number: version for version in versions}
    newer = by_number.get(whole_number(request.GET.get("newer", "")) or here.number)
    older_number = whole_number(request.GET.get("older", ""))
    older = by_number.get(older_number or (newer.number - 1 if newer else 0))
    context = {
        "template": template, "here": here, "versions": versions, "older": older, "newer": newer,
        "lines": differences(older.body, newer.body) if older and newer else [],
        "is_editable": may_write_templates(request.user),
        "back": place_url(template, here.medium, here.language),
    }  # fmt: skip
    return render(request, "texts/compare.html", context)


@require_POST
def go_back(request: Request, pk: int) -> HttpResponse:
    """The words of an old version count again, as a new one."""
    old = editable(TemplateText, request.user, pk, REFUSAL)
    try:
        saved = services.go_back(request.user, old)
    except ValidationError as refused:
        toast(request, " ".join(refused.messages), level=messages.ERROR)
    else:
        words = {"old": old.number, "n": saved.number}
        toast(request, _("The words of version %(old)d count again, as version %(n)d.") % words)
    return redirect(place_url(old.template, old.medium, old.language))

"""Pages of people; forms of notes and asks."""

from __future__ import annotations

from django.forms import BaseForm
from django.http import HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts.models import Account
from contacts import forms, services
from contacts.lists import Choice, contact_page
from contacts.models import Ask, Channel, Concern, Contact, Influence, Interaction
from core.forms import attempt, editable, form_reply, posted
from core.htmx import go, toast
from core.pagination import page_number, paginate
from users.clock import today_for
from users.http import Request, back_to
from users.models import User

form_page = require_http_methods(["GET", "HEAD", "POST"])


@require_safe
def contact_list(request: Request) -> HttpResponse:
    """Who they are, where, how to reach them, when we last did."""
    choice = Choice.read(request.GET, request.user)
    context = {
        "page": contact_page(request.user, choice, page_number(request)),
        "choice": choice,
        "today": today_for(request.user),
        "owners": User.objects.visible_to(request.user).who_may_own_accounts().by_name(),
    }
    return render(request, "contacts/list.html", context)


@require_safe
def contact_detail(request: Request, pk: int) -> HttpResponse:
    """One person: how to reach them, and every talk with them."""
    contact = get_object_or_404(
        Contact.objects.visible_to(request.user).select_related(
            "account__owner", "formerly__account", "reports_to"
        ),
        pk=pk,
    )
    talks = Interaction.objects.visible_to(request.user).standing().with_person(contact)
    concerns = Concern.objects.visible_to(request.user).open().filter(contact=contact)
    later = Contact.objects.visible_to(request.user).filter(formerly=contact).select_related("account")
    context = {
        "contact": contact,
        "page": paginate(talks.latest_first().select_related("user"), page_number(request), 20),
        "concerns": concerns.worst_first().select_related("owner"),
        "is_editable": Contact.objects.editable_by(request.user).filter(pk=pk).exists(),
        "is_paused": contact.is_paused(today_for(request.user)),
        "influences": Influence.objects.visible_to(request.user).touching(contact),
        "later": later if contact.left_on else (),
        "refused": [Channel(value).label for value in contact.refused_channels],
    }
    return render(request, "contacts/detail.html", context)


@form_page
def add(request: Request, account_pk: int) -> HttpResponse:
    """A new person at an account; anybody may add one."""
    account = get_object_or_404(Account.objects.visible_to(request.user), pk=account_pk)
    form = forms.ContactForm(posted(request), instance=Contact(account=account))
    made = attempt(form, lambda: services.add_contact(request.user, account, **form.changes()))
    if made:
        toast(request, _("%(name)s is added.") % {"name": made.name})
        if before := back_to(request):
            return go(request, _naming(before, made))
        return go(request, "accounts:detail", account_pk)
    title = _("New person at %(name)s") % {"name": account.name}
    return _reply(request, form, account, title, _("Add the person"))


def _naming(address: str, contact: Contact) -> str:
    """The address with ``contact`` in its query, and everything else that stood there."""
    path, _mark, query = address.partition("?")
    said = QueryDict(query, mutable=True)
    said["contact"] = str(contact.pk)
    return f"{path}?{said.urlencode()}"


@form_page
def edit(request: Request, pk: int) -> HttpResponse:
    """Change a person."""
    contact = editable(Contact, request.user, pk)
    title = _("Edit %(name)s") % {"name": contact.name}
    form = forms.ContactForm(posted(request), instance=contact)
    if attempt(form, lambda: services.edit_contact(request.user, contact, **form.changes())):
        toast(request, _("Saved."))
        return go(request, "contacts:detail", pk)
    back = reverse("contacts:detail", args=[pk])
    return form_reply(
        request, form, title=title, submit=_("Save"), back=back, back_text=contact.account.name,
        delete=reverse("bin:put_in", args=["contact", pk]),
    )  # fmt: skip


@form_page
def pause(request: Request, pk: int) -> HttpResponse:
    """Until when somebody is not the person to call."""
    contact = editable(Contact, request.user, pk)
    names = ("paused_until", "pause_reason")
    form = forms.PausePersonForm(posted(request), initial={name: getattr(contact, name) for name in names})
    said = attempt(
        form,
        lambda: services.pause_contact(request.user, contact, *(form.cleaned_data[name] for name in names)),
    )
    if said:
        toast(request, _("Saved."))
        return go(request, "contacts:detail", pk)
    title = _("Pause %(name)s") % {"name": contact.name}
    back = reverse("contacts:detail", args=[pk])
    return form_reply(request, form, title=title, submit=_("Save"), back=back, back_text=contact.name)


@form_page
def note(request: Request, account_pk: int) -> HttpResponse:
    """Something to know about the account, from any department."""
    account = get_object_or_404(Account.objects.visible_to(request.user), pk=account_pk)
    form = forms.NoteForm(posted(request), account=account)
    if attempt(form, lambda: services.add_note(request.user, account, **form.cleaned_data)):
        toast(request, _("The note is on the account."))
        return go(request, "accounts:detail", account_pk)
    title = _("Note on %(name)s") % {"name": account.name}
    back = reverse("accounts:detail", args=[account_pk])
    words = {"title": title, "submit": _("Add the note"), "draft": f"note-{account_pk}"}
    return form_reply(request, form, back=back, back_text=account.name, **words)


@form_page
def ask_answer(request: Request, pk: int) -> HttpResponse:
    """What the customer said to being asked."""
    ask = editable(Ask, request.user, pk)
    form = forms.AnswerForm(
        posted(request), initial={"answer": ask.answer, "referred_company": ask.referred_company}
    )
    if attempt(form, lambda: services.answer_ask(request.user, ask, **form.cleaned_data)):
        toast(request, _("Saved."))
        return go(request, "accounts:detail", ask.account_id)
    return _reply(
        request, form, ask.account, _("%(kind)s: the answer") % {"kind": ask.get_kind_display()}, _("Save")
    )


def _reply(request: Request, form: BaseForm, account: Account, title: str, submit: str) -> HttpResponse:
    back = back_to(request) or reverse("accounts:detail", args=[account.pk])
    return form_reply(request, form, title=title, submit=submit, back=back, back_text=account.name)

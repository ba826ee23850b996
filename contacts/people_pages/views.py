"""Pages: the people of an account; who influences whom."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.models import Account
from accounts.services import may_edit
from contacts import chart, services
from contacts.forms import InfluenceForm
from contacts.models import Contact, Influence
from contacts.people_pages.rows import chosen_sort, page_facts
from core.forms import attempt, editable, form_reply, posted
from core.htmx import go, toast
from core.pagination import page_number
from users.clock import today_for
from users.http import Request

form_page = require_http_methods(["GET", "HEAD", "POST"])


@require_safe
def people(request: Request, account_pk: int) -> HttpResponse:
    """Who decides here, how do they stand to us, and who have we not spoken to?"""
    visible = Account.objects.visible_to(request.user).select_related("owner")
    account = get_object_or_404(visible, pk=account_pk)
    today = today_for(request.user)
    sort = chosen_sort(request.GET.get("sort"))
    context = page_facts(request.user, account, sort, page_number(request), today)
    context |= {
        "is_editable": may_edit(request.user, account),
        "box_width": chart.BOX_WIDTH,
        "box_height": chart.BOX_HEIGHT,
    }
    return render(request, "people/account.html", context)


@form_page
def add_influence(request: Request, pk: int) -> HttpResponse:
    """Say whom this person influences."""
    contact = editable(Contact, request.user, pk)
    form = InfluenceForm(posted(request), contact=contact)
    if attempt(form, lambda: services.add_influence(request.user, contact, **form.cleaned_data)):
        toast(request, _("Saved."))
        return go(request, "contacts:detail", pk)
    title = _("Whom %(name)s influences") % {"name": contact.name}
    back = reverse("contacts:detail", args=[pk])
    return form_reply(request, form, title=title, submit=_("Save"), back=back, back_text=contact.name)


@require_POST
def end_influence(request: Request, pk: int) -> HttpResponse:
    """It is so no longer, or never was."""
    link = editable(Influence, request.user, pk)
    services.end_influence(request.user, link)
    toast(request, _("Taken off the map."))
    return go(request, "contacts:detail", link.who_id)

"""The public form, and the managers' list of what came in."""

from __future__ import annotations

from uuid import UUID

from allauth.core import ratelimit
from allauth.core.internal.ratelimit import get_ip
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from core.forms import attempt, form_reply, posted
from core.htmx import toast
from core.pagination import page_number, paginate
from surveys.contact_me.forms import ContactMeForm, DoneForm
from surveys.models import ContactRequest
from surveys.services import contact_requests
from users.http import Request
from users.models import Company

PAGE = 50


@login_not_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def form(request: HttpRequest) -> HttpResponse:
    """Anybody may write; the link carries nothing that says who comes, or from which survey."""
    filled = ContactMeForm(posted(request))
    if request.method == "POST" and filled.is_valid():
        if not ratelimit.consume(request, action="contact_me", key=_where_from(request)):
            filled.add_error(None, _("Too many requests from here just now: please try again in an hour."))
        else:
            if not filled.is_from_a_machine:
                values = {name: filled.cleaned_data[name] for name in filled.Meta.fields}
                contact_requests.receive(values)
            return redirect("contact_me:thanks")
    context = {"form": filled, "company": Company.get()}
    return render(request, "surveys/contact_me/form.html", context, status=422 if filled.errors else 200)


def _where_from(request: HttpRequest) -> str:
    """The same for one address within an hour; the counter, which has a time, must not tell the address."""
    hour = timezone.now().strftime("%Y-%m-%d %H")
    return salted_hmac("contact_me", f"{hour} {get_ip(request)}", algorithm="sha256").hexdigest()


@login_not_required
@require_safe
def thanks(request: HttpRequest) -> HttpResponse:
    """The same for everybody."""
    return render(request, "surveys/contact_me/thanks.html", {"company": Company.get()})


@require_safe
def listing(request: Request) -> HttpResponse:
    """What waits, then what was taken care of."""
    found = ContactRequest.objects.visible_to(request.user)
    if not request.user.is_manager:
        raise Http404
    context = {"page": paginate(found.for_list(), page_number(request), PAGE)}
    return render(request, "surveys/contact_me/list.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def done(request: Request, pk: UUID) -> HttpResponse:
    """Say what came of a request."""
    found = get_object_or_404(ContactRequest.objects.visible_to(request.user), pk=pk)
    filled = DoneForm(posted(request))

    def close() -> ContactRequest:
        return contact_requests.take_care(request.user, found, filled.cleaned_data["note"])

    if request.method == "POST" and attempt(filled, close) is not None:
        toast(request, _("Taken care of: %(who)s.") % {"who": found})
        return redirect("contact_me:list")
    return form_reply(
        request, filled, title=_("%(who)s was contacted") % {"who": found}, submit=_("Save"),
        back=reverse("contact_me:list"), back_text=_("Requests of customers"),
    )  # fmt: skip

"""My mail: the address one's mails leave from; and, for admins, who has one."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from core.forms import attempt, plain_helper, posted
from core.pagination import page_number, paginate
from correspondence.identities import services
from correspondence.models import Identity
from correspondence.words.showing import as_html
from users.access import require_admin
from users.http import Request
from users.mail import NotSentError
from users.models import User


class IdentityForm(forms.Form):
    """Name, address, signature."""

    name = forms.CharField(
        label=lazy("Name"), max_length=100, required=False, help_text=lazy("As recipients read it.")
    )
    address = forms.CharField(
        label=lazy("E-mail address"),
        max_length=254,
        help_text=lazy("Your mails leave from it; answers go to it."),
    )
    signature = forms.CharField(
        label=lazy("Signature"), required=False, max_length=2000, widget=forms.Textarea(attrs={"rows": 5}),
        help_text=lazy("Below every mail. Empty: your name and job title."),
    )  # fmt: skip

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.helper = plain_helper()


@require_http_methods(["GET", "HEAD", "POST"])
def my_mail(request: Request) -> HttpResponse:
    """Enter or change it; a new address is used from the moment its link was confirmed."""
    user = request.user
    identity = Identity.objects.editable_by(user).first()
    form = IdentityForm(posted(request), initial=_initial(user, identity))
    try:
        saved = attempt(form, lambda: services.save_identity(user, **form.cleaned_data))
    except NotSentError as error:
        return _not_mailed(request, error)
    if saved:
        words = _("Saved. A link is on its way to %(address)s: open it within 24 hours.")
        messages.success(request, words % {"address": saved.unproven} if saved.unproven else _("Saved."))
        return redirect("correspondence:my_mail")
    signature = as_html(identity.signature) if identity else ""
    proven = identity.verified_at if identity else None
    context = {
        "form": form,
        "identity": identity,
        "signature": signature,
        "verified_on": localtime(proven).date() if proven else None,
    }
    return render(request, "correspondence/identity/page.html", context, status=422 if form.errors else 200)


@require_POST
def send_link(request: Request) -> HttpResponse:
    return _verb(request, lambda: services.send_link(request.user), _("Another link is on its way."))


@require_POST
def revoke(request: Request) -> HttpResponse:
    done = _("No mail leaves from your address any more.")
    return _verb(request, lambda: services.revoke(request.user), done)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def verify(request: Request, token: str) -> HttpResponse:
    """Looking changes nothing, because mail scanners open links; the button confirms."""
    try:
        if request.method == "POST":
            identity = services.verify(request.user, token)
            messages.success(request, _("Mails leave from %(address)s now.") % {"address": identity.address})
            return redirect("correspondence:my_mail")
        identity = services.read_link(request.user, token)
    except services.LinkDeadError:
        return render(request, "correspondence/identity/verify.html", {"is_dead": True}, status=404)
    except ValidationError as refused:
        messages.error(request, " ".join(refused.messages))
        return redirect("correspondence:my_mail")
    return render(request, "correspondence/identity/verify.html", {"identity": identity})


@require_safe
def identities(request: Request) -> HttpResponse:
    """Who of us sends from an address of their own."""
    require_admin(request.user)
    rows = Identity.objects.visible_to(request.user).for_list()
    return render(
        request, "correspondence/identity/list.html", {"page": paginate(rows, page_number(request))}
    )


def _initial(user: User, identity: Identity | None) -> dict[str, str]:
    if identity is None:
        return {"name": user.display_name, "address": user.email or ""}
    return {
        "name": identity.name,
        "address": identity.unproven or identity.address,
        "signature": identity.signature,
    }


def _verb(request: Request, verb: Callable[[], Any], words: str) -> HttpResponse:
    try:
        verb()
    except ValidationError as refused:
        messages.error(request, " ".join(refused.messages))
    except NotSentError as error:
        return _not_mailed(request, error)
    else:
        messages.success(request, words)
    return redirect("correspondence:my_mail")


def _not_mailed(request: Request, error: NotSentError) -> HttpResponse:
    if error.waits:
        messages.warning(request, _("Saved. Mail does not work just now: the link leaves by itself later."))
    else:
        messages.error(
            request, _("Saved, but the link could not be mailed. Ask an admin, then send it again.")
        )
    return redirect("correspondence:my_mail")

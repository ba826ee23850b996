"""Settings of the company: admins only."""

from __future__ import annotations

from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from core.forms import attempt, form_reply, posted
from core.htmx import go, toast
from users import services
from users.access import require_admin
from users.forms import CompanyForm
from users.http import Request
from users.models import Company


@require_http_methods(["GET", "HEAD", "POST"])
def settings(request: Request) -> HttpResponse:
    """How many accounts a book holds, and when the page of an account asks why it has gone quiet."""
    require_admin(request.user)
    form = CompanyForm(posted(request), instance=Company.get())
    if attempt(form, lambda: _save(request, form)):
        toast(request, _("Saved."))
        return go(request, "users:company")
    return form_reply(
        request, form, title=_("Company"), submit=_("Save"), back=reverse("home"), back_text=_("My day")
    )


def _save(request: Request, form: CompanyForm) -> Company:
    names = CompanyForm.Meta.fields
    return services.set_company(request.user, **{name: form.cleaned_data[name] for name in names})

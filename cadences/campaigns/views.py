"""Campaigns: of one account (a panel of its page), all that run or have ended; started and ended."""

from __future__ import annotations

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods, require_POST, require_safe

from accounts.models import Account
from cadences.campaigns import services
from cadences.campaigns.forms import EndForm, StartForm
from cadences.campaigns.progress import progress
from cadences.models import Campaign
from core.forms import attempt, editable, form_reply, posted
from core.htmx import go, toast
from core.pagination import page_number, paginate
from core.templatetags.ui import said
from sales.five_ws import open_in_words
from users.clock import company_today
from users.http import Request

form_page = require_http_methods(["GET", "HEAD", "POST"])
NOT_YOURS = gettext_lazy("A campaign is started and ended by the account's owner, their deputy and manager.")
OWNERS = ("me", "team", "all")


@require_safe
def listing(request: Request) -> HttpResponse:
    """What runs, the next to end first; or what has ended, with what came of it."""
    user, ended = request.user, request.GET.get("state") == "ended"
    usual = "team" if user.is_manager else "all" if user.is_admin else "me"
    owner = request.GET.get("owner", "")
    owner = owner if owner in OWNERS else usual
    rows = Campaign.objects.visible_to(user).of_owner(owner, user)
    rows = rows.ended() if ended else rows.running()
    page = paginate(rows.with_steps().in_list_order(ended=ended), page_number(request))
    today = company_today()
    context = {
        "page": page,
        "rows": [progress(campaign, today) for campaign in page.rows],
        "ended": ended,
        "owner": owner,
        "is_filtered": owner != "all",
    }
    return render(request, "campaigns/list.html", context)


@require_GET
def panel(request: Request, account_pk: int) -> HttpResponse:
    """The account's campaign as it stands, and what came of the ones before; for its page."""
    account = get_object_or_404(Account.objects.visible_to(request.user), pk=account_pk)
    rows = Campaign.objects.visible_to(request.user).filter(account=account).with_steps()
    today = company_today()
    found = [progress(campaign, today) for campaign in rows.order_by("-started_on", "-pk")[:4]]
    running = found[0] if found and found[0].campaign.is_running else None
    context = {
        "account": account,
        "running": running,
        "earlier": [one for one in found if one is not running],
        "may_edit": Account.objects.editable_by(request.user).filter(pk=account.pk).exists(),
    }
    return render(request, "campaigns/_panel.html", context)


@form_page
def start(request: Request, account_pk: int) -> HttpResponse:
    """Begin today; the five W's are answered, or there is a reason."""
    account = editable(Account, request.user, account_pk, NOT_YOURS)
    form = StartForm(
        posted(request), missing=open_in_words(account, company_today()), longest=services.longest()
    )
    made = attempt(
        form,
        lambda: services.start_campaign(
            request.user,
            account,
            weeks=form.cleaned_data["weeks"],
            reason=form.cleaned_data.get("reason", ""),
        ),
    )
    if made:
        words = _("The campaign runs until %(day)s. Its first call is on My day.")
        toast(request, words % {"day": said(made.ends_on)})
        return go(request, "accounts:detail", account.pk)
    title = _("Servicing campaign for %(name)s") % {"name": account.name}
    lead = _("An introductory call, thanks by e-mail and letter, two calls a week, a meeting.")
    back = reverse("accounts:detail", args=[account.pk])
    return form_reply(
        request, form, title=title, lead=lead, submit=_("Start it today"), back=back, back_text=account.name
    )


@form_page
def end(request: Request, pk: int) -> HttpResponse:
    """With a result; what it still owed is cancelled."""
    campaign = _campaign(request, pk)
    form = EndForm(posted(request))
    ended = attempt(form, lambda: services.end_campaign(request.user, campaign, **form.cleaned_data))
    if ended:
        toast(
            request, _("The campaign has ended: %(result)s.") % {"result": ended.get_result_display().lower()}
        )
        return go(request, "accounts:detail", campaign.account_id)
    title = _("End the campaign for %(name)s") % {"name": campaign.account.name}
    back = reverse("accounts:detail", args=[campaign.account_id])
    return form_reply(
        request, form, title=title, submit=_("End it"), back=back, back_text=campaign.account.name
    )


@require_POST
def resume(request: Request, pk: int) -> HttpResponse:
    """Take the end back, while its weeks are not over."""
    campaign = _campaign(request, pk)
    try:
        services.resume_campaign(request.user, campaign)
    except ValidationError as refused:
        toast(request, " ".join(refused.messages), level=messages.ERROR)
    else:
        toast(request, _("The campaign runs on."))
    return go(request, "accounts:detail", campaign.account_id)


def _campaign(request: Request, pk: int) -> Campaign:
    found: Campaign = get_object_or_404(
        Campaign.objects.visible_to(request.user).select_related("account"), pk=pk
    )
    if not Campaign.objects.editable_by(request.user).filter(pk=pk).exists():
        raise PermissionDenied(NOT_YOURS)
    return found

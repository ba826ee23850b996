"""The Outbox page (admins), and the page that unsubscribes (anybody with a link)."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from core.forms import attempt, posted
from core.pagination import page_number, paginate
from correspondence import health, seal, services
from correspondence import suppression as verbs
from correspondence import unsubscribe as links
from correspondence.forms import SuppressionForm
from correspondence.models import Halt, Message, Suppression, Topic
from correspondence.shown import Choice, rows, summary, tiles
from users.access import require_admin
from users.http import Request
from users.models import Company


@require_safe
def outbox(request: Request) -> HttpResponse:
    """What waits, what went out, what nobody knows about."""
    require_admin(request.user)
    choice = Choice.of(request.GET)
    everything = Message.objects.visible_to(request.user)
    counts = everything.by_state()
    page = paginate(choice.apply(everything).for_list(), page_number(request))
    context: dict[str, Any] = {
        "choice": choice,
        "page": page,
        "rows": rows(page.rows),
        "tiles": tiles(counts),
        "is_empty": not counts,
        "days": summary(everything.by_day_and_kind(timezone.localdate())),
        "halts": Halt.objects.visible_to(request.user).standing(),
        "outages": health.standing(),
    }
    return render(request, "correspondence/outbox.html", context)


@require_POST
def resend(request: Request, pk: int) -> HttpResponse:
    message = _message(request, pk)
    return _done(request, lambda: services.resend(request.user, message), _("It is sent once more."))


@require_POST
def mark_sent(request: Request, pk: int) -> HttpResponse:
    message = _message(request, pk)
    return _done(request, lambda: services.mark_sent(request.user, message), _("It counts as sent."))


@require_POST
def resume(request: Request, topic: str) -> HttpResponse:
    require_admin(request.user)
    halt = get_object_or_404(Halt.objects.visible_to(request.user), topic=topic)
    return _done(
        request, lambda: services.resume(request.user, halt.topic), _("Mail of this topic leaves again.")
    )


@require_http_methods(["GET", "HEAD", "POST"])
def suppressed(request: Request) -> HttpResponse:
    """Addresses that get no mail; an admin adds and lifts them."""
    require_admin(request.user)
    form = SuppressionForm(posted(request))
    if attempt(form, lambda: verbs.suppress_by_hand(request.user, **form.cleaned_data)):
        messages.success(request, _("The address gets no more mail about that."))
        return redirect("correspondence:suppressed")
    wanted = request.GET.get("q", "").strip()
    found = Suppression.objects.visible_to(request.user).for_list().matching(wanted)
    context = {"form": form, "wanted": wanted, "page": paginate(found, page_number(request))}
    return render(request, "correspondence/suppressed.html", context, status=422 if form.errors else 200)


@require_POST
def lift(request: Request, pk: int) -> HttpResponse:
    require_admin(request.user)
    suppression = get_object_or_404(Suppression.objects.editable_by(request.user), pk=pk)
    verbs.lift(request.user, suppression)
    messages.success(request, _("%(address)s may be written to again.") % {"address": suppression.address})
    return redirect("correspondence:suppressed")


@csrf_exempt  # RFC 8058: the mail program posts without cookies; the token in the address is the proof
@login_not_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def unsubscribe(request: HttpRequest, token: str) -> HttpResponse:
    """Looking changes nothing (mail scanners look); a POST unsubscribes, as often as it comes."""
    try:
        _address, topic = links.read(token)
    except seal.BrokenSealError:
        broken = {"is_broken": True, "company": Company.get()}
        return render(request, "correspondence/unsubscribe.html", broken, status=404)
    if request.method == "POST":
        links.unsubscribe(token)
        if "List-Unsubscribe" in request.POST:
            return HttpResponse()
    # customers know the company, not the product
    context = {"is_done": request.method == "POST", "topic": Topic(topic).label, "company": Company.get()}
    return render(request, "correspondence/unsubscribe.html", context)


def _message(request: Request, pk: int) -> Message:
    require_admin(request.user)
    found: Message = get_object_or_404(Message.objects.editable_by(request.user), pk=pk)
    return found


def _done(request: Request, verb: Any, words: str) -> HttpResponse:
    """Back to the list as it was filtered, with what came of it."""
    try:
        verb()
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    else:
        messages.success(request, words)
    back = request.POST.get("back", "")
    address = redirect("correspondence:outbox")
    if back.startswith("?"):
        address["Location"] += back
    return address

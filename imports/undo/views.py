"""The page that takes an import back. Admins only."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from core.htmx import toast
from imports.models import ImportBatch
from imports.undo import services
from users.access import require_admin
from users.http import Request


@require_http_methods(["GET", "POST"])
def undo(request: Request, pk: int) -> HttpResponse:
    """What would be removed, restored and kept; POST has it done."""
    require_admin(request.user)
    batch = get_object_or_404(ImportBatch.objects.visible_to(request.user), pk=pk)
    if request.method == "POST":
        if not services.ask(request.user, batch):
            toast(request, _("This import cannot be taken back any more."), level=messages.WARNING)
        return redirect("imports:detail", batch.pk)
    if not services.can_be_undone(batch):
        return redirect("imports:detail", batch.pk)
    context = {"batch": batch, "foreseen": services.foresee(batch), "days": services.KEPT_FOR.days}
    return render(request, "imports/undo.html", context)

"""Requests to be contacted: anybody may leave one, a manager takes care of it."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from surveys.models import ContactRequest
from users.access import require
from users.clock import company_today, today_for
from users.models import User


def receive(values: dict[str, Any]) -> ContactRequest:
    """Keep what somebody wrote, with the day alone."""
    return ContactRequest.objects.create(**values, received_on=company_today())


@transaction.atomic
def take_care(user: User, request: ContactRequest, note: str) -> ContactRequest:
    """Close a request with what came of it. Raises ValidationError when a colleague was faster."""
    require(user.is_active and user.is_manager, _("Requests of customers are closed by managers."))
    found = ContactRequest.objects.select_for_update().get(pk=request.pk)
    if found.state == ContactRequest.State.DONE:
        raise ValidationError(_("%(name)s has taken care of it already.") % {"name": found.handled_by or "–"})
    found.state, found.note = ContactRequest.State.DONE, note
    found.handled_by, found.handled_on = user, today_for(user)
    found.save()
    return found

"""Saying of a pair that it is not the same: kept, whatever the next night finds."""

from __future__ import annotations

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from imports.models import AccountPair, ContactPair
from users.access import require, require_active
from users.models import User


@transaction.atomic
def decide(user: User, pair: AccountPair | ContactPair, *, different: bool) -> None:
    """``different`` False takes it back. Raises PermissionDenied unless the user may change both sides."""
    require_active(user)
    require(
        type(pair).objects.editable_by(user).filter(pk=pair.pk).exists(),
        _("Whether two are the same is said by those who may change both."),
    )
    states = type(pair).State
    type(pair).objects.filter(pk=pair.pk).update(
        state=states.DIFFERENT if different else states.OPEN,
        decided_by=user if different else None,
        decided_at=timezone.now() if different else None,
        updated_at=timezone.now(),
    )

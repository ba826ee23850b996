"""The verbs of saved views: keep a state of the list under a name, share it, open with it."""

from __future__ import annotations

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from cadences.models import DefaultView, SavedView
from users.access import require, require_active
from users.models import User

MOST = 100  # views of one user
LONGEST = 4_000


@transaction.atomic
def save_view(
    user: User, name: str, query: str, *, is_shared: bool = False, view: SavedView | None = None
) -> SavedView:
    """A new view, or other contents for one of one's own. Raises ValidationError by field."""
    require_active(user)
    if view is None:
        view = SavedView(owner=user)
        if SavedView.objects.filter(owner=user).count() >= MOST:
            raise ValidationError(
                {"name": _("You keep %(most)d views already. Delete one.") % {"most": MOST}}
            )
    else:
        view = _editable(user, view)
    if len(query) > LONGEST:
        raise ValidationError(_("These are too many filters to keep. Take some away."))
    was_shared = view.is_shared
    view.name, view.query, view.is_shared = " ".join(name.split()), query, is_shared
    view.full_clean(exclude=["owner"], validate_constraints=False)
    try:
        with transaction.atomic():
            view.save()
    except IntegrityError:
        words = _("There is a view of that name already. Choose another name, or change that view.")
        raise ValidationError({"name": words}) from None
    if was_shared and not is_shared:  # nobody opens with what does not exist for them
        DefaultView.objects.filter(view=view).exclude(user=view.owner).delete()
    return view


@transaction.atomic
def delete_view(user: User, view: SavedView) -> None:
    """Whoever opened with it opens with the list as it comes."""
    _editable(user, view).delete()


@transaction.atomic
def open_with(user: User, view: SavedView | None) -> None:
    """The view with which the user's list opens; None: as it comes."""
    require_active(user)
    if view is None:
        DefaultView.objects.filter(user=user).delete()
        return
    require(SavedView.objects.visible_to(user).filter(pk=view.pk).exists(), _("That view is not yours."))
    DefaultView.objects.update_or_create(user=user, defaults={"view": view})


def _editable(user: User, view: SavedView) -> SavedView:
    """The view as it is now, if this user may change it."""
    require_active(user)
    found = SavedView.objects.select_for_update().get(pk=view.pk)
    allowed = SavedView.objects.editable_by(user).filter(pk=view.pk).exists()
    require(allowed, _("A shared view is changed by its maker and by admins."))
    return found

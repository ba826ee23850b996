"""What the merged record said differently: read from the history, for as long as the merge is known.

The rows that taking a merge apart needs are gone after 30 days. What the record that went had said is not:
its deletion stands in the change history, whole.
"""

from __future__ import annotations

from accounts.models import Account
from contacts.models import Contact
from core.history import history_of
from imports.duplicates.fields import Conflict, conflicts
from imports.models import Merge


def not_taken_over(merge: Merge) -> list[Conflict]:
    """In what the record that went (``theirs``) differs from the survivor as it is today (``ours``)."""
    loser = _as_it_went(merge) if merge.undone_at is None and merge.survivor_name else None
    if loser is None:
        return []
    now = Merge.objects.survivor_of(merge.kind, merge.survivor_id) or merge.survivor_id
    survivor = type(loser)._default_manager.filter(pk=now).first()
    if survivor is None:  # deleted since, and what it said with it
        return []
    return [one for one in conflicts(survivor, loser) if not (one.group.joins and one.theirs in one.ours)]


def _as_it_went(merge: Merge) -> Account | Contact | None:
    model = Account if merge.kind == Merge.Kind.ACCOUNT else Contact
    events = history_of(model)._default_manager
    event = events.filter(pgh_obj_id=merge.loser_id, pgh_label="delete").order_by("-pgh_id").first()
    if event is None:
        return None
    kept = {field.attname for field in event._meta.concrete_fields}
    names = [field.attname for field in model._meta.concrete_fields if field.attname in kept]
    return model(**{name: getattr(event, name) for name in names if not name.startswith("pgh_")})

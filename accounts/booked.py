"""A book entry as JSON keeps it, so that taking back a change of owner puts it where it was."""

from __future__ import annotations

from datetime import date

from accounts.models import BookEntry

Kept = dict[str, str]
WORDS = ("stage", "proposed", "unanswered")


def kept(entry: BookEntry | None) -> Kept | None:
    """What the entry says, None for none."""
    if entry is None:
        return None
    return {"added_on": entry.added_on.isoformat(), **{name: getattr(entry, name) for name in WORDS}}


def entry_of(user_id: int, account_id: int, said: Kept) -> BookEntry:
    """The entry again, not yet saved."""
    words = {name: said[name] for name in WORDS if said.get(name)}
    return BookEntry(
        user_id=user_id, account_id=account_id, added_on=date.fromisoformat(said["added_on"]), **words
    )

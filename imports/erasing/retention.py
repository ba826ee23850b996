"""How long words are kept: rules by kind, off until an admin sets one; a look before, then a job each night.

What happened still counts: the row stays, its words go. So do the words in its history.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db import models, transaction
from django.db.models import Q, QuerySet

from accounts.models import AccountFile
from cadences.models import Appointment
from contacts.models import Commitment, Concern, ConcernNote, Interaction
from core import jobs
from core.history import acting
from core.models import JobRun
from correspondence.models import Piece, PieceFile
from imports.erasing.applying import delete_attachments, remove_files
from imports.erasing.blanking import blank, without_history
from imports.erasing.what import ERASED
from imports.models import Retention
from users.access import require_admin
from users.clock import company_today
from users.models import User

JOB = "retention"
Kind = Retention.Kind
AT_ONCE = 2_000
MOST = 50_000
"""Rows of one kind in one night: the first night after a rule was set is no longer than that."""


@dataclass(frozen=True)
class Old:
    """Rows of a kind whose time is over before a day, and the columns with their words."""

    kind: str
    model: type[models.Model]
    words: tuple[str, ...]
    before: Callable[[date], Q]
    act: Callable[[list[Any]], int] | None = None

    def rows(self, day: date) -> QuerySet[Any]:
        """Those that still say something."""
        found = self.model._base_manager.filter(self.before(day))
        said = Q()
        for column in self.words:
            said |= ~Q(**{f"{column}__in": ["", ERASED]})
        return found.filter(said) if self.words else found


NOTE, LEFT = Interaction.Kind.NOTE, Piece.State.LEFT
TALK_WORDS = ("summary", "refused_reason", "no_next_reason", "withdrawn_reason")
OLD: tuple[Old, ...] = (
    Old(Kind.NOTES, Interaction, TALK_WORDS, lambda day: Q(kind=NOTE, happened_on__lt=day)),
    Old(
        Kind.TALKS, Interaction, TALK_WORDS,
        lambda day: ~Q(kind=NOTE) & Q(happened_on__lt=day, piece__isnull=True),
    ),
    Old(Kind.MAILS, Piece, ("subject", "body"), lambda day: Q(state=LEFT, left_on__lt=day)),
    Old(Kind.MAILS, Interaction, ("summary",), lambda day: Q(piece__isnull=False, happened_on__lt=day)),
    Old(Kind.MAILS, PieceFile, (), lambda day: Q(piece__left_on__lt=day), delete_attachments),
    Old(Kind.CONCERNS, Concern, ("what", "resolution"), lambda day: Q(resolved_on__lt=day)),
    Old(Kind.CONCERNS, ConcernNote, ("text",), lambda day: Q(concern__resolved_on__lt=day)),
    Old(Kind.PROMISES, Commitment, ("what", "moved_reason"), lambda day: Q(closed_on__lt=day)),
    Old(Kind.MEETINGS, Appointment, ("purpose", "agenda", "needs"), lambda day: Q(ends_at__date__lt=day)),
    Old(
        Kind.FILES, AccountFile, (),
        lambda day: Q(created_at__date__lt=day) & ~Q(file=""), remove_files,
    ),
)  # fmt: skip


def preview(user: User, years: dict[str, int]) -> dict[str, int]:
    """Kind -> how many rows would lose their words tonight, were these the rules."""
    require_admin(user)
    today = company_today()
    counts: Counter[str] = Counter(dict.fromkeys(years, 0))
    for old in OLD:
        if old.kind in years:
            counts[old.kind] += old.rows(_first_kept(today, years[old.kind])).count()
    return dict(counts)


@transaction.atomic
def set_rules(user: User, years: dict[str, int]) -> None:
    """These are the rules from tonight on; a kind that is not named is kept for good."""
    require_admin(user)
    for rule in Retention.objects.exclude(kind__in=years):
        rule.delete()
    for kind, number in years.items():
        rule = Retention.objects.filter(kind=kind).first() or Retention(kind=kind)
        if rule.years != number:
            rule.years = number
            rule.full_clean()
            rule.save()


def rules() -> dict[str, int]:
    return dict(Retention.objects.values_list("kind", "years"))


def tick() -> JobRun | None:
    """Forget once a day, if there is any rule; harmless at any time."""
    if not Retention.objects.exists():
        return None
    run = jobs.claim(JOB, company_today().isoformat(), "tick", grace=timedelta(seconds=60))
    if run is None:
        return None
    try:
        with acting(None, "retention"):
            return jobs.perform(run, forget)
    except jobs.LostClaimError:
        return None


@transaction.atomic
def forget() -> dict[str, int]:
    """Blank what the rules say. Returns kind -> rows, and how many are left for the next night."""
    today, counts, left = company_today(), Counter[str](), 0
    years = rules()
    with without_history():
        for old in OLD:
            if old.kind in years:
                rows = old.rows(_first_kept(today, years[old.kind])).order_by("pk")
                ids = list(rows.values_list("pk", flat=True)[: MOST + 1])
                left += len(ids) > MOST
                counts[old.kind] += _forget(old, ids[:MOST])
    return dict(counts) | ({"kinds_left": left} if left else {})


def _forget(old: Old, ids: list[Any]) -> int:
    done = 0
    for start in range(0, len(ids), AT_ONCE):
        part = ids[start : start + AT_ONCE]
        done += old.act(part) if old.act else blank(old.model, part, old.words)
    return done


def _first_kept(today: date, years: int) -> date:
    """29 February a year earlier is the 28th."""
    day = 28 if (today.month, today.day) == (2, 29) else today.day
    return today.replace(year=today.year - years, day=day)

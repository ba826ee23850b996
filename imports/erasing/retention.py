"""How long words are kept: rules by kind, off until an admin sets one; a look before, then a job each night.

What happened still counts: the row stays, its words go. So do the words in its history.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.apps import apps
from django.db import models, transaction
from django.db.models import Exists, OuterRef, Q, QuerySet

from accounts.models import AccountFile
from cadences.models import Appointment
from contacts.models import Commitment, Concern, ConcernNote, Interaction
from core import jobs
from core.history import acting, history_of
from core.models import JobRun
from correspondence.models import Piece, PieceFile
from imports.erasing import gone
from imports.erasing.applying import delete_attachments, remove_files
from imports.erasing.blanking import blank, blank_history, without_history
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
    """Rows of a kind whose time is over before a day, and the columns with their words.

    ``was``: of this kind, by the history of a row that was deleted, where a table holds several. ``at_last``:
    before the day by that history, where it must be asked another way. ``act``: what is done instead of
    blanking the words of a row that is there.
    """

    kind: str
    model: type[models.Model]
    words: tuple[str, ...]
    before: Callable[[date], Q]
    at_last: Callable[[date], Q] | None = None
    act: Callable[[list[Any]], int] | None = None
    was: Callable[[], Q] = Q

    def rows(self, day: date) -> QuerySet[Any]:
        """Those that still say something, themselves or in their history."""
        found = self.model._base_manager.filter(self.before(day))
        if self.act:
            return found
        return found.filter(gone.says(self.words) | Q(gone.history_says(self.model, self.words, "pk")))

    def deleted(self, day: date) -> QuerySet[Any]:
        """The history of those that are not there any more and still say something in it."""
        over = (self.at_last or self.before)(day)
        return gone.deleted(self.model, self.words, self.was(), over, day)


NOTE, LEFT = Interaction.Kind.NOTE, Piece.State.LEFT
TALK_WORDS = ("summary", "refused_reason", "no_next_reason", "withdrawn_reason")


def _wrote(key: str) -> Exists:
    """A log that a mail or letter left behind, by the history of that one."""
    return Exists(
        apps.get_model("correspondence", "PieceEvent")._base_manager.filter(logged_id=OuterRef(key))
    )


def _is_over(key: str, model: type[models.Model], name: str, day: date) -> Q:
    """A part of something, which is there or was deleted as well."""
    over = {f"{name}__lt": day}
    there = Exists(model._base_manager.filter(pk=OuterRef(f"{key}_id"), **over))
    return Q(there) | Q(gone.was(model, f"{key}_id", **over))


OLD: tuple[Old, ...] = (
    Old(
        Kind.NOTES, Interaction, TALK_WORDS,
        lambda day: Q(kind=NOTE, happened_on__lt=day), was=lambda: Q(kind=NOTE),
    ),
    Old(
        Kind.TALKS, Interaction, TALK_WORDS,
        lambda day: ~Q(kind=NOTE) & Q(happened_on__lt=day, piece__isnull=True),
        lambda day: Q(happened_on__lt=day), was=lambda: ~Q(kind=NOTE) & ~Q(_wrote("pgh_obj_id")),
    ),
    Old(Kind.MAILS, Piece, ("subject", "body"), lambda day: Q(state=LEFT, left_on__lt=day)),
    Old(
        Kind.MAILS, Interaction, ("summary",),
        lambda day: Q(piece__isnull=False, happened_on__lt=day),
        lambda day: Q(happened_on__lt=day), was=lambda: ~Q(kind=NOTE) & Q(_wrote("pgh_obj_id")),
    ),
    Old(
        Kind.MAILS, PieceFile, ("name",),
        lambda day: Q(piece__left_on__lt=day),
        lambda day: _is_over("piece", Piece, "left_on", day), delete_attachments,
    ),
    Old(Kind.CONCERNS, Concern, ("what", "resolution"), lambda day: Q(resolved_on__lt=day)),
    Old(
        Kind.CONCERNS, ConcernNote, ("text",),
        lambda day: Q(concern__resolved_on__lt=day),
        lambda day: _is_over("concern", Concern, "resolved_on", day),
    ),
    Old(Kind.PROMISES, Commitment, ("what", "moved_reason"), lambda day: Q(closed_on__lt=day)),
    Old(Kind.MEETINGS, Appointment, ("purpose", "agenda", "needs"), lambda day: Q(ends_at__date__lt=day)),
    Old(
        Kind.FILES, AccountFile, ("name", "about"),
        lambda day: Q(created_at__date__lt=day) & ~Q(file=""),
        lambda day: Q(created_at__date__lt=day), remove_files,
    ),
)  # fmt: skip


def preview(user: User, years: dict[str, int]) -> dict[str, int]:
    """Kind -> how many rows would lose their words tonight, were these the rules."""
    require_admin(user)
    today = company_today()
    counts: Counter[str] = Counter(dict.fromkeys(years, 0))
    for old in OLD:
        if old.kind in years:
            day = _first_kept(today, years[old.kind])
            counts[old.kind] += old.rows(day).count() + old.deleted(day).count()
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
    """Forget once a day what the rules say, if there are any; harmless at any time."""
    with acting(None, "retention"):
        return jobs.once(JOB, company_today().isoformat(), forget)


@transaction.atomic
def forget() -> dict[str, int]:
    """Blank what the rules say. Returns kind -> rows, and how many are left for the next night."""
    today, counts, left = company_today(), Counter[str](), 0
    years = rules()
    with without_history():
        for old in OLD:
            if old.kind in years:
                day = _first_kept(today, years[old.kind])
                ids = list(old.rows(day).order_by("pk").values_list("pk", flat=True)[: MOST + 1])
                only_history = list(old.deleted(day).values_list("pgh_obj_id", flat=True)[: MOST + 1])
                left += len(ids) > MOST or len(only_history) > MOST
                counts[old.kind] += _forget(old, ids[:MOST]) + _forget_deleted(old, only_history[:MOST])
    return dict(counts) | ({"kinds_left": left} if left else {})


def _forget(old: Old, ids: list[Any]) -> int:
    done = 0
    for start in range(0, len(ids), AT_ONCE):
        part = ids[start : start + AT_ONCE]
        done += old.act(part) if old.act else blank(old.model, part, old.words)
    return done


def _forget_deleted(old: Old, ids: list[Any]) -> int:
    event = history_of(old.model)
    if event is None or not ids:
        return 0
    blank_history(event, "pgh_obj", ids, old.words)
    return len(ids)


def _first_kept(today: date, years: int) -> date:
    """29 February a year earlier is the 28th."""
    day = 28 if (today.month, today.day) == (2, 29) else today.day
    return today.replace(year=today.year - years, day=day)

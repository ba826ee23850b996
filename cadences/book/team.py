"""Books side by side: who works how many accounts, and which of them need somebody."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import Count, Q

from accounts.models import BookEntry, BookFinish
from cadences.book.board import Card, Column, cards_of, columns
from users.models import Company, User

LATELY = timedelta(days=30)


@dataclass(frozen=True)
class Book:
    """One person's book: its columns, how full it is, what they finished in the last 30 days."""

    owner: User
    columns: list[Column]
    held: int
    size: int
    owned: int
    finished: int

    @property
    def free(self) -> int:
        return max(0, self.size - self.held)


def people_of(user: User) -> list[User]:
    """Whose books a manager compares: their teams' and their own; an admin's: everybody's with accounts."""
    rows = User.objects.visible_to(user).who_may_own_accounts()
    if not user.is_admin:
        rows = rows.filter(Q(team__manager=user) | Q(pk=user.pk))
    return list(
        rows.annotate(owned=Count("owned_accounts", distinct=True))
        .filter(Q(owned__gt=0) | ~Q(pk=user.pk))
        .by_name()
    )


def books_for(user: User, today: date) -> list[Book]:
    """One book per person, in the order of the alphabet: six queries however many people."""
    people = people_of(user)
    by_user: dict[int, list[Card]] = defaultdict(list)
    entries = BookEntry.objects.visible_to(user).filter(user__in=people)
    for card in cards_of(entries, today):
        by_user[card.entry.user_id].append(card)
    size = Company.get().book_size
    finished = dict(
        BookFinish.objects.filter(user__in=people, finished_on__gt=today - LATELY)
        .values_list("user")
        .annotate(n=Count("pk"))
    )
    return [
        Book(
            one,
            columns(by_user[one.pk]),
            len(by_user[one.pk]),
            size,
            getattr(one, "owned", 0),
            finished.get(one.pk, 0),
        )
        for one in people
    ]

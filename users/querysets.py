"""How views get users."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any, Self

from django.db import models
from django.db.models import Q, Value
from django.db.models.functions import Coalesce, Concat

from core.text import Fold

if TYPE_CHECKING:
    from users.models import User


SEARCHED = ("display_name", "email", "job_title", "department")
OWNING_ROLES = ("salesperson", "manager")


class UserQuerySet(models.QuerySet[Any]):
    """Colleagues are visible to every user; only admins change them."""

    def visible_to(self, user: User) -> Self:
        return self if user.is_active else self.none()

    def editable_by(self, user: User) -> Self:
        return self if user.is_admin else self.none()

    def active(self) -> Self:
        return self.filter(is_active=True)

    def with_role(self, role: str) -> Self:
        return self.filter(roles__contains=[role])

    def who_may_own_accounts(self) -> Self:
        """Active salespeople and managers: the set-based form of ``User.may_own_accounts``."""
        return self.active().filter(roles__overlap=OWNING_ROLES)

    def of_teams_of(self, user: User) -> Self:
        """Those whom this user works with or leads, and themself."""
        mine = Q(pk=user.pk) | Q(team__manager=user)
        return self.filter(mine | Q(team=user.team_id) if user.team_id else mine)

    def by_name(self) -> Self:
        """In the order of the alphabet, without case and accents."""
        return self.order_by(Fold("display_name"), "pk")

    def matching(self, words: str) -> Self:
        """Those whose name, e-mail, job or department contains the words, without case and accents."""
        parts = [Coalesce(column, Value("")) for column in SEARCHED]
        searched = self.annotate(searched=Fold(Concat(*_spaced(parts), output_field=models.TextField())))
        for word in words.replace("\x00", " ").split():  # PostgreSQL takes no NUL
            searched = searched.filter(searched__contains=Fold(Value(word)))
        return searched

    def who_can_sign_in(self) -> Self:
        """Active, with an address and a password of their own."""
        no_password = Q(password="") | Q(password__startswith="!")  # noqa: S106 - Django's mark for "none"
        return self.active().filter(email__isnull=False).exclude(no_password)

    def in_state(self, state: str) -> Self:
        """``active``, ``uninvited``, ``invited`` (no password yet) or ``deactivated``; else everybody."""
        no_password = Q(password="") | Q(password__startswith="!")  # noqa: S106 - Django's mark for "none"
        rules = {
            "active": Q(is_active=True) & ~no_password,
            "invited": Q(is_active=True, invited_at__isnull=False) & no_password,
            "uninvited": Q(is_active=True, invited_at__isnull=True) & no_password,
            "deactivated": Q(is_active=False),
        }
        return self.filter(rules[state]) if state in rules else self

    def with_absences_planned_by(self, user: User) -> Self:
        """The set-based form of ``users.services.may_plan_absences_of``."""
        if user.is_admin:
            return self
        mine = Q(pk=user.pk)
        if user.is_manager:
            mine |= Q(team__manager=user)
        return self.filter(mine)

    def for_list(self) -> Self:
        """What the list of users shows, in two queries however many there are."""
        return self.select_related("team", "deputy").by_name()


def _spaced(parts: list[Any]) -> list[Any]:
    """The parts with a blank after each, so that no word is found across two columns."""
    return [item for part in parts for item in (part, Value(" "))]


class TeamQuerySet(models.QuerySet[Any]):
    """Teams are visible to every user; only admins change them."""

    def visible_to(self, user: User) -> Self:
        return self if user.is_active else self.none()

    def editable_by(self, user: User) -> Self:
        return self if user.is_admin else self.none()

    def for_list(self) -> Self:
        """With manager and ``member_count`` (active members), in one query."""
        active = models.Count("members", filter=Q(members__is_active=True))
        return self.select_related("manager").annotate(member_count=active).by_name()

    def by_name(self) -> Self:
        """In the order of the alphabet, without case and accents."""
        return self.order_by(Fold("name"), "pk")


class AbsenceQuerySet(models.QuerySet[Any]):
    """Who is away is visible to every user: somebody else takes the call."""

    def visible_to(self, user: User) -> Self:
        return self if user.is_active else self.none()

    def of(self, users: Any) -> Self:
        """Of these users (ids or a queryset), with names, the next one first."""
        chosen = self.filter(user__in=users).select_related("user", "deputy")
        return chosen.order_by("starts_on", Fold("user__display_name"))

    def with_stand_ins(self) -> Self:
        """With whoever may stand in: the deputy named, the standing one, the team's manager."""
        return self.select_related("deputy", "user__deputy", "user__team__manager")

    def not_over(self, today: date) -> Self:
        return self.filter(ends_on__gte=today)

    def editable_by(self, user: User) -> Self:
        """One's own, a manager's team's, an admin's everybody's."""
        from users.models import User as Users  # noqa: PLC0415 - models import this module

        if not user.is_active:
            return self.none()
        return self.filter(user__in=Users.objects.with_absences_planned_by(user))

    def over(self, today: date) -> Self:
        return self.filter(ends_on__lt=today)

    def of_person(self, words: str) -> Self:
        """Of users whose name contains the words, without case and accents."""
        found = self
        for word in words.split():
            found = found.annotate(name_folded=Fold("user__display_name"))
            found = found.filter(name_folded__contains=Fold(Value(word)))
        return found


class CalendarQuerySet(models.QuerySet[Any]):
    """Calendars are visible to every user; only admins change them."""

    def visible_to(self, user: User) -> Self:
        return self if user.is_active else self.none()

    def editable_by(self, user: User) -> Self:
        return self if user.is_admin else self.none()

    def for_list(self, today: date) -> Self:
        """With ``user_count`` (active users who chose it) and ``closures_ahead`` (days), in one query."""
        users = models.Count("users", filter=Q(users__is_active=True), distinct=True)
        ahead = models.Count("closures", filter=Q(closures__day__gte=today), distinct=True)
        return self.annotate(user_count=users, closures_ahead=ahead).order_by(Fold("name"), "pk")

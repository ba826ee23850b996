"""Who works here. An account is a company, so a login is a *user*."""

from __future__ import annotations

from datetime import time
from functools import lru_cache
from typing import Any, ClassVar
from zoneinfo import available_timezones

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.postgres.fields import ArrayField
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _

from core.history import tracked
from core.models import TimeStamped
from core.text import Fold
from users.querysets import OWNING_ROLES, TeamQuerySet, UserQuerySet


def known_time_zone(name: str) -> None:
    """Raises ValidationError unless the name is one of the IANA time zones."""
    if name not in available_time_zones():
        raise ValidationError(
            _("%(name)s is no time zone. Enter one like Europe/Oslo."), params={"name": name}
        )


@lru_cache(maxsize=1)
def available_time_zones() -> frozenset[str]:
    """Reads the whole zone database once."""
    return frozenset(available_timezones())


class UserManager(BaseUserManager.from_queryset(UserQuerySet)):  # type: ignore[misc]
    """Creates users; e-mail may be missing, for people imported before they were invited."""

    def create_user(self, email: str | None = None, password: str | None = None, **fields: Any) -> User:
        user: User = self.model(email=(email or "").strip().lower() or None, **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user


@tracked()
class Team(TimeStamped):
    """Salespeople under one manager."""

    name = models.CharField(max_length=80, unique=True)
    manager = models.ForeignKey(
        "users.User", null=True, blank=True, on_delete=models.SET_NULL, related_name="managed_teams"
    )

    objects = TeamQuerySet.as_manager()

    def __str__(self) -> str:
        return self.name


@tracked(exclude=("password", "last_login"))
class User(AbstractBaseUser, TimeStamped):
    """Somebody who logs in. Roles are a set: one person may be manager and admin."""

    class Role(models.TextChoices):
        SALESPERSON = "salesperson", _("Salesperson")
        MANAGER = "manager", _("Manager")
        ADMIN = "admin", _("Admin")
        READER = "reader", _("Reader")

    email = models.EmailField(
        null=True,
        blank=True,
        unique=True,
        help_text="Lower case; empty until the user is invited.",
        error_messages={"unique": _("Somebody else has this e-mail address.")},
    )
    display_name = models.CharField(max_length=120)
    external_id = models.CharField(
        max_length=60, null=True, blank=True, unique=True, help_text="Id in the company's other systems."
    )
    job_title = models.CharField(max_length=120, blank=True)
    roles = ArrayField(models.CharField(max_length=12, choices=Role), default=list, blank=True)
    department = models.CharField(max_length=80, blank=True)
    team = models.ForeignKey(Team, null=True, blank=True, on_delete=models.SET_NULL, related_name="members")
    deputy = models.ForeignKey(
        "self",
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="deputises_for",
        help_text="Stands in during absences that name nobody else.",
    )
    time_zone = models.CharField(max_length=64, default="UTC", validators=[known_time_zone])
    language = models.CharField(max_length=10, default="en")
    calendar = models.ForeignKey(
        "users.Calendar",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="users",
        help_text="Working week and holidays; the company's when empty.",
    )
    capacity_minutes = models.PositiveSmallIntegerField(
        null=True, blank=True, help_text="Contact minutes per working day; the company's when empty."
    )
    digest_at = models.TimeField(
        null=True,
        blank=True,
        default=time(7),
        help_text="Their clock at which the day's mail leaves on working days; empty: no such mail.",
    )
    team_digest = models.BooleanField(
        default=True, help_text="A manager's mail about the team, on the first working day of a week."
    )
    is_active = models.BooleanField(default=True)
    deactivated_at = models.DateTimeField(null=True, blank=True)
    invited_at = models.DateTimeField(null=True, blank=True)

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = ["display_name"]

    objects: ClassVar[UserManager] = UserManager()

    class Meta:
        constraints = [
            models.CheckConstraint(name="user_email_lower_case", condition=models.Q(email=Lower("email"))),
            models.CheckConstraint(
                name="user_roles_known",
                condition=models.Q(roles__contained_by=["salesperson", "manager", "admin", "reader"]),
            ),
            models.CheckConstraint(
                name="user_deputy_is_another",
                condition=models.Q(deputy__isnull=True) | ~models.Q(deputy=models.F("id")),
                violation_error_message="Nobody is their own deputy.",
            ),
            models.CheckConstraint(
                name="user_capacity_fits_a_day", condition=models.Q(capacity_minutes__lte=1440)
            ),
        ]
        indexes = [
            # lists by the name of an owner: their accounts are read in the order of this index
            models.Index(Fold("display_name"), "id", name="user_by_name"),
        ]

    def __str__(self) -> str:
        return self.display_name

    def get_full_name(self) -> str:
        return self.display_name

    def get_short_name(self) -> str:
        return self.display_name.split(" ")[0]

    def has_role(self, *roles: str) -> bool:
        """Whether the user holds at least one of the roles and may work at all."""
        return self.is_active and bool(set(self.roles) & {str(role) for role in roles})

    @property
    def rights(self) -> tuple[Any, ...]:
        """All that rules of access go by, but who it is."""
        return (self.is_active, *sorted(self.roles))

    @property
    def role_names(self) -> str:
        """The roles as people read them."""
        return ", ".join(str(self.Role(role).label) for role in self.roles)

    @property
    def may_own_accounts(self) -> bool:
        return self.has_role(*OWNING_ROLES)

    @property
    def may_mail(self) -> bool:
        """Who may write to many at once: salespeople, managers, admins."""
        return self.may_own_accounts or self.is_manager or self.is_admin

    @property
    def is_admin(self) -> bool:
        return self.has_role(self.Role.ADMIN)

    @property
    def is_manager(self) -> bool:
        return self.has_role(self.Role.MANAGER)

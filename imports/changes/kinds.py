"""Which records the change history covers, and who may read of which."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from functools import cache
from typing import Any

from django.apps import apps
from django.db.models import Q

from users.models import User


class Readers(Enum):
    """``LEAD``: managers and admins. ``ADMINS``. ``SURVEYORS``: managers alone, as with all of surveys.

    ``OWN``: managers and admins, of those records that they may see on their pages.
    """

    LEAD = "lead"
    ADMINS = "admins"
    SURVEYORS = "surveyors"
    OWN = "own"


READERS: dict[str, Readers] = {
    "accounts.account": Readers.LEAD,
    "accounts.accountfile": Readers.LEAD,
    "accounts.fivewanswer": Readers.LEAD,
    "accounts.tier": Readers.LEAD,
    "accounts.tiercondition": Readers.LEAD,
    "accounts.tierlift": Readers.LEAD,
    "cadences.appointment": Readers.LEAD,
    "cadences.bulkchange": Readers.OWN,
    "cadences.campaign": Readers.LEAD,
    "cadences.gift": Readers.LEAD,
    "cadences.giftbudget": Readers.LEAD,
    "cadences.override": Readers.LEAD,
    "cadences.plan": Readers.LEAD,
    "cadences.planitem": Readers.LEAD,
    "cadences.purpose": Readers.LEAD,
    "cadences.savedview": Readers.OWN,
    "cadences.schedule": Readers.ADMINS,
    "cadences.slot": Readers.LEAD,
    "contacts.ask": Readers.LEAD,
    "contacts.commitment": Readers.LEAD,
    "contacts.concern": Readers.LEAD,
    "contacts.concernnote": Readers.LEAD,
    "contacts.contact": Readers.LEAD,
    "contacts.expectation": Readers.LEAD,
    "contacts.influence": Readers.LEAD,
    "contacts.interaction": Readers.LEAD,
    "correspondence.identity": Readers.ADMINS,
    "correspondence.letterhead": Readers.ADMINS,
    "correspondence.mailing": Readers.OWN,
    "correspondence.piece": Readers.OWN,
    "correspondence.piecefile": Readers.OWN,
    "correspondence.printbatch": Readers.OWN,
    "correspondence.template": Readers.LEAD,
    "imports.retention": Readers.ADMINS,
    "sales.purchase": Readers.LEAD,
    "surveys.contactrequest": Readers.SURVEYORS,
    "surveys.exclusion": Readers.SURVEYORS,
    "surveys.mailtext": Readers.SURVEYORS,
    "surveys.programme": Readers.SURVEYORS,
    "surveys.questions": Readers.SURVEYORS,
    "users.absence": Readers.LEAD,
    "users.calendar": Readers.LEAD,
    "users.closure": Readers.LEAD,
    "users.company": Readers.ADMINS,
    "users.team": Readers.ADMINS,
    "users.user": Readers.ADMINS,
}
"""A test holds it against the models: a new tracked record needs its line here."""


@dataclass(frozen=True)
class Kind:
    """One sort of record. ``number``: its place among all, which breaks ties of moments."""

    number: int
    label: str
    model: Any
    events: Any

    @property
    def name(self) -> str:
        words = str(self.model._meta.verbose_name)
        return words[:1].upper() + words[1:]

    @property
    def hangs_on_account(self) -> bool:
        """Whether its rows name the account they belong to, or are one."""
        return self.label == "accounts.account" or "account" in _fields(self.model)

    def of_account(self, account_id: int) -> Q:
        if self.label == "accounts.account":
            return Q(pgh_obj_id=account_id)
        return Q(account_id=account_id)


def _fields(model: Any) -> set[str]:
    return {field.name for field in model._meta.concrete_fields}


@cache
def kinds() -> dict[str, Kind]:
    """Every kind by its label, in one order for good."""
    found = {
        model.pgh_tracked_model._meta.label_lower: model
        for model in apps.get_models()
        if hasattr(model, "pgh_tracked_model")
    }
    return {
        label: Kind(number, label, found[label].pgh_tracked_model, found[label])
        for number, label in enumerate(sorted(found))
    }


def read_by(user: User) -> list[Kind]:
    """The kinds whose changes this user may read."""
    return [kind for kind in kinds().values() if _may(user, READERS[kind.label])]


def _may(user: User, readers: Readers) -> bool:
    if readers is Readers.ADMINS:
        return user.is_admin
    if readers is Readers.SURVEYORS:
        return user.is_manager
    return user.is_admin or user.is_manager


def narrowed(kind: Kind, user: User) -> Q:
    """What of a kind this user may read: of private ones only what its own pages show them."""
    if READERS[kind.label] is not Readers.OWN:
        return Q()
    return Q(pgh_obj_id__in=kind.model._default_manager.visible_to(user).values("pk"))


def whose(user: User) -> set[int] | None:
    """Whose changes this user may read: admins everybody's (None), managers their own and their teams'."""
    if user.is_admin:
        return None
    return set(User.objects.filter(Q(pk=user.pk) | Q(team__manager=user)).values_list("pk", flat=True))

"""Of two records with different facts: what is filled in, what somebody has to choose.

A fact that only one of them has is kept. Where both say something, the survivor's stands unless somebody
chooses the other one's; of texts both can be kept.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.db import models
from django.utils import formats
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from accounts.models import Account
from contacts.models import Contact

OURS, THEIRS, BOTH = "ours", "theirs", "both"
EMPTY: tuple[Any, ...] = (None, "", [], 0)


@dataclass(frozen=True)
class Group:
    """Columns that say one thing together. ``by``: of them those that tell two facts apart; all by default.

    ``fills``: a survivor that says nothing takes what the other one says. ``joins``: texts can be kept both.
    """

    key: str
    label: str | Promise
    columns: tuple[str, ...]
    by: tuple[str, ...] = ()
    fills: bool = True
    joins: bool = False

    @property
    def compared(self) -> tuple[str, ...]:
        return self.by or self.columns


def _one(name: str, label: Promise, **more: Any) -> Group:
    return Group(name, label, (name,), **more)


ACCOUNT: tuple[Group, ...] = (
    _one("name", lazy("Name")),
    _one("external_id", lazy("Number")),
    Group("owner", lazy("Owner"), ("owner_id", "owner_since", "owner_before_id"), by=("owner_id",)),
    Group(
        "address", lazy("Address"), ("street", "postal_code", "city", "region", "country", "time_zone"),
        by=("street", "postal_code", "city", "region", "country"),
    ),
    Group("phone", lazy("Phone"), ("phone", "phone_e164"), by=("phone",)),
    _one("email", lazy("E-mail")),
    _one("website", lazy("Website")),
    _one("fax", lazy("Fax")),
    _one("industry", lazy("Industry")),
    _one("employees", lazy("Employees")),
    Group("revenue", lazy("Yearly revenue"), ("yearly_revenue", "currency"), by=("yearly_revenue",)),
    Group("network", lazy("Network"), ("network_value", "network_reason"), by=("network_value",)),
    _one("language", lazy("Language")),
    Group(
        "tier", lazy("Tier chosen by a person"),
        ("tier_pinned", "tier_id", "tier_before_id", "tier_since", "tier_reason", "tier_pinned_until"),
        by=("tier_pinned", "tier_id"),
    ),
    Group("pause", lazy("Pause"), ("paused_from", "paused_until", "pause_reason")),
    _one("about", lazy("About"), joins=True),
)  # fmt: skip
CONTACT: tuple[Group, ...] = (
    Group("name", lazy("Name"), ("first_name", "last_name")),
    _one("external_id", lazy("Number")),
    _one("job_title", lazy("Job title")),
    _one("department", lazy("Department")),
    _one("email", lazy("E-mail")),
    Group("phone", lazy("Phone"), ("phone", "phone_e164"), by=("phone",)),
    Group("mobile", lazy("Mobile"), ("mobile", "mobile_e164"), by=("mobile",)),
    _one("language", lazy("Language")),
    _one("preferred_channel", lazy("Prefers")),
    _one("decision_roles", lazy("Part in decisions")),
    _one("influence", lazy("Influence")),
    _one("attitude", lazy("Attitude")),
    _one("placed", lazy("How well we are placed")),
    Group("reports_to", lazy("Reports to"), ("reports_to_id",)),
    Group("formerly", lazy("Before"), ("formerly_id",)),
    _one("started_on", lazy("There since")),
    Group("left", lazy("Left on"), ("left_on", "left_noted_at"), by=("left_on",), fills=False),
    Group("pause", lazy("Pause"), ("paused_until", "pause_reason"), by=("paused_until",)),
    _one("about", lazy("About"), joins=True),
)


@dataclass(frozen=True)
class Conflict:
    """Both say something, and not the same."""

    group: Group
    ours: str
    theirs: str

    @property
    def name(self) -> str:
        return f"field_{self.group.key}"

    @property
    def choices(self) -> list[tuple[str, str]]:
        given = [(OURS, self.ours or _("nothing")), (THEIRS, self.theirs or _("nothing"))]
        return [*given, (BOTH, _("Keep both texts"))] if self.group.joins else given


def groups_of(record: Account | Contact) -> tuple[Group, ...]:
    return ACCOUNT if isinstance(record, Account) else CONTACT


def conflicts(survivor: Account | Contact, loser: Account | Contact) -> list[Conflict]:
    """What somebody has to choose."""
    found = (group for group in groups_of(survivor) if _stance(group, survivor, loser) == BOTH)
    return [Conflict(group, shown(group, survivor), shown(group, loser)) for group in found]


def decided(
    survivor: Account | Contact, loser: Account | Contact, choices: Mapping[str, str]
) -> dict[str, Any]:
    """The survivor's columns that take another value. ``choices``: group -> ours, theirs or both."""
    values: dict[str, Any] = {}
    for group in groups_of(survivor):
        stance = _stance(group, survivor, loser)
        if stance == BOTH:
            stance = choices.get(group.key, OURS)
        if stance == BOTH and group.joins:
            values[group.key] = f"{getattr(survivor, group.key)}\n\n{getattr(loser, group.key)}"
        elif stance == THEIRS:
            values |= {name: getattr(loser, name) for name in group.columns}
    return values


def _stance(group: Group, survivor: Any, loser: Any) -> str:
    """OURS where the loser adds nothing, THEIRS where the survivor has nothing of its own, else BOTH."""
    pairs = [(getattr(survivor, name), getattr(loser, name)) for name in group.compared]
    if group.key == "tier" and not (survivor.tier_pinned or loser.tier_pinned):
        return OURS  # the rules decide
    if all(_same(ours, theirs) for ours, theirs in pairs):
        return OURS
    if group.fills and all(theirs in EMPTY or _same(ours, theirs) for ours, theirs in pairs):
        return OURS
    if group.fills and all(ours in EMPTY or _same(ours, theirs) for ours, theirs in pairs):
        return THEIRS
    return BOTH


def _same(ours: Any, theirs: Any) -> bool:
    if isinstance(ours, str) and isinstance(theirs, str):
        return " ".join(ours.split()) == " ".join(theirs.split())
    return bool(ours == theirs)


def shown(group: Group, record: Any) -> str:
    """The fact as people read it."""
    if group.key == "owner":
        return str(record.owner) if record.owner else _("nobody")
    if group.key == "tier":
        return str(record.tier) if record.tier_pinned else _("by the rules")
    if group.key == "left":
        return _said(record, "left_on") or _("works there")
    parts = [
        _said(record, name) for name in group.columns if not name.endswith("_e164") and name != "time_zone"
    ]
    return ", ".join(part for part in parts if part)


def _said(record: models.Model, name: str) -> str:
    field = record._meta.get_field(name.removesuffix("_id") if name != "external_id" else name)
    value = getattr(record, field.name)
    if value in (None, "", []):
        return ""
    if isinstance(field, models.DateField):
        return str(formats.date_format(value, "j M Y"))
    if isinstance(value, list):
        words = dict(getattr(field.base_field, "flatchoices", ()))  # type: ignore[union-attr]
        return ", ".join(str(words.get(one, one)) for one in value)
    if name == "country":
        return str(value.name)
    chosen = getattr(record, f"get_{field.name}_display", None)
    return str(chosen() if chosen else value)

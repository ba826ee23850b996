"""A file of worries and problems of customers: tickets and cases of another system."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext as _

from contacts.models import Concern
from imports.errors import RefusedError
from imports.targets.base import Values
from imports.targets.history import History

RESOLVED_ON = (
    "COALESCE(s.concern_resolved_on, "
    "CASE WHEN s.concern_closed THEN GREATEST(j.as_of, s.concern_opened_on) END)"
)
RESOLUTION = "COALESCE(s.concern_resolution, CASE WHEN s.concern_closed THEN j.closed_words END)"
"""A file that only says "closed" does not say again on what day: the first import does."""


class Concerns(History):
    """Resolved ones are history: the customer is not asked again whether they are content."""

    kind: ClassVar[str] = "concerns"
    key_field: ClassVar[str] = "concern.external_id"
    prefix: ClassVar[str] = "concern"
    model: ClassVar[type[models.Model]] = Concern
    extra: ClassVar[tuple[tuple[str, str], ...]] = (("concern_closed", "boolean"),)
    users: ClassVar[tuple[str, ...]] = ("concern_owner",)
    text: ClassVar[str] = "s.concern_what"
    told_by: ClassVar[str] = "w.account_id, w.concern_opened_on"
    someone: ClassVar[str] = "false"
    more_met: ClassVar[str] = "o.id AS owner_id, y.owner_id AS account_owner_id,"
    more_joins: ClassVar[str] = (
        "LEFT JOIN user_refs o ON o.ref = s.concern_owner "
        "LEFT JOIN accounts_account y ON y.id = COALESCE(a.id, c.account_id)"
    )
    more: ClassVar[str] = (
        "%(closed_words)s AS closed_words, k.owner_id, "
        "COALESCE(k.owner_id, %(default_user)s::bigint, k.account_owner_id) AS keeper_id,"
    )
    given: ClassVar[dict[str, str]] = {
        "account_id": "j.account_id",
        "contact_id": "j.contact_id",
        "what": "j.text",
        "severity": "s.concern_severity::smallint",
        "raised_by_id": "j.user_id",
        "owner_id": "j.owner_id",
        "opened_on": "s.concern_opened_on",
        "due_on": "s.concern_due_on",
        "resolved_on": f"CASE WHEN r.resolved_on IS NULL THEN {RESOLVED_ON} ELSE s.concern_resolved_on END",
        "resolution": f"CASE WHEN r.resolution = '' THEN {RESOLUTION} ELSE s.concern_resolution END",
        "confirmed_on": f"CASE WHEN r.resolved_on IS NULL THEN {RESOLVED_ON} END",
    }
    given_new: ClassVar[dict[str, str]] = {
        "owner_id": "j.keeper_id",
        "opened_on": "COALESCE(s.concern_opened_on, j.as_of)",
        "resolved_on": RESOLVED_ON,
        "resolution": RESOLUTION,
        "confirmed_on": RESOLVED_ON,
    }
    named: ClassVar[dict[str, tuple[str, ...]]] = {
        "account_id": ("concern.account",),
        "contact_id": ("concern.contact",),
        "raised_by_id": ("concern.user",),
        "owner_id": ("concern.owner",),
        "what": (
            "concern.what",
            "concern.details",
        ),
        "confirmed_on": ("concern.resolved_on",),
    }
    shown: ClassVar[dict[str, str]] = {
        "concern_what": "r.what",
        "concern_severity": "r.severity",
        "concern_opened_on": "r.opened_on",
        "concern_due_on": "r.due_on",
        "concern_resolved_on": "r.resolved_on",
        "concern_resolution": "r.resolution",
    }
    joined: ClassVar[str] = "LEFT JOIN contacts_concern r ON r.id = j.record_id"

    def finish(self, values: Values) -> None:
        what, details = values["concern_what"], values.pop("concern_details", None)
        values["concern_what"] = f"{what}\n{details}" if details and details != what else what
        state, resolved = values.pop("concern_state", None), values.get("concern_resolved_on")
        opened = values.get("concern_opened_on")
        values["concern_closed"] = state == "resolved" or (resolved is not None and state is None)
        if not values["concern_closed"]:
            values["concern_resolved_on"] = values["concern_resolution"] = None
        elif resolved and opened and resolved < opened:
            raise RefusedError(
                _("Resolved before it was opened: check the two dates."), "concern.resolved_on"
            )

    def words(self) -> dict[str, str]:
        return super().words() | {"closed_words": _("Resolved before it was brought in here.")}

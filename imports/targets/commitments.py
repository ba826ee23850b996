"""A file of promises: what was promised to customers or by them, and what came of it."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from contacts.models import Commitment
from imports.targets.base import Values
from imports.targets.history import History

State = Commitment.State


class Commitments(History):
    """A promise that has been closed here stays closed, whatever an older file says."""

    kind: ClassVar[str] = "commitments"
    key_field: ClassVar[str] = "commitment.external_id"
    prefix: ClassVar[str] = "commitment"
    model: ClassVar[type[models.Model]] = Commitment
    derived: ClassVar[tuple[str, ...]] = ("commitment_state", "commitment_closed_on")
    extra: ClassVar[tuple[tuple[str, str], ...]] = (
        ("commitment_ours", "boolean"),
        ("commitment_closed_said", "boolean"),
    )
    text: ClassVar[str] = "s.commitment_what"
    someone: ClassVar[str] = "false"
    told_by: ClassVar[str] = "w.account_id, w.commitment_due_on"
    more_met: ClassVar[str] = "y.owner_id AS account_owner_id,"
    more_joins: ClassVar[str] = "LEFT JOIN accounts_account y ON y.id = COALESCE(a.id, c.account_id)"
    more: ClassVar[str] = (
        "COALESCE(k.named_user_id, %(default_user)s::bigint, k.account_owner_id) AS keeper_id,"
    )
    given: ClassVar[dict[str, str]] = {
        "account_id": "j.account_id",
        "contact_id": "j.contact_id",
        "user_id": "j.user_id",
        "what": "left(replace(j.text, E'\\n', ' '), 300)",
        "due_on": "s.commitment_due_on",
        "channel": "s.commitment_channel",
        "by_us": "s.commitment_ours",
        # a file that only says "kept" does not say when, nor whether that was late: the first import does
        "state": "CASE WHEN s.commitment_closed_said OR s.commitment_state <> 'kept' OR r.state <> 'late' "
        "THEN NULLIF(s.commitment_state, 'open') END",
        "closed_on": "CASE WHEN s.commitment_closed_said OR r.closed_on IS NULL "
        "THEN s.commitment_closed_on END",
    }
    given_new: ClassVar[dict[str, str]] = {
        "user_id": "j.keeper_id",
        "state": "s.commitment_state",
        "closed_on": "s.commitment_closed_on",
    }
    named: ClassVar[dict[str, tuple[str, ...]]] = {
        "account_id": ("commitment.account",),
        "contact_id": ("commitment.contact",),
        "user_id": ("commitment.user",),
    }
    shown: ClassVar[dict[str, str]] = {
        "commitment_what": "r.what",
        "commitment_due_on": "r.due_on",
        "commitment_channel": "r.channel",
        "commitment_state": "r.state",
        "commitment_closed_on": "CASE WHEN s.commitment_closed_said THEN r.closed_on "
        "ELSE s.commitment_closed_on END",
    }
    joined: ClassVar[str] = "LEFT JOIN contacts_commitment r ON r.id = j.record_id"

    def finish(self, values: Values) -> None:
        by_us = values.pop("commitment_by_us", None)
        values["commitment_ours"] = None if by_us is None else by_us == "us"
        closed = values.get("commitment_closed_on")
        values["commitment_closed_said"] = closed is not None
        state = values.get("commitment_state") or (State.KEPT if closed else State.OPEN)
        if state == State.OPEN:
            closed = None
        elif closed is None:
            closed = values["commitment_due_on"]
        if state == State.KEPT and closed > values["commitment_due_on"]:
            state = State.LATE
        values["commitment_state"], values["commitment_closed_on"] = str(state), closed

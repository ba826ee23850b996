"""What goes into the archive of everything, and what does not and why.

Every model of ours is either written or named here; a test holds that. A new secret column has to be named
as well: the same test reads the names of all columns.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.apps import apps
from django.db import models
from django.db.models.expressions import RawSQL

from users.models import User

APPS = ("core", "users", "accounts", "contacts", "sales", "correspondence", "surveys", "cadences", "imports")

LEFT_OUT: dict[str, str] = {
    "core.Heartbeat": "signs of life of processes",
    "users.Session": "whoever holds one is signed in",
    "users.PublicHoliday": "from a library, the same everywhere",
    "sales.Worth": "counted anew every night from purchases",
    "cadences.Figures": "counted anew from purchases and contacts",
    "cadences.Simulation": "computed from a draft of the plan, can be computed again",
    "cadences.CalendarFeed": "a secret address",
    "cadences.DefaultView": "a person's own habit",
    "cadences.Digest": "bookkeeping of the mailer",
    "correspondence.Throttle": "bookkeeping of the mailer",
    "correspondence.Halt": "bookkeeping of the mailer",
    "correspondence.Outage": "bookkeeping of the mailer",
    "surveys.Invitation": "deleted 30 days after a survey, so that nobody finds out who answered",
    "surveys.Asked": "who was asked on which day: it would help to find out who answered",
    "surveys.HeldBack": "who would be asked: the same",
    "imports.TakeOut": "the key names its file",
    "imports.BinRow": "whole rows to be restored, also of tables and columns that are left out here",
    "imports.ChangedRow": "the same, to take back an import",
    "imports.MergeStep": "the same, to take a merge apart",
}
MANAGERS_ONLY = frozenset(
    {
        "surveys.ContactRequest", "surveys.Exclusion", "surveys.MailText", "surveys.Programme",
        "surveys.Questions", "surveys.Wave",
    }
)  # fmt: skip
"""Read by managers alone; an admin who is none takes out the rest."""

SECRET: dict[str, frozenset[str]] = {
    "users.User": frozenset({"password"}),
    "correspondence.Identity": frozenset({"token", "token_at"}),
    "correspondence.Message": frozenset({"stored", "message_id", "provider_id"}),
    "correspondence.PrintBatch": frozenset({"key", "file"}),
    "correspondence.Mailing": frozenset({"token"}),
    "accounts.AccountFile": frozenset({"token"}),
    "cadences.Appointment": frozenset({"token"}),
    "contacts.ConcernNote": frozenset({"token"}),
    "contacts.Interaction": frozenset({"token"}),
    "imports.BinUnit": frozenset({"counts"}),  # tells who was asked in a survey
    "imports.ImportBatch": frozenset({"file"}),
}
"""Columns that open something, or name a file that is not meant to be found."""

ROWS: dict[str, str] = {
    "cadences.SavedView": "cadences_savedview.is_shared",  # private views are nobody else's
    # gone with the survey, like its invitations
    "correspondence.Message": "correspondence_message.topic <> 'survey'",
}
"""Only the rows of which this SQL is true, in the archive and in what is told of one person."""

NOT_OF_THEIRS = frozenset({"cadences.SavedView"})
"""Rows are left out, so the history of these rows is left out, too."""


@dataclass(frozen=True)
class Table:
    """One table as it is written: its name in the archive, columns in their order, which rows."""

    name: str
    model: type[models.Model]
    fields: tuple[models.Field[object, object], ...]
    where: str = ""

    @property
    def table(self) -> str:
        return str(self.model._meta.db_table)


def tables(user: User) -> list[Table]:
    """What this admin takes out: records first, then the history of their changes."""
    found = list(_records(user))
    written = {table.model._meta.label for table in found} - NOT_OF_THEIRS
    return [*found, *_histories(written)]


def rows(model: type[models.Model]) -> models.QuerySet[Any]:
    """What leaves of a table, for whom or what ever."""
    found: models.QuerySet[Any] = model._base_manager.all()
    where = ROWS.get(model._meta.label)
    return found.filter(RawSQL(where, (), models.BooleanField())) if where else found  # noqa: S611 - our words


def models_of_ours() -> list[type[models.Model]]:
    """Records and the tables between them; not the history."""
    everything = [
        model for app in APPS for model in apps.get_app_config(app).get_models(include_auto_created=True)
    ]
    return [model for model in everything if model._meta.managed and not _is_history(model)]


def _records(user: User) -> Iterator[Table]:
    for model in models_of_ours():
        label = model._meta.label
        if label in LEFT_OUT or (label in MANAGERS_ONLY and not user.is_manager):
            continue
        name = label.lower().replace(".", "_")
        yield Table(name, model, _fields(model, label), ROWS.get(label, ""))


def _histories(written: set[str]) -> Iterator[Table]:
    """Rows as they were before each change, and who was behind it."""
    for model in sorted(_history_models(), key=lambda model: model._meta.label):
        of = getattr(model, "pgh_tracked_model")._meta.label  # noqa: B009 - pghistory sets it
        if of in written:
            yield Table(f"history_{of.lower().replace('.', '_')}", model, _fields(model, of))
    context = apps.get_model("pghistory", "Context")
    yield Table("history_context", context, _fields(context, "pghistory.Context"))


def _history_models() -> list[type[models.Model]]:
    return [model for app in APPS for model in apps.get_app_config(app).get_models() if _is_history(model)]


def _is_history(model: type[models.Model]) -> bool:
    return hasattr(model, "pgh_tracked_model")


def _fields(model: type[models.Model], label: str) -> tuple[models.Field[object, object], ...]:
    """Stored columns; what the database computes from others can be computed again."""
    secret = SECRET.get(label, frozenset())
    return tuple(
        field for field in model._meta.concrete_fields if not field.generated and field.name not in secret
    )

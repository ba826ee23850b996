"""What becomes of every row that names an account or a person when two of them are merged.

Each foreign key has its rule here, by ``app.Model.field``; a test fails for a new key without one. What
cannot stand twice (a unique constraint) is decided by the decision table: the survivor's row wins. Such a
row goes into the survivor's the same way: what hangs on it moves, it is kept aside.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum

import pghistory.models
from django.apps import apps
from django.db import models
from django.db.models import Q
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

Model = type[models.Model]
Field = models.ForeignKey  # a one-to-one key is one, too


class Act(Enum):
    """MOVE to the survivor. DROP: worked out anew, or about the loser alone."""

    MOVE = "move"
    DROP = "drop"


ALL = Q()


@dataclass(frozen=True)
class Rule:
    """``words``: the heading in the preview; without it the rows are not shown, because not everybody who
    may merge may know of them, or because people know no such thing.

    ``told``: of them the rows that people hear of at all, ``public`` those that everybody does. ``kept``:
    whether a row that is dropped comes back when the merge is taken apart.
    """

    words: str | Promise = ""
    act: Act = Act.MOVE
    kept: bool = True
    told: Q = ALL
    public: Q = ALL

    @property
    def for_everybody(self) -> Q:
        return self.told & self.public


_HIDDEN = Rule()
_ANEW = Rule(act=Act.DROP)
# who was asked in a survey, and when, is for nobody (docs/anonymity.md)
_TOUCHPOINTS = Rule(_("Owed and delivered contacts"), told=~Q(kind="survey"))
# a draft is its writers' own
_PIECES = Rule(_("E-mails and letters"), public=Q(state="left"))

RULES: dict[str, Rule] = {
    # -- accounts ------------------------------------------------------------------------------------
    "accounts.Account_tags.account": Rule(_("Tags")),
    "accounts.AccountFile.account": Rule(_("Files")),
    "accounts.BookEntry.account": Rule(_("Books that hold it")),
    "accounts.BookFinish.account": Rule(_("Finished work in books")),
    "accounts.FiveWAnswer.account": Rule(_("Answers to the five W's")),
    "contacts.Contact.account": Rule(_("People")),
    "contacts.Interaction.account": Rule(_("Logs and notes")),
    "contacts.Concern.account": Rule(_("Concerns")),
    "contacts.Commitment.account": Rule(_("Promises")),
    "contacts.Expectation.account": Rule(_("Expectations")),
    "contacts.Ask.account": Rule(_("Asks for referrals and testimonials")),
    "contacts.Influence.account": Rule(_("Who influences whom")),
    "sales.Purchase.account": Rule(_("Purchases")),
    "sales.Worth.account": _ANEW,
    "correspondence.Piece.account": _PIECES,
    "correspondence.Recipient.account": _HIDDEN,
    "surveys.Invitation.account": _HIDDEN,  # who is asked is for managers alone
    "surveys.Exclusion.account": _HIDDEN,
    "surveys.HeldBack.account": _HIDDEN,
    "cadences.Touchpoint.account": _TOUCHPOINTS,
    "cadences.Appointment.account": Rule(_("Meetings")),
    "cadences.Campaign.account": Rule(_("Servicing campaigns")),
    "cadences.Override.account": Rule(_("Exceptions from the plan")),
    "cadences.BulkRow.account": _HIDDEN,
    "cadences.Figures.account": _ANEW,
    "imports.ImportedOwner.account": _ANEW,
    "imports.AccountPair.first": _ANEW,
    "imports.AccountPair.second": _ANEW,
    # -- people --------------------------------------------------------------------------------------
    "contacts.Interaction.contact": Rule(_("Logs and notes")),
    "contacts.Interaction_others.contact": Rule(_("Talks they were present at")),
    "contacts.Concern.contact": Rule(_("Concerns they told us of")),
    "contacts.Concern.confirmed_with": Rule(_("Solutions they confirmed")),
    "contacts.Commitment.contact": Rule(_("Promises")),
    "contacts.Expectation.contact": Rule(_("Expectations")),
    "contacts.Ask.contact": Rule(_("Asks for referrals and testimonials")),
    "contacts.Contact.formerly": Rule(_("Their next posts")),
    "contacts.Contact.reports_to": Rule(_("Who reports to them")),
    "contacts.Influence.who": Rule(_("Whom they influence")),
    "contacts.Influence.whom": Rule(_("Who influences them")),
    "sales.Purchase.buyer": Rule(_("Purchases they ordered")),
    "correspondence.Message.contact": _HIDDEN,  # surveys are among them
    "correspondence.Piece.contact": _PIECES,
    "correspondence.Recipient.contact": _HIDDEN,
    # purged 30 days after a wave: a copy of ours would outlive that
    "surveys.Invitation.contact": Rule(kept=False),
    "surveys.Asked.contact": _HIDDEN,
    "surveys.Exclusion.contact": _HIDDEN,
    "surveys.HeldBack.contact": _HIDDEN,
    "cadences.Touchpoint.contact": _TOUCHPOINTS,
    "cadences.Guest.contact": Rule(_("Meetings they are invited to")),
    "cadences.NotedDeparture.contact": _HIDDEN,
    "imports.ContactPair.first": _ANEW,
    "imports.ContactPair.second": _ANEW,
    # -- what hangs on rows that can stand only once ---------------------------------------------------
    "cadences.Gift.touchpoint": Rule(_("Gifts")),
    "cadences.Appointment.touchpoint": _HIDDEN,
}


@dataclass(frozen=True)
class Key:
    """A foreign key to what is merged."""

    model: Model
    field: models.ForeignKey[models.Model, models.Model]

    @property
    def name(self) -> str:
        return f"{self.model._meta.label}.{self.field.name}"

    @property
    def rule(self) -> Rule:
        return RULES[self.name]


def keys_to(model: Model) -> Iterator[Key]:
    """Every key to this model, in a fixed order. History names what was, and stays as it was."""
    for other in apps.get_models(include_auto_created=True):
        if issubclass(other, pghistory.models.Event):
            continue
        for field in other._meta.concrete_fields:
            if isinstance(field, models.ForeignKey) and field.related_model is model:
                yield Key(other, field)


def uniques_with(key: Key) -> list[tuple[str, ...]]:
    """Of every unconditional unique constraint that holds this key: the other columns."""
    meta = key.model._meta
    groups = [tuple(one.fields) for one in meta.total_unique_constraints]
    groups += [tuple(one) for one in meta.unique_together]
    if key.field.unique:
        groups.append((key.field.name,))
    return [
        tuple(str(meta.get_field(name).column) for name in group if name != key.field.name)  # type: ignore[union-attr]
        for group in groups
        if key.field.name in group
    ]


def conditional_with(key: Key) -> list[models.UniqueConstraint]:
    """Unique constraints with a condition that hold this key: ``settling`` sees to them before rows move."""
    return [
        one
        for one in key.model._meta.constraints
        if isinstance(one, models.UniqueConstraint) and one.condition and key.field.name in one.fields
    ]

"""What becomes of every row that points at a deleted one. A key that is not named here fails a test."""

from __future__ import annotations

from collections.abc import Iterator
from enum import Enum

from django.db.models import ForeignKey, ForeignObjectRel, Model
from pghistory.models import Event


class Rule(Enum):
    """By foreign key, ``app.model.field``."""

    ALONG = "goes along, and comes back"
    LOOSENED = "stays and names nobody; names it again when it is restored"
    FORGOTTEN = "is deleted for good"


RULES: dict[str, Rule] = {
    # -- what hangs on an account -------------------------------------------------------------------
    "accounts.account_tags.account": Rule.ALONG,
    "accounts.accountfile.account": Rule.ALONG,
    "accounts.bookentry.account": Rule.ALONG,
    "accounts.bookfinish.account": Rule.ALONG,
    "accounts.fivewanswer.account": Rule.ALONG,
    "contacts.ask.account": Rule.ALONG,
    "contacts.commitment.account": Rule.ALONG,
    "contacts.concern.account": Rule.ALONG,
    "contacts.contact.account": Rule.ALONG,
    "contacts.expectation.account": Rule.ALONG,
    "contacts.influence.account": Rule.ALONG,
    "contacts.interaction.account": Rule.ALONG,
    "sales.purchase.account": Rule.ALONG,
    "sales.worth.account": Rule.ALONG,
    "correspondence.piece.account": Rule.ALONG,
    "correspondence.recipient.account": Rule.ALONG,
    "surveys.exclusion.account": Rule.ALONG,
    "surveys.heldback.account": Rule.ALONG,
    # Who was asked in which wave is kept until 30 days after its close and not a day longer, in the bin
    # neither (docs/anonymity.md); that somebody was asked at all (``asked``) comes back.
    "surveys.invitation.account": Rule.FORGOTTEN,
    "cadences.appointment.account": Rule.ALONG,
    "cadences.bulkrow.account": Rule.ALONG,
    "cadences.campaign.account": Rule.ALONG,
    "cadences.figures.account": Rule.ALONG,
    "cadences.override.account": Rule.ALONG,
    "cadences.touchpoint.account": Rule.ALONG,
    "imports.importedowner.account": Rule.ALONG,
    "imports.accountpair.first": Rule.ALONG,
    "imports.accountpair.second": Rule.ALONG,
    # -- on a person ----------------------------------------------------------------------------------
    "contacts.ask.contact": Rule.LOOSENED,
    "contacts.commitment.contact": Rule.LOOSENED,
    "contacts.concern.confirmed_with": Rule.LOOSENED,
    "contacts.concern.contact": Rule.LOOSENED,
    "contacts.contact.formerly": Rule.LOOSENED,
    "contacts.contact.reports_to": Rule.LOOSENED,
    "contacts.expectation.contact": Rule.LOOSENED,
    "imports.contactpair.first": Rule.ALONG,
    "imports.contactpair.second": Rule.ALONG,
    "contacts.influence.who": Rule.ALONG,
    "contacts.influence.whom": Rule.ALONG,
    "contacts.interaction.contact": Rule.LOOSENED,
    "contacts.interaction_others.contact": Rule.ALONG,
    "sales.purchase.buyer": Rule.LOOSENED,
    "correspondence.message.contact": Rule.LOOSENED,
    "correspondence.piece.contact": Rule.ALONG,
    "correspondence.recipient.contact": Rule.ALONG,
    "surveys.asked.contact": Rule.ALONG,
    "surveys.exclusion.contact": Rule.ALONG,
    "surveys.heldback.contact": Rule.LOOSENED,
    "surveys.invitation.contact": Rule.FORGOTTEN,
    "cadences.guest.contact": Rule.ALONG,
    "cadences.noteddeparture.contact": Rule.ALONG,
    "cadences.touchpoint.contact": Rule.LOOSENED,
    # -- on what was said and promised ------------------------------------------------------------------
    "contacts.ask.interaction": Rule.LOOSENED,
    "contacts.commitment.interaction": Rule.LOOSENED,
    "contacts.concern.interaction": Rule.LOOSENED,
    "contacts.concernnote.concern": Rule.ALONG,
    "contacts.expectation.interaction": Rule.LOOSENED,
    "contacts.interaction_others.interaction": Rule.ALONG,
    "correspondence.piece.about": Rule.LOOSENED,
    "correspondence.piece.logged": Rule.LOOSENED,
    "cadences.appointment.interaction": Rule.LOOSENED,
    "cadences.touchpoint.interaction": Rule.LOOSENED,
    "cadences.touchpoint.made_by": Rule.LOOSENED,
    # -- on a purchase ------------------------------------------------------------------------------------
    "sales.purchaseline.purchase": Rule.ALONG,
    "surveys.asked.purchase": Rule.LOOSENED,
    # -- on letters and mails, files, meetings and what is owed ---------------------------------------------
    "correspondence.piece.twin": Rule.LOOSENED,
    "correspondence.piecefile.account_file": Rule.ALONG,
    "correspondence.piecefile.piece": Rule.ALONG,
    "correspondence.printline.piece": Rule.ALONG,
    "correspondence.recipient.piece": Rule.LOOSENED,
    "cadences.appointment.touchpoint": Rule.LOOSENED,
    "cadences.appointment_colleagues.appointment": Rule.ALONG,
    "cadences.gift.touchpoint": Rule.ALONG,
    "cadences.guest.appointment": Rule.ALONG,
}


def key_of(field: ForeignKey[Model, Model]) -> str:
    return f"{field.model._meta.label_lower}.{field.name}"


def keys_to(model: type[Model]) -> Iterator[ForeignKey[Model, Model]]:
    """Every foreign key that points at this model, those of many-to-many tables too. History is none."""
    for relation in model._meta.get_fields(include_hidden=True):
        if isinstance(relation, ForeignObjectRel) and not relation.many_to_many:
            field = relation.field
            if isinstance(field, ForeignKey) and not issubclass(field.model, Event):
                yield field

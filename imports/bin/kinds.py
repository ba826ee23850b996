"""The records that can be put into the bin on their own, and the words for what goes with them."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Model
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

from accounts.models import Account
from accounts.services import may_reassign
from contacts.models import Commitment, Concern, Contact, Expectation, Interaction
from imports.models import BinRow, BinUnit
from sales.models import Purchase
from users.models import User


@dataclass(frozen=True)
class Kind:
    """``page``: the URL name of its own page, if it has one. ``needs_why``: not without a reason."""

    slug: str
    model: type[Model]
    word: str | Promise
    icon: str
    page: str = ""
    needs_why: bool = False


KINDS = {
    kind.slug: kind
    for kind in (
        Kind("account", Account, _("Account"), "building", "accounts:detail", needs_why=True),
        Kind("contact", Contact, _("Contact"), "person", "contacts:detail"),
        Kind("interaction", Interaction, _("Log"), "chat-left-text"),
        Kind("concern", Concern, _("Concern"), "exclamation-circle", "contacts:concern"),
        Kind("promise", Commitment, _("Promise"), "hand-thumbs-up"),
        Kind("expectation", Expectation, _("Expectation"), "bullseye"),
        Kind("purchase", Purchase, _("Purchase"), "cart"),
    )
}
PAGES = {kind.page: kind for kind in KINDS.values() if kind.page}

# Of surveys nothing is counted: how many were asked is for managers.
_WORDS = {
    "contacts.contact": ngettext_lazy("%d contact", "%d contacts"),
    "contacts.interaction": ngettext_lazy("%d log", "%d logs"),
    "contacts.concern": ngettext_lazy("%d concern", "%d concerns"),
    "contacts.commitment": ngettext_lazy("%d promise", "%d promises"),
    "contacts.expectation": ngettext_lazy("%d expectation", "%d expectations"),
    "contacts.ask": ngettext_lazy("%d request for a referral", "%d requests for referrals"),
    "sales.purchase": ngettext_lazy("%d purchase", "%d purchases"),
    "correspondence.piece": ngettext_lazy("%d letter or e-mail", "%d letters and e-mails"),
    "accounts.accountfile": ngettext_lazy("%d file", "%d files"),
    "accounts.fivewanswer": ngettext_lazy("%d answer to the five W's", "%d answers to the five W's"),
    "cadences.appointment": ngettext_lazy("%d meeting", "%d meetings"),
    "cadences.touchpoint": ngettext_lazy(
        "%d contact that is or was owed", "%d contacts that are or were owed"
    ),
    "cadences.override": ngettext_lazy("%d exception from the plan", "%d exceptions from the plan"),
    "cadences.campaign": ngettext_lazy("%d servicing campaign", "%d servicing campaigns"),
}


def contents(counts: dict[str, int], kind: Kind) -> list[str]:
    """What goes along with a record, in words; the record itself is not counted."""
    own = kind.model._meta.label_lower
    left = {label: count - (label == own) for label, count in counts.items()}
    return [str(words % left[label]) for label, words in _WORDS.items() if left.get(label)]


def people_in(unit: BinUnit) -> list[tuple[int, str]]:
    """Contacts that lie in a unit, by id and name."""
    rows = unit.rows.filter(role=BinRow.Role.ROW, model=Contact._meta.label_lower)
    names = rows.order_by("data__last_name", "object_id").values_list(
        "object_id", "data__first_name", "data__last_name"
    )
    return [(pk, f"{first} {last}".strip()) for pk, first, last in names]


def may_put_in(user: User, record: Model) -> bool:
    """An account with all its history goes only by a manager or an admin; the rest by whoever may edit it."""
    if isinstance(record, Account):
        return may_reassign(user, record)
    editable: bool = type(record).objects.editable_by(user).filter(pk=record.pk).exists()  # type: ignore[attr-defined]
    return editable

"""Why something cannot be written, and what cures it: the words that a page shows."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db import models
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from correspondence.texts.services import in_words

if TYPE_CHECKING:
    from cadences.planned.rows import Due


class Why(models.TextChoices):
    """Reasons, the first that holds is said. Their values stand in the run log."""

    NO_OWNER = "no owner", gettext_lazy("Nobody looks after the account who could write.")
    NO_CONTACT = "no contact", gettext_lazy("No main contact is named: nothing is written to nobody.")
    NO_EMAIL = "no e-mail address", gettext_lazy("The contact has no e-mail address.")
    REFUSED = "channel refused", gettext_lazy("The contact does not want this channel.")
    OPTED_OUT = "opted out", gettext_lazy("The address gets no mail: it opted out, or mail came back.")
    NO_ADDRESS = "address incomplete", gettext_lazy("The address for a letter is incomplete.")
    NO_WORDS = "no words", gettext_lazy("The template has no words for this, or is retired.")
    MISSING = "value missing", gettext_lazy("Something that the template says is not known.")


@dataclass(frozen=True)
class Hindrance:
    """Why one touchpoint was not written. ``missing``: placeholders, or parts of the address."""

    why: Why
    missing: tuple[str, ...] = ()

    @property
    def words(self) -> str:
        if self.why == Why.MISSING:
            return _("Not known: %(what)s.") % {"what": ", ".join(in_words(self.missing))}
        if self.why == Why.NO_ADDRESS:
            return _("The address has no %(what)s.") % {"what": ", ".join(self.missing)}
        return str(self.why.label)


@dataclass(frozen=True)
class Cure:
    """Where to go, and what to do there."""

    label: str
    address: str


def cure_of(hindrance: Hindrance, due: Due) -> Cure:
    """The page on which it is mended."""
    account = due.touchpoint.account_id
    page = reverse("accounts:detail", args=[account])
    match hindrance.why:
        case Why.NO_OWNER:
            return Cure(_("Give the account an owner"), page)
        case Why.NO_CONTACT:
            return Cure(_("Name the main contact"), page)
        case Why.NO_ADDRESS:
            return Cure(_("Complete the address"), reverse("accounts:edit", args=[account]))
        case Why.NO_WORDS:
            return Cure(_("Look at the plan's item"), reverse("plan:ladder"))
        case Why.NO_EMAIL | Why.REFUSED | Why.OPTED_OUT if due.contact is not None:
            return Cure(_("Change the contact"), reverse("contacts:edit", args=[due.contact.pk]))
    return Cure(_("Complete the record, or write it by hand"), page)

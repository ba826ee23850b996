"""From a piece to its sheet, and what keeps it from being printed."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.models import Account
from contacts.models import Contact
from contacts.models.interaction import Channel
from correspondence.letters.letterhead import paper_of
from correspondence.letters.postal import Place, address_lines, is_odd_code, missing, rules_of
from correspondence.letters.sheets import Paper, Sheet, unprintable
from correspondence.models import Letterhead, Piece
from correspondence.placeholders import day
from correspondence.words.blocks import parse


@dataclass(frozen=True)
class Trouble:
    """Why a letter is not printed, and the page that mends it. Not ``stops``: it is printed all the same."""

    words: str
    address: str
    cure: str
    stops: bool = True


@dataclass(frozen=True)
class Desk:
    """What all letters of a batch share. ``home``: the country that they are posted in."""

    paper: Paper
    home: str
    dated: date

    @classmethod
    def of(cls, dated: date) -> Desk:
        letterhead = Letterhead.get()
        return cls(paper_of(letterhead), str(letterhead.country or ""), dated)


def sheet_of(piece: Piece, desk: Desk) -> Sheet:
    """The letter as it will be printed. Reads account, contact and sender of the piece."""
    account, contact, sender = piece.account, piece.contact, piece.sender
    return Sheet(
        address=address_of(account, contact, desk.home),
        date=day(desk.dated, piece.language),
        body=parse(piece.body),
        language=piece.language,
        subject=piece.subject,
        signer=(sender.display_name, sender.job_title) if sender else (),
        beside=(sender.display_name, sender.email or "") if sender else (),
        reference=f"L-{piece.pk}" if piece.pk else "",
        continued=f"{contact.name}, {account.name}",
    )


def address_of(account: Account, contact: Contact, home: str) -> tuple[str, ...]:
    """The lines for the window of the envelope, and for a label."""
    return address_lines(account.name, contact.name, _place(account), home)


def troubles_of(piece: Piece, today: date) -> list[Trouble]:
    """What is wrong with a letter, the worst first; nothing that ``stops`` means it can be printed."""
    found = [*_of_contact(piece, today), *_of_address(piece.account), *_of_letters(piece)]
    return sorted(found, key=lambda trouble: not trouble.stops)


def _of_contact(piece: Piece, today: date) -> Iterator[Trouble]:
    contact = piece.contact
    people = reverse("contacts:people", args=[piece.account_id])
    if contact.left_on and contact.left_on <= today:
        words = _("%(name)s has left: take the letter back and write to somebody who works there.")
        yield Trouble(words % {"name": contact.name}, people, _("See who works there"))
    if Channel.LETTER in contact.refused_channels and not piece.refused_reason:
        words = _("%(name)s does not want letters.") % {"name": contact.name}
        yield Trouble(words, reverse("contacts:edit", args=[contact.pk]), _("Look at the contact"))


def address_gaps(account: Account) -> tuple[str, ...]:
    """What its country needs of an address and this one lacks, in words."""
    names = {
        "street": _("street"), "postal_code": _("postal code"), "city": _("city"), "country": _("country")
    }  # fmt: skip
    return tuple(names[name] for name in missing(_place(account)))


def _of_address(account: Account) -> Iterator[Trouble]:
    place = _place(account)
    edit = reverse("accounts:edit", args=[account.pk])
    if lacking := address_gaps(account):
        words = _("Missing in the address: %(what)s.") % {"what": ", ".join(lacking)}
        yield Trouble(words, edit, _("Complete the address"))
    if is_odd_code(place):
        words = _("%(code)s is no postal code of %(country)s; one looks like %(example)s.")
        example = rules_of(place.country).example
        country: Any = account.country
        values = {"code": place.postal_code, "country": country.name, "example": example}
        yield Trouble(words % values, edit, _("Check the address"), stops=False)


def _of_letters(piece: Piece) -> Iterator[Trouble]:
    """Signs that would come out of the printer as empty boxes."""
    account, contact = piece.account, piece.contact
    words = _("%(where)s holds signs that cannot be printed: %(signs)s")
    place = " ".join((account.name, account.street, account.postal_code, account.city, account.region))
    looks = (
        (place, _("The address"), reverse("accounts:edit", args=[account.pk]), _("Change the address")),
        (contact.name, _("The name"), reverse("contacts:edit", args=[contact.pk]), _("Change the name")),
        (f"{piece.subject} {piece.body}", _("The letter"),
         reverse("correspondence:letter_cancel", args=[piece.pk]), _("Take it back and write it anew")),
    )  # fmt: skip
    for text, where, address, cure in looks:
        if signs := unprintable(text):
            yield Trouble(words % {"where": where, "signs": " ".join(signs[:10])}, address, cure)


def _place(account: Account) -> Place:
    return Place(
        account.street, account.postal_code, account.city, account.region, str(account.country or "")
    )

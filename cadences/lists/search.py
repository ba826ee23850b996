"""Finding anything by a few letters of it: accounts, people, notes; each hit says why it is one.

Two steps. First what contains the words, without case and accents, through trigram indexes; then, where that
gives too little, what is spelled alike. Only so many candidates are ranked, however many there are.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from django.contrib.postgres.search import SearchQuery, SearchVector, TrigramWordSimilarity
from django.db import connection, transaction
from django.db.models import Case, F, IntegerField, Value, When
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from accounts.models import Account
from accounts.querysets import PHONE_LIKE
from cadences.lists import marking
from cadences.lists.marking import Piece
from contacts.models import Contact, Interaction
from core.phones import digits
from core.text import Fold
from users.models import User

SHORTEST = 2
SHORTEST_ALIKE = 5
CANDIDATES = 200
NOTE_CANDIDATES = 3_000
LATEST_NOTES = 400
"""A word that stands in many of the latest notes needs no index: those notes are the answer."""

_WORD = re.compile(r"[^\W_]+")
ALIKE = 0.45
"""From which similarity a misspelled word counts as the word: "mullre" and "muller" have 0.57."""


@dataclass(frozen=True)
class Hit:
    """``title`` and ``text`` are cut where the words stand; ``why`` names what matched if not the title."""

    address: str
    title: list[Piece]
    aside: str
    why: str = ""
    text: tuple[Piece, ...] = ()
    day: Any = None


@dataclass(frozen=True)
class Group:
    """Hits of one sort; ``more`` leads to all of them, where a list can show them."""

    label: str | Promise
    icon: str
    hits: list[Hit]
    more: str = ""


def search(user: User, text: str, *, most: int) -> list[Group]:
    """Groups with hits, best first; at most so many hits in each."""
    text = text.replace("\x00", "").strip()[:100]
    if len(text) < SHORTEST:
        return []
    accounts, people = Account.objects.visible_to(user), Contact.objects.visible_to(user)
    found = {rows.model: _found(rows, text, most) for rows in (accounts, people)}
    is_alike = not any(found.values()) and _may_be_misspelled(text)
    if is_alike:
        found = {rows.model: _alike(rows, marking.fold(text), most) for rows in (accounts, people)}
    groups = [
        _accounts(found[Account], text, most, is_alike=is_alike),
        _people(found[Contact], text, most, is_alike=is_alike),
        _notes(user, text, most),
    ]
    return [group for group in groups if group.hits]


def _may_be_misspelled(text: str) -> bool:
    """Shorter words share too few letters with what was meant, and too many with everything else."""
    return max(len(term) for term in text.split()) >= SHORTEST_ALIKE and not PHONE_LIKE.match(text)


# -- accounts and people -----------------------------------------------------------------------------------


def _accounts(rows: list[Any], text: str, most: int, *, is_alike: bool) -> Group:
    hits = [_account_hit(row, text, is_alike=is_alike) for row in rows]
    has_more = len(rows) == most and not is_alike
    more = f"{reverse('accounts:list')}?owner=all&q={quote(text)}" if has_more else ""
    return Group(lazy("Accounts"), "buildings", hits, more)


def _people(rows: list[Any], text: str, most: int, *, is_alike: bool) -> Group:
    hits = [_person_hit(row, text, is_alike=is_alike) for row in rows]
    has_more = len(rows) == most and not is_alike
    more = f"{reverse('contacts:list')}?owner=all&q={quote(text)}" if has_more else ""
    return Group(lazy("People"), "people", hits, more)


def _found(everybody: Any, text: str, most: int) -> list[Any]:
    """The best rows that contain the words, or the digits."""
    folded = marking.fold(text)
    beginning = everybody.filter(name_folded__gte=folded, name_folded__lt=f"{folded}\uffff")
    somewhere = everybody.search(text).order_by()
    ids = (
        beginning.order_by("name_folded")
        .values_list("pk")[:most]
        .union(somewhere.values_list("pk")[:CANDIDATES], all=True)
    )
    return _ranked(everybody, {pk for (pk,) in ids}, folded, most)


def _ranked(everybody: Any, ids: set[int], folded: str, most: int) -> list[Any]:
    """The name itself, names that begin so, words that begin so, the rest."""
    rank = Case(
        When(name_folded=folded, then=Value(0)),
        When(name_folded__startswith=folded, then=Value(1)),
        When(search_folded__startswith=folded, then=Value(1)),
        When(search_folded__contains=f" {folded}", then=Value(2)),
        default=Value(3),
        output_field=IntegerField(),
    )
    rows = _with_owner(everybody.filter(pk__in=ids)).annotate(rank=rank)
    return list(rows.order_by("rank", *_current(everybody), "name_folded", "pk")[:most])


def _current(everybody: Any) -> list[Any]:
    """Who still works there stands before who has left."""
    return [F("left_on").desc(nulls_first=True)] if everybody.model is Contact else []


def _with_owner(rows: Any) -> Any:
    return rows.select_related("account" if rows.model is Contact else "owner")


def _alike(everybody: Any, folded: str, most: int) -> list[Any]:
    """Rows that have a word or words like these, the most alike first."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT set_config('pg_trgm.word_similarity_threshold', %s, true)", [str(ALIKE)])
        near = everybody.filter(search_folded__trigram_word_similar=folded).order_by()
        ids = list(near.values_list("pk", flat=True)[:CANDIDATES])
    alike = TrigramWordSimilarity(folded, "search_folded")
    rows = _with_owner(everybody.filter(pk__in=ids)).annotate(alike=alike)
    return list(rows.order_by("-alike", "name_folded", "pk")[:most])


def _account_hit(account: Account, text: str, *, is_alike: bool) -> Hit:
    fields = [
        (_("number"), account.external_id or ""), (_("place"), account.city),
        (_("postal code"), account.postal_code), (_("e-mail"), account.email),
    ]  # fmt: skip
    title, why, found = _why(account.name, fields, [account.phone, account.phone_e164], text)
    aside = " · ".join(filter(None, (account.city, account.owner.display_name if account.owner else "")))
    why = why or (_("spelled alike") if is_alike else "")
    return Hit(reverse("accounts:detail", args=[account.pk]), title, aside, why, found)


def _person_hit(contact: Contact, text: str, *, is_alike: bool) -> Hit:
    phones = [contact.phone, contact.mobile]
    title, why, found = _why(contact.name, [(_("e-mail"), contact.email)], phones, text)
    left = _("has left") if contact.left_on else ""
    aside = " · ".join(filter(None, (contact.job_title, contact.account.name, left)))
    why = why or (_("spelled alike") if is_alike else "")
    return Hit(reverse("contacts:detail", args=[contact.pk]), title, aside, why, found)


def _why(
    name: str, fields: list[tuple[str, str]], phones: list[str], text: str
) -> tuple[list[Piece], str, tuple[Piece, ...]]:
    """The name with what matched in it; else the field that did: its label and its marked text."""
    terms = text.split()
    title = marking.pieces(name, terms)
    number = digits(text).lstrip("0")
    if len(number) >= 4 and PHONE_LIKE.match(text):
        for phone in phones:
            cut = marking.digits_found(phone, number)
            if marking.is_found(cut):
                return title, _("phone"), tuple(cut)
    if all(marking.is_found(marking.pieces(name, [term])) for term in terms):
        return title, "", ()
    for label, value in fields:
        cut = marking.pieces(value, terms)
        if marking.is_found(cut):
            return title, label, tuple(cut)
    return title, "", ()


# -- notes ---------------------------------------------------------------------------------------------------


def _notes(user: User, text: str, most: int) -> Group:
    """What was written about contacts, the latest first."""
    terms = _bare(marking.fold(text))
    hits: list[Hit] = []
    if terms:
        ids = _note_ids(user, terms, most)
        rows = Interaction.objects.filter(pk__in=ids).select_related("account", "user")
        hits = [_note_hit(row, text.split()) for row in rows.order_by("-happened_on", "-id")]
    return Group(lazy("Notes and logs"), "chat-left-text", hits)


def _note_ids(user: User, terms: list[str], most: int) -> list[int]:
    written = Interaction.objects.visible_to(user).standing().exclude(summary="")
    latest = written.order_by("-id")[:LATEST_NOTES].values("pk", "summary")
    near = [row["pk"] for row in latest if _has_all(row["summary"], terms)]
    if len(near) >= most:
        return near[:most]
    vector = SearchVector(Fold("summary"), config="simple")
    hits = written.annotate(words=vector).filter(words=_words_beginning(terms)).order_by()
    ids = hits.values_list("pk", flat=True)[:NOTE_CANDIDATES]
    return sorted(ids, reverse=True)[:most]


def _has_all(summary: str, terms: list[str]) -> bool:
    words = _bare(marking.fold(summary))
    return all(any(word.startswith(term) for word in words) for term in terms)


def _bare(text: str) -> list[str]:
    """The words of a folded text, without what stands between them."""
    return _WORD.findall(text)


def _words_beginning(terms: list[str]) -> SearchQuery:
    """Every term as the beginning of a word."""
    return SearchQuery(" & ".join(f"'{term}':*" for term in terms), config="simple", search_type="raw")


def _note_hit(row: Interaction, terms: list[str]) -> Hit:
    by = row.user.display_name if row.user else ""
    aside = " · ".join(filter(None, (str(row.get_kind_display()), by)))
    entry = f"interaction-{row.pk}"
    address = f"{reverse('accounts:detail', args=[row.account_id])}?entry={entry}#entry-{entry}"
    text = tuple(marking.snippet(row.summary, terms))
    return Hit(address, [Piece(row.account.name, False)], aside, "", text, row.happened_on)

"""The columns of the account list: what each says on the page and in a file, and what it needs for that.

A column is chosen by its key. ``show`` is for people, ``plain`` for a spreadsheet: dates as dates, numbers
as numbers. How a column sorts is said in ``sorting``.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import lru_cache
from typing import Any

from django.utils.functional import Promise
from django.utils.html import format_html, format_html_join
from django.utils.safestring import mark_safe
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy
from django_countries import countries

from cadences.templatetags.standing import kind, late_by
from contacts.models import Concern
from core.templatetags.ui import ago, day, json_day, money, said, tel

Row = Any
"""An account with the facts of its columns."""

NONE = "–"


@dataclass(frozen=True)
class Column:
    """``facts``: names of the annotations it reads (see ``rows``); ``first``: how a click sorts first."""

    key: str
    label: str | Promise
    show: Callable[[Row, date], Any]
    plain: Callable[[Row], Any]
    facts: tuple[str, ...] = ()
    num: bool = False
    first: str = ""
    where: bool = False


def _text(name: str) -> tuple[Callable[[Row, date], Any], Callable[[Row], Any]]:
    return (lambda row, _today: getattr(row, name) or ""), (lambda row: getattr(row, name) or "")


def _date(name: str) -> tuple[Callable[[Row, date], Any], Callable[[Row], Any]]:
    return (lambda row, _today: day(getattr(row, name))), (lambda row: getattr(row, name) or "")


def _muted(words: str) -> Any:
    return format_html('<span class="muted">{}</span>', words)


def _aside(value: Any, words: str, tone: str = "muted") -> Any:
    return format_html('{}<span class="{} aside">{}</span>', value, tone, words)


def _place(row: Row, _today: date | None = None) -> str:
    country = _country(row.country.code, get_language() or "")
    return ", ".join(part for part in (row.city, country) if part)


@lru_cache(maxsize=1024)
def _country(code: str, _language: str) -> str:
    """Its name in the active language: a page asks for the same few."""
    return str(countries.name(code)) if code else ""


def _owner(row: Row, _today: date) -> Any:
    if row.owner is None:
        return _muted(_("nobody"))
    if not row.owner.is_active:
        return format_html("{} {}", row.owner.display_name, _muted(f"({_('deactivated')})"))
    return row.owner.display_name


def _owner_plain(row: Row) -> str:
    return row.owner.display_name if row.owner else ""


def _sales(row: Row, _today: date) -> Any:
    sums = [(money(Decimal(str(one["total"])), one["currency"]),) for one in row.sales_12m]
    return format_html_join(mark_safe("<br>"), "{}", sums) or NONE


def _sales_plain(row: Row) -> Any:
    """A number where there is one currency, so that a spreadsheet can add up."""
    sums = [(Decimal(str(one["total"])).quantize(Decimal("0.01")), one["currency"]) for one in row.sales_12m]
    return sums[0][0] if len(sums) == 1 else " + ".join(f"{total} {currency}" for total, currency in sums)


def _currency_plain(row: Row) -> str:
    return str(row.sales_12m[0]["currency"]) if len(row.sales_12m) == 1 else ""


def _last_contact(row: Row, _today: date) -> Any:
    if not row.last_contact:
        return _muted(_("never"))
    return _aside(ago(json_day(row.last_contact["on"])), kind(row.last_contact["kind"]))


def _next_contact(row: Row, today: date) -> Any:
    owed = row.next_contact
    if not owed:
        return _muted(_("nothing"))
    late = late_by(owed, today)
    on = day(json_day(owed["on"]))
    if late:
        words = ngettext("%(n)d day late", "%(n)d days late", late) % {"n": late}
        return _aside(format_html('<span class="late">{}</span>', on), words, "late")
    return _aside(on, kind(owed["kind"]))


def _json_date(name: str) -> Callable[[Row], Any]:
    return lambda row: json_day((getattr(row, name) or {}).get("on")) or ""


def _concern(row: Row, _today: date) -> Any:
    if not row.worst_concern:
        return ""
    tone = "tone-late" if row.worst_concern == Concern.Severity.HIGH else "tone-soon"
    return format_html('<span class="tag {}">{}</span>', tone, _concern_plain(row))


def _concern_plain(row: Row) -> str:
    return str(Concern.Severity(row.worst_concern).label) if row.worst_concern else ""


def _paused(row: Row, today: date) -> Any:
    if not row.paused_until or row.paused_until < today:
        return ""
    return format_html('<span title="{}">{}</span>', row.pause_reason, said(row.paused_until))


def _tags(row: Row, _today: date | None = None) -> str:
    return ", ".join(sorted(row.tag_names))


_ALL = (
    Column("where", lazy("Where"), _place, _place, where=True),
    Column("tier", lazy("Tier"), lambda row, _t: row.tier.name if row.tier else "",
           lambda row: row.tier.name if row.tier else "", first="-"),
    Column("owner", lazy("Owner"), _owner, _owner_plain),
    Column("status", lazy("Status"), lambda row, _t: row.get_status_display(),
           lambda row: row.get_status_display()),
    Column("last_sale", lazy("Last sale"), *_date("last_sale_on"), ("last_sale_on",), num=True, first="-"),
    Column("sales", lazy("12 months"), _sales, _sales_plain, ("sales_12m",), num=True, first="-"),
    Column("last_contact", lazy("Last contact"), _last_contact, _json_date("last_contact"),
           ("last_contact",)),
    Column("next_contact", lazy("Next contact"), _next_contact, _json_date("next_contact"),
           ("next_contact",)),
    Column("concern", lazy("Worst concern"), _concern, _concern_plain, ("worst_concern",), first="-"),
    Column("tags", lazy("Tags"), _tags, _tags, ("tag_names",)),
    Column("number", lazy("Number"), *_text("external_id")),
    Column("industry", lazy("Industry"), *_text("industry")),
    Column("employees", lazy("Employees"), lambda row, _t: NONE if row.employees is None else row.employees,
           lambda row: row.employees, num=True, first="-"),
    Column("network", lazy("Network"), lambda row, _t: row.network_value, lambda row: row.network_value,
           num=True, first="-"),
    Column("customer_since", lazy("Customer since"), *_date("became_customer_on"), num=True, first="-"),
    Column("owner_since", lazy("Owner since"), *_date("owner_since"), num=True, first="-"),
    Column("tier_since", lazy("Tier since"), *_date("tier_since"), num=True, first="-"),
    Column("paused", lazy("Paused until"), _paused, lambda row: row.paused_until or "", first="-"),
    Column("phone", lazy("Phone"), lambda row, _t: tel(row.phone, row.phone_e164, row.name),
           lambda row: row.phone),
    Column("email", lazy("E-mail"), lambda row, _t: _mail(row.email), lambda row: row.email),
)  # fmt: skip


def _mail(address: str) -> Any:
    return format_html('<a href="mailto:{0}">{0}</a>', address) if address else ""


NAME = Column("name", lazy("Account"), *_text("name"))
"""Always there and always first."""

COLUMNS: dict[str, Column] = {column.key: column for column in (NAME, *_ALL)}
DEFAULT_COLUMNS = (
    "where", "tier", "owner", "last_sale", "sales", "last_contact", "next_contact"
)  # fmt: skip


def chosen(keys: tuple[str, ...]) -> list[Column]:
    """The columns of those keys, in that order, without the name."""
    return [COLUMNS[key] for key in keys if key != NAME.key]


def file_header(keys: tuple[str, ...]) -> list[Any]:
    """The headings of a file; money has its currency in a column of its own."""
    header: list[Any] = [NAME.label]
    for column in chosen(keys):
        header += [column.label, _("Currency")] if column.key == "sales" else [column.label]
    return header


def file_cells(row: Row, keys: tuple[str, ...]) -> list[Any]:
    cells: list[Any] = [row.name]
    for column in chosen(keys):
        cells += [column.plain(row), _currency_plain(row)] if column.key == "sales" else [column.plain(row)]
    return cells

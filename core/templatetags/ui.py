"""How facts read on a page: dates as people say them, money with its currency, phones to tap.

"Today" is the civil date in the active time zone, which a middleware sets to the user's.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from decimal import Decimal
from functools import lru_cache
from typing import Any

from django import template
from django.utils import formats, timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import get_language, gettext, ngettext, to_locale

from core.phones import tel_uri

register = template.Library()

Words = Callable[[date, date], str]
NO_BREAK = "\u00a0"
NOTHING = "–"


@register.filter
def day(value: date | datetime | None) -> SafeString | str:
    """A date as people say it ("today", "Thu", "12 Mar", "12 Mar 2024"), exact on hover and aloud."""
    if not value:
        return NOTHING
    return _dated(_said_day, _local(value))


@register.filter
def moment(value: datetime | None) -> SafeString | str:
    """A day with its time of day: "today 14:00", "Thu 09:30", "12 Mar 16:05"."""
    if not value:
        return NOTHING
    local = timezone.localtime(value)
    clock = f"{local:%H:%M}"
    exact = f"{_formatted(local.date(), 'l j F Y', get_language() or '')} {clock}"
    return _time(f"{said_day(local.date())}{NO_BREAK}{clock}", exact, local)


@register.filter
def ago(value: date | datetime | None) -> SafeString | str:
    """How long ago in words ("12 days ago", "in 3 days", "4 months ago"), exact on hover and aloud."""
    if not value:
        return NOTHING
    return _dated(_said_ago, _local(value))


def said_day(on: date) -> str:
    """The words of :func:`day`, without markup."""
    return _said_day(on, timezone.localdate())


def _said_day(on: date, today: date) -> str:
    distance = (on - today).days
    if -1 <= distance <= 1:
        return (gettext("today"), gettext("tomorrow"), gettext("yesterday"))[distance]
    if 1 < distance < 7:
        return _formatted(on, "D", get_language() or "")
    pattern = "j M" if on.year == today.year else "j M Y"
    return _formatted(on, pattern, get_language() or "").replace(" ", NO_BREAK)


def said_ago(on: date) -> str:
    """The words of :func:`ago`, without markup: days up to 60, then months, then years."""
    return _said_ago(on, timezone.localdate())


def _said_ago(on: date, today: date) -> str:
    days = (today - on).days
    if days == 0:
        return gettext("today")
    count = abs(days)
    if count <= 60:
        span = ngettext("%(n)d day", "%(n)d days", count) % {"n": count}
    elif count < 730:
        span = ngettext("%(n)d month", "%(n)d months", count // 30) % {"n": count // 30}
    else:
        span = ngettext("%(n)d year", "%(n)d years", count // 365) % {"n": count // 365}
    words = gettext("%(span)s ago") if days > 0 else gettext("in %(span)s")
    return (words % {"span": span}).replace(" ", NO_BREAK)


@register.filter
def json_day(value: str | None) -> date | None:
    """A civil date that came out of the database as JSON."""
    return date.fromisoformat(value[:10]) if value else None


@register.simple_tag
def money(amount: Decimal | float | None, currency: str = "", decimals: int = 0) -> SafeString | str:
    """An amount rounded for people, with its currency code: "61,200 EUR". Exact on hover."""
    if amount is None:
        return NOTHING
    exact = f"{_number(Decimal(amount), 2)}{NO_BREAK}{currency}".strip()
    if decimals:
        return exact
    rounded = f"{_number(Decimal(amount), 0)}{NO_BREAK}{currency}".strip()
    return format_html('<span class="num" title="{}">{}</span>', exact, rounded)


@register.simple_tag
def tel(phone: str, e164: str = "", name: str = "") -> SafeString | str:
    """The number as people wrote it, tapping it calls. ``name`` says aloud who is called."""
    if not phone:
        return ""
    uri = tel_uri(phone, e164)
    if not uri:
        return phone
    label = gettext("Call %(name)s, %(phone)s") % {"name": name, "phone": phone} if name else phone
    return format_html('<a class="tel" href="{}" aria-label="{}">{}</a>', uri, label, phone)


@register.simple_tag(takes_context=True)
def query(context: dict[str, Any], **changes: Any) -> str:
    """The address's query string with some values changed; ``None`` or "" removes one, page restarts."""
    params = context["request"].GET.copy()
    if "page" not in changes:
        params.pop("page", None)
    for key, value in changes.items():
        if value in (None, ""):
            params.pop(key, None)
        else:
            params[key] = value
    return f"?{params.urlencode()}" if params else "?"


@register.filter
def initials(name: str) -> str:
    """Up to two letters that stand for a person."""
    words = [word for word in str(name).split() if word]
    return "".join(word[0] for word in (words[:1] + words[1:][-1:])).upper()


@register.filter
def said(on: date | None) -> str:
    """The words of a day without markup, for labels and titles."""
    return said_day(on) if on else NOTHING


@lru_cache(maxsize=4096)
def _formatted(on: date, pattern: str, _language: str) -> str:
    """A date in the active language. A list says the same few hundred days again and again."""
    return str(formats.date_format(on, pattern))


def _local(value: date | datetime) -> date | datetime:
    if isinstance(value, datetime) and timezone.is_aware(value):
        return timezone.localtime(value)
    return value


def _civil(value: date | datetime) -> date:
    return value.date() if isinstance(value, datetime) else value


def _dated(words: Words, value: date | datetime) -> SafeString:
    """A date with its words, as markup. Moments are not kept: equal ones read differently in each zone."""
    today, language = timezone.localdate(), get_language() or ""
    if isinstance(value, datetime):
        on = _civil(value)
        return _time(words(on, today), _formatted(on, "l j F Y", language), value)
    return _kept(words, value, today, language)


@lru_cache(maxsize=4096)
def _kept(words: Words, on: date, today: date, language: str) -> SafeString:
    """A list says the same few hundred days again and again."""
    return _time(words(on, today), _formatted(on, "l j F Y", language), on)


def _time(said_words: str, exact: str, value: date | datetime) -> SafeString:
    return format_html(
        '<time datetime="{}" title="{}"><span aria-hidden="true">{}</span>'
        '<span class="visually-hidden">{}</span></time>',
        value.isoformat(timespec="minutes") if isinstance(value, datetime) else value.isoformat(),
        exact,
        said_words,
        exact,
    )


def _number(amount: Decimal, decimals: int) -> str:
    """Grouped digits in the active language. Babel's rules, one compiled pattern per language."""
    from babel.numbers import format_decimal  # noqa: PLC0415 - loaded by the first page that shows money

    text: str = format_decimal(amount, format=_pattern(decimals), locale=_locale(get_language() or "en"))
    return text


@lru_cache(maxsize=4)
def _pattern(decimals: int) -> str:
    return "#,##0" + ("." + "0" * decimals if decimals else "")


@lru_cache(maxsize=64)
def _locale(language: str) -> Any:
    from babel import Locale, UnknownLocaleError  # noqa: PLC0415 - as above

    try:
        return Locale.parse(to_locale(language))
    except (UnknownLocaleError, ValueError):
        return Locale("en")

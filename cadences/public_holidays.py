"""Public holidays of the countries in use, written into the database that the engine reads."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import date
from functools import lru_cache
from typing import Any

import holidays
from django.db import connection

from users.models import PublicHoliday

# Countries, and regions of calendars, in use that have no holidays yet in one of the years asked about.
MISSING = """
SELECT place.country, place.subdivision, year
FROM (
    SELECT upper(country) AS country, '' AS subdivision FROM users_calendar
    UNION SELECT upper(country), subdivision FROM users_calendar
    UNION SELECT DISTINCT country, '' FROM accounts_account WHERE %(all)s OR id = ANY(%(ids)s::bigint[])
) place
CROSS JOIN unnest(%(years)s::int[]) AS year
WHERE place.country <> '' AND NOT EXISTS (
    SELECT FROM users_publicholiday known
    WHERE known.country = place.country AND known.subdivision = place.subdivision
        AND known.day BETWEEN make_date(year, 1, 1) AND make_date(year, 12, 31)
)
"""


def ensure(as_of: date, account_ids: Collection[int] | None = None) -> int:
    """Write what is missing from the year before ``as_of`` to two years after; returns how many days.

    Days that an admin changed stay as they are: only years without any day are filled.
    """
    years = list(range(as_of.year - 1, as_of.year + 3))
    with connection.cursor() as cursor:
        values: dict[str, Any] = {"all": account_ids is None, "ids": list(account_ids or ()), "years": years}
        cursor.execute(MISSING, values)
        missing = cursor.fetchall()
    rows = [row for place in missing for row in _rows(*place)]
    return len(PublicHoliday.objects.bulk_create(rows, ignore_conflicts=True))


def _rows(country: str, subdivision: str, year: int) -> Iterable[PublicHoliday]:
    nationwide = _days(country, "", year)
    for day, name in _days(country, subdivision, year).items():
        if not subdivision or day not in nationwide:
            yield PublicHoliday(country=country, subdivision=subdivision, day=day, name=name[:200])


@lru_cache(maxsize=2048)
def _days(country: str, subdivision: str, year: int) -> dict[date, str]:
    """Days off with their names; none where the library knows neither country nor region."""
    region = subdivision.removeprefix(f"{country}-") or None
    try:
        return dict(holidays.country_holidays(country, subdiv=region, years=year))
    except NotImplementedError:
        return {}


def regions(country: str) -> list[tuple[str, str]]:
    """Codes and names of the regions whose holidays the library knows, by name; none for most countries."""
    codes = _supported().get(country.upper(), ())
    names: dict[str, str] = {}
    if codes:
        for name, code in holidays.country_holidays(country.upper()).subdivisions_aliases.items():
            names.setdefault(code, name)
    return sorted(((code, names.get(code, code)) for code in codes), key=lambda pair: pair[1])


def is_known(country: str) -> bool:
    """Whether the library has public holidays of this country at all."""
    return country.upper() in _supported()


def of_year(country: str, subdivision: str, year: int) -> list[PublicHoliday]:
    """The days off of a year by date: as stored, else as the library has them (nothing is written)."""
    wanted = {"country": country, "day__year": year}
    stored = PublicHoliday.objects.filter(**wanted, subdivision="")
    found = list(stored) or list(_rows(country, "", year))
    if subdivision:
        regional = list(PublicHoliday.objects.filter(**wanted, subdivision=subdivision))
        found += regional or list(_rows(country, subdivision, year))
    return sorted(found, key=lambda holiday: holiday.day)


@lru_cache(maxsize=1)
def _supported() -> dict[str, list[str]]:
    """Countries of the library with their regions; reading it once takes a third of a second."""
    return dict(holidays.list_supported_countries())

"""Who does the work of an absence, day by day: the engine's own rule asked about every day, in words."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import groupby
from typing import Any

from django.db import connection
from django.utils import formats
from django.utils.translation import gettext as _

from cadences.chain import expand
from users.models import Absence, User

# The same macros as in the chain, so that a page never says anything else than the engine does.
WHO = """
SELECT day::date, deputy.id,
    CASE
        WHEN deputy.is_active AND NOT @absent(deputy.id, day) THEN deputy.id
        WHEN manager.is_active AND NOT @absent(manager.id, day) THEN manager.id
    END
FROM users_user owner
CROSS JOIN generate_series(%(first)s::timestamp, %(last)s::timestamp, interval '1 day') day
LEFT JOIN users_user deputy ON deputy.id = @deputy(owner, day)
LEFT JOIN users_team team ON team.id = owner.team_id
LEFT JOIN users_user manager ON manager.id = team.manager_id AND manager.id <> owner.id
WHERE owner.id = %(owner)s
ORDER BY 1
"""


@dataclass(frozen=True)
class Stretch:
    """Days on which the same person stands in. ``meant`` is the deputy, ``who`` does it: perhaps nobody."""

    first: date
    last: date
    meant: User | None
    who: User | None


def stretches(absence: Absence) -> list[Stretch]:
    """Who stands in from the first to the last day, as stored now; two queries."""
    days: dict[str, Any] = {"first": absence.starts_on, "last": absence.ends_on, "owner": absence.user_id}
    with connection.cursor() as cursor:
        cursor.execute(expand(WHO, for_all=True), days)
        rows = cursor.fetchall()
    people = User.objects.in_bulk({pk for row in rows for pk in row[1:] if pk})
    found = []
    for (meant, who), group in groupby(rows, key=lambda row: (row[1], row[2])):
        same = list(group)
        found.append(Stretch(same[0][0], same[-1][0], people.get(meant or 0), people.get(who or 0)))
    return found


def in_words(absence: Absence) -> list[str]:
    """What the planner should know before saving; nothing where the chosen deputy is there throughout."""
    if absence.waits:
        return []
    return [said for stretch in stretches(absence) for said in _said(absence, stretch)]


def _said(absence: Absence, stretch: Stretch) -> Iterator[str]:
    words = {
        "days": days_in_words(stretch.first, stretch.last),
        "meant": stretch.meant.display_name if stretch.meant else "",
        "who": stretch.who.display_name if stretch.who else "",
        "back": formats.date_format(absence.ends_on + timedelta(days=1), "j F"),
    }
    if stretch.meant is None and stretch.who is None:
        yield _("%(days)s: nobody stands in, so what falls due waits until %(back)s.") % words
    elif stretch.meant is None:
        yield _("%(days)s: there is no deputy, so %(who)s, who manages the team, stands in.") % words
    elif stretch.who is None:
        yield _("%(days)s: %(meant)s is away as well and nobody else stands in: it waits.") % words
    elif stretch.who != stretch.meant:
        yield _("%(days)s: %(meant)s is away as well; %(who)s, who manages the team, does it.") % words


def days_in_words(first: date, last: date) -> str:
    """One day or a range, in the words of the reader's language."""
    if first == last:
        return str(formats.date_format(first, "j F Y"))
    words = {"first": formats.date_format(first, "j F"), "last": formats.date_format(last, "j F Y")}
    return _("%(first)s to %(last)s") % words

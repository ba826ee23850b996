"""The change history as a page and as a file."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.http import HttpResponse, StreamingHttpResponse
from django.shortcuts import render
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from core import doors
from core.spreadsheets import csv_response
from imports.changes import reading
from imports.changes.choice import Choice
from imports.changes.kinds import read_by, whose
from imports.changes.reading import Save
from users.access import require
from users.clock import zone
from users.http import Request
from users.models import User


@require_safe
def listing(request: Request) -> HttpResponse:
    """Newest first; by record, by user, by time, by door."""
    _require_lead(request.user)
    choice = Choice.of(request.GET, request.user)
    allowed = whose(request.user)
    people = User.objects.visible_to(request.user).by_name()
    context = {
        "page": reading.page(request.user, choice, request.GET.get("behind", "")),
        "is_first": "behind" not in request.GET,
        "choice": choice,
        "people": people if allowed is None else people.filter(pk__in=allowed),
        "doors": doors.every().items(),
        "kinds": sorted(read_by(request.user), key=lambda kind: kind.name),
    }
    return render(request, "changes/list.html", context)


@require_safe
def file(request: Request) -> StreamingHttpResponse:
    """The same choice as a table, all of it: one line for each field that changed."""
    _require_lead(request.user)
    choice = Choice.of(request.GET, request.user)
    header = [
        _("Moment (UTC)"), _("Who"), _("Door"), _("Kind"), _("Id"), _("Record"), _("Account"), _("What"),
        _("Field"), _("Before"), _("After"),
    ]  # fmt: skip
    return csv_response("changes.csv", header, _lines(request.user, choice))


def _lines(reader: User, choice: Choice) -> Iterator[list[Any]]:
    """Sent after the request is over: its language and zone are set for each part anew."""
    parts = reading.all_saves(reader, choice)
    while True:
        with timezone.override(zone(reader.time_zone)), translation.override(reader.language):
            some = next(parts, None)
            lines = [line for save in some or () for line in _lines_of(save)]
        if some is None:
            return
        yield from lines


def _lines_of(save: Save) -> Iterator[list[Any]]:
    what = _("deleted") if save.is_deletion else _("changed")
    front = [
        save.when.astimezone(zone("UTC")).strftime("%Y-%m-%d %H:%M:%S"), save.who, save.door, save.kind.name,
        str(save.record), save.name, save.account.name if save.account else "", what,
    ]  # fmt: skip
    for change in save.changes:
        yield [*front, change.field, change.before, change.after]
    if not save.changes:
        yield [*front, "", "", ""]


def _require_lead(user: User) -> None:
    may = user.is_active and (user.is_manager or user.is_admin)
    require(may, _("The change history is for managers and admins. A record's own history is on its page."))

"""What keeps surveys from being sent, or their answers from being opened, in words for the Engine page."""

from __future__ import annotations

from datetime import date, timedelta

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from surveys import ballots
from surveys.models import Programme, Wave

GRACE = timedelta(days=2)
"""How long after its last day a wave may be on its way: a night tells the tally, the next reads the end."""


def alarms(on: date) -> list[str]:
    """A sentence for each programme that is on and cannot send today, and each wave with answers in danger.

    Three queries.
    """
    return _cannot_send(on) + _in_danger(on)


def _in_danger(on: date) -> list[str]:
    """Waves that are to be opened: without a key they never are, after their close they should have been."""
    waves = Wave.objects.filter(state__in=[Wave.State.READY, Wave.State.HELD]).select_related("programme")
    said = []
    for wave in waves.order_by("closes_on", "label"):
        name = {"name": wave.programme.name, "label": wave.label}
        if wave.key_is_missing:
            said.append(
                _(
                    "%(name)s, %(label)s: the tally does not find its private key. Without it nobody can open"
                    " its answers: bring TALLY_KEYS back."
                )
                % name
            )
        elif wave.state == Wave.State.READY and wave.closes_on < on - GRACE:
            said.append(
                _(
                    "%(name)s, %(label)s: closed on %(day)s and not settled. Is the tally running? Its log"
                    " says what kept it."
                )
                % (name | {"day": date_format(wave.closes_on, "j F Y")})
            )
    return said


def _cannot_send(on: date) -> list[str]:
    repeated = list(Programme.objects.filter(is_on=True).exclude(kind=Programme.Kind.ONE_OFF).order_by("id"))
    if not repeated:
        return []
    if not ballots.is_set_up():
        return [
            _(
                "A survey is switched on, but this installation has no ballot box: nothing is sent. Set"
                " BALLOTS_RESULTS_URL, SURVEY_KEYS, BOX_WAVES and SURVEY_URL."
            )
        ]
    waves = Wave.objects.filter(programme__in=repeated, last_send_on__gte=on)
    states = {(wave.programme_id, wave.state) for wave in waves if wave.opens_on <= on}
    planned = {wave.programme_id for wave in waves if wave.opens_on > on}
    return [
        _no_wave(programme, states, planned)
        for programme in repeated
        if (programme.pk, Wave.State.READY) not in states
        # between two windows of a yearly survey nothing is meant to be sent
        and not (programme.kind == Programme.Kind.YEARLY and not _has_any(programme, states))
    ]


def _has_any(programme: Programme, states: set[tuple[int, str]]) -> bool:
    return any(pk == programme.pk for pk, _state in states)


def _no_wave(programme: Programme, states: set[tuple[int, str]], planned: set[int]) -> str:
    name = {"name": programme.name}
    if (programme.pk, Wave.State.PLANNED) in states:
        return (
            _("%(name)s: the key of its wave is not made yet, so nothing is sent. Is the tally running?")
            % name
        )
    if programme.pk in planned:
        return _("%(name)s: its next wave has not opened yet, so nothing is sent until then.") % name
    return _("%(name)s: there is no open wave, so nothing is sent. The next night plans one.") % name

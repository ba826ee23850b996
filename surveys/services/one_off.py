"""A survey that is sent once: counted before it starts, refused for too few, sent when its key is there."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import date, timedelta

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from ballotbox.policy import FEWEST_ELIGIBLE
from surveys import ballots, left_out
from surveys.asks import Ask, Outcome
from surveys.models import Invitation, Programme, Wave
from surveys.people import address_of
from surveys.rules import Rule
from surveys.selection import matching
from surveys.services import waves
from surveys.services.asking import Case, judge
from surveys.services.inviting import codes_of, put_into_outbox
from surveys.services.programmes import require_manager, what_is_missing
from users.clock import company_today
from users.models import User

SENDING_DAYS = 13
"""How long after the start mails may still leave: ten working days, for a tally that is late with its key."""


@dataclass(frozen=True)
class Count:
    """How many a rule would ask. ``left_out``: reason -> how many."""

    customers: int
    eligible: int
    left_out: dict[str, int]

    @property
    def is_enough(self) -> bool:
        return self.eligible >= FEWEST_ELIGIBLE


def count(programme: Programme, rule: Rule, on: date) -> Count:
    """Who would be asked today, by number alone: nobody is picked by name."""
    return _counted(_cases(programme, rule, on))


@transaction.atomic
def start(by: User, programme: Programme, rule: Rule) -> Wave:
    """Freeze who is asked and plan the wave. Raises ValidationError with what is missing, or for too few."""
    require_manager(by)
    on = company_today()
    programme = Programme.objects.select_for_update().get(pk=programme.pk)
    _check(programme)
    cases = _cases(programme, rule, on)
    counted = _counted(cases)
    if not counted.is_enough:
        raise ValidationError(
            _("%(n)s can be asked, %(least)s are needed: answers of fewer could be told apart. Ask more.")
            % {"n": counted.eligible, "least": FEWEST_ELIGIBLE}
        )
    programme.rule, programme.is_on = rule.to_json(), True
    programme.save()
    questions = programme.questions.current().get()
    wave = waves.plan_once(programme, f"{on:%Y-%m}", questions, on, SENDING_DAYS)
    _freeze(wave, cases, on)
    left_out.count(wave, (_reason(case) for case in cases if case.answer.outcome != Outcome.INVITED))
    return wave


def _check(programme: Programme) -> None:
    wrong = what_is_missing(programme)
    if programme.is_repeated or programme.waves.exists():
        wrong.append(_("This survey has been sent already. Make a new one-off survey."))
    if not ballots.is_set_up():
        wrong.append(_("This installation has no ballot box yet."))
    if wrong:
        raise ValidationError(wrong)


def _cases(programme: Programme, rule: Rule, on: date) -> list[Case]:
    """Every customer that the rule names, judged like any other night's candidates."""
    programme.rule = rule.to_json()
    ids = matching(rule, on).order_by("pk").values_list("pk", flat=True)
    asks = [Ask(key=pk, slot="", account_id=pk, cycle=f"once-{programme.pk}", due_on=on) for pk in ids]
    return judge(programme, None, asks, on) if asks else []


def _counted(cases: list[Case]) -> Count:
    reasons = Counter(_reason(case) for case in cases if case.answer.outcome != Outcome.INVITED)
    return Count(len(cases), len(cases) - reasons.total(), dict(left_out.in_words(reasons)))


def _reason(case: Case) -> str:
    """Nobody waits for a manager here: a survey that is sent once goes on without them."""
    return case.held_for or case.answer.reason


def _freeze(wave: Wave, cases: list[Case], on: date) -> None:
    """Who is asked, with their codes, as of now; mails follow when the key is there."""
    Invitation.objects.bulk_create(
        [
            Invitation(
                wave=wave, contact=case.contact, account=case.contact.account, send_on=on,
                language=case.contact.language or case.contact.account.language,
                codes=codes_of(wave, case.contact.account), address=address_of(case.contact),
            )
            for case in cases
            if case.answer.outcome == Outcome.INVITED and case.contact is not None
        ]
    )  # fmt: skip


@transaction.atomic
def send_frozen(on: date) -> int:
    """Put into the outbox whom open one-off waves wait for; in the night's transaction."""
    n = 0
    once = Wave.objects.sending_on(on).filter(programme__kind=Programme.Kind.ONE_OFF, programme__is_on=True)
    for wave in once:
        rows = list(
            wave.invitations.filter(state=Invitation.State.PLANNED)
            .select_related("account")
            .select_for_update(of=("self",))
        )
        Invitation.objects.filter(pk__in=[row.pk for row in rows]).update(
            state=Invitation.State.QUEUED, send_on=on
        )
        put_into_outbox(wave, rows, [None] * len(rows), on)
        n += len(rows)
    return n


def last_day(on: date) -> date:
    """When the last mail of a survey that is started today may leave."""
    return on + timedelta(days=SENDING_DAYS)

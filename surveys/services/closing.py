"""The end of a wave: how many were invited is told once, then everything about single people goes."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from datetime import date, timedelta

from django.db import transaction
from django.db.models import Q

from accounts.models import Account
from contacts.models import Contact
from correspondence.models import Message, Suppression
from correspondence.models import State as MailState
from sales.models import Purchase
from surveys import ballots, left_out
from surveys.models import Asked, HeldBack, Invitation, Wave
from surveys.quarantine import KEPT_MONTHS, months_before
from surveys.services.inviting import KINDS
from users.models import User

PURGE_AFTER = timedelta(days=30)
WORD = re.compile(r"[^\W_]{3,}")
SHARED_BY = 3
HELD_BACK_DAYS = timedelta(days=14)


def close_due(on: date) -> list[str]:
    """Tell the tally of the waves whose last day is over, and ask it to settle them.

    Each wave on its own: returns what went wrong, in words.
    """
    over = Wave.objects.filter(closes_on__lt=on).exclude(state=Wave.State.PLANNED).unsettled()
    troubles = ballots.one_by_one(over.filter(counted_on__isnull=True), lambda wave: tell(wave, on))
    if over.exists():
        ballots.ring_settle(on)
    return troubles


def tell(wave: Wave, on: date) -> None:
    """How many were invited, by code, and the words that comments may not show."""
    recount(wave)
    ballots.say_invited(wave.pk, invited_by_code(wave), mailed=mailed(wave), words=sorted(words_of(wave)))
    Wave.objects.filter(pk=wave.pk).update(counted_on=on)


@transaction.atomic
def recount(wave: Wave) -> None:
    """The wave's numbers, after marking what came back or was stopped by an unsubscription."""
    mine = Invitation.objects.filter(wave=wave)
    hard = Suppression.objects.filter(reason=Suppression.Reason.HARD_BOUNCE).values("address")
    mine.filter(state=Invitation.State.HANDED_OVER, address__in=hard).update(state=Invitation.State.BOUNCED)
    stopped = Message.objects.filter(kind=KINDS[0], state="cancelled").values_list("key", flat=True)
    queued = {str(pk) for pk in mine.filter(state=Invitation.State.QUEUED).values_list("pk", flat=True)}
    gone = queued & set(stopped.filter(key__in=queued))
    mine.filter(pk__in=gone).update(state=Invitation.State.SUPPRESSED)
    counts = Counter(mine.values_list("state", flat=True))
    wave.n_invited = counts.total() - counts["planned"] - counts["cancelled"]
    wave.n_handed_over, wave.n_bounced = counts["handed_over"], counts["bounced"]
    wave.n_suppressed = counts["suppressed"]
    wave.save(update_fields=["n_invited", "n_handed_over", "n_bounced", "n_suppressed"])


def invited_by_code(wave: Wave) -> dict[str, int]:
    """``{"": all, "tier:Large": …}``: mails that reached somebody."""
    counts: Counter[str] = Counter()
    for codes in Invitation.objects.filter(wave=wave).that_count().values_list("codes", flat=True):
        counts[""] += 1
        counts.update(f"{name}:{value}" for name, value in codes.items())
    return {"": 0, **counts}


def mailed(wave: Wave) -> int:
    """Mails that may have arrived: what bounced later counts, and what nobody knows about.

    More answers than that cannot be: ``n_mailed`` never falls, whatever becomes of invitations and people.
    """
    not_counted = [Invitation.State.QUEUED, Invitation.State.SUPPRESSED]
    rows = Invitation.objects.filter(wave=wave, state__in=not_counted)
    keys = [str(pk) for pk in rows.values_list("pk", flat=True)]
    # Nobody knows; or it left and that could not be written down; or it was stopped after a try.
    perhaps = Q(state__in=[MailState.UNCERTAIN, MailState.SENT]) | Q(
        state=MailState.CANCELLED, attempts__gt=0
    )
    doubtful = Message.objects.filter(perhaps, kind=KINDS[0], key__in=keys).count()
    return max(wave.n_mailed, wave.n_handed_over + wave.n_bounced) + doubtful


def words_of(wave: Wave) -> set[str]:
    """Names of the invited companies and of all their people, of our users, and numbers of purchases."""
    accounts = list(Invitation.objects.filter(wave=wave).values_list("account_id", flat=True))
    found: set[str] = set()
    rows = Contact.objects.filter(account__in=accounts).values_list("first_name", "last_name", "email")
    for first, last, email in rows:
        found |= _words(first, last, email.partition("@")[0], email.rpartition("@")[2])
        found |= {email.lower()} - {""}
    companies = Account.objects.filter(pk__in=accounts).values_list("name", "external_id")
    found |= {text.lower() for pair in companies for text in pair if text}
    found |= _telling(name for name, _number in companies)
    bought = Purchase.objects.filter(account__in=accounts).exclude(external_id=None)
    found |= {number.lower() for number in bought.values_list("external_id", flat=True) if number}
    for name in User.objects.values_list("display_name", flat=True):
        found |= _words(name)
    return found


def _telling(names: Iterable[str]) -> set[str]:
    """Words of companies' names that few of them share: "Pumps" or "Ltd" names nobody."""
    counts = Counter(word for name in names for word in _words(name))
    return {word for word, n in counts.items() if n < SHARED_BY}


def _words(*texts: str) -> set[str]:
    return {word.lower() for text in texts for word in WORD.findall(text)}


def purge_due(on: date) -> None:
    """Invitations and mails 30 days after the close, notes of asking after 13 months, old waiting rows."""
    over = Wave.objects.filter(
        purged_on__isnull=True, counted_on__isnull=False, closes_on__lt=on - PURGE_AFTER
    )
    for wave in over:
        _purge(wave, on)
    Asked.objects.filter(sent_on__lt=months_before(on, KEPT_MONTHS)).delete()
    _give_up(on)


@transaction.atomic
def _give_up(on: date) -> None:
    """No manager has decided in time: they were not asked, which is counted like every other reason."""
    over = HeldBack.objects.open().filter(since__lt=on - HELD_BACK_DAYS)
    rows = list(over.select_for_update(of=("self",)).order_by("pk"))
    for row in rows:
        wave = Wave.objects.filter(
            programme=row.programme_id, opens_on__lte=row.since, last_send_on__gte=row.since
        ).first()
        if wave is not None:
            left_out.count(Wave.objects.select_for_update().get(pk=wave.pk), [row.reason])
    HeldBack.objects.filter(pk__in=[row.pk for row in rows]).update(state=HeldBack.State.OVER)


@transaction.atomic
def _purge(wave: Wave, on: date) -> None:
    rows = Invitation.objects.filter(wave=wave)
    for some in _chunks(str(pk) for pk in rows.values_list("pk", flat=True)):
        Message.objects.filter(kind__in=KINDS, key__in=some).delete()
    rows.delete()
    Wave.objects.filter(pk=wave.pk).update(purged_on=on)


def _chunks(ids: Iterable[str], size: int = 2000) -> list[list[str]]:
    found = list(ids)
    return [found[start : start + size] for start in range(0, len(found), size)]

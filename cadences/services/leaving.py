"""Somebody at an account has left, or has come back (R24): what hung on them goes to whom it should.

Their talks, and what they promised and were promised before, stay where they happened.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import date, timedelta
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import formats, timezone
from django.utils.translation import gettext as _

from accounts.models import Account
from accounts.services import create_account
from cadences.models import NotedDeparture, Touchpoint
from cadences.services.dates import add_todo
from cadences.services.returning import Before, hand_dates
from contacts.models import Commitment, Concern, Contact
from contacts.services import add_contact, edit_contact, raise_concern
from core import facts
from users.access import require, require_active
from users.clock import today_for
from users.models import User

FIND_SUCCESSOR_WITHIN = timedelta(days=7)
GOES_ALONG = (
    "first_name",
    "last_name",
    "language",
    "preferred_channel",
    "refused_channels",
    "attitude",
    "placed",
)
"""What is true of the person and not of the post: copied to where they work now."""
NOTHING_MOVED: dict[str, Any] = {"touchpoints": {}, "promises": []}


@dataclass(frozen=True)
class NextPost:
    """Where they work now: an account of ours, or the name of a company that becomes a prospect."""

    account: Account | None = None
    prospect: str = ""
    job_title: str = ""
    tell_owner: bool = False


@dataclass(frozen=True)
class Departure:
    """What is known when somebody has left.

    ``successor`` takes what is open; with neither, it stays until somebody is chosen. ``newcomer``: the
    fields of a successor whom we do not know yet. ``takes_main``: they are whom we call, too.
    """

    left_on: date
    successor: Contact | None = None
    newcomer: dict[str, Any] | None = None
    takes_main: bool = False
    next_post: NextPost | None = None


@dataclass(frozen=True)
class Hanging:
    """What hangs on a person: shown before it moves."""

    touchpoints: list[Touchpoint]
    promises: list[Commitment]
    reports: list[Contact]
    was_main: bool
    raises_concern: bool


@dataclass(frozen=True)
class Departed:
    """What came of it."""

    contact: Contact
    successor: Contact | None
    concern: Concern | None
    elsewhere: Contact | None


def hanging_on(user: User, contact: Contact) -> Hanging:
    """Three queries, however much there is."""
    rows = Touchpoint.objects.visible_to(user).open().filter(contact=contact)
    promises = Commitment.objects.visible_to(user).open().filter(contact=contact)
    return Hanging(
        touchpoints=list(rows.select_related("slot", "assignee").order_by("due_on", "id")),
        promises=list(promises.select_related("user").order_by("due_on", "id")),
        reports=list(Contact.objects.visible_to(user).filter(reports_to=contact).employed()),
        was_main=contact.is_main,
        raises_concern=_matters(contact),
    )


@transaction.atomic
def has_left(user: User, contact: Contact, said: Departure) -> Departed:
    """End the employment, move what is open, watch over what it puts at risk, open them where they went.

    All or nothing. Raises PermissionDenied, or ValidationError by field.
    """
    _require_editable(user, contact)
    contact = _locked(contact, said.next_post)
    _check(user, contact, said)
    mattered, before = _role_in_words(contact), Before.of(contact)
    edit_contact(user, contact, left_on=said.left_on)
    successor = said.successor
    if said.newcomer is not None:
        successor = add_contact(user, contact.account, **said.newcomer, is_main=False)
    moved = _hand_over(contact, successor) if successor is not None else NOTHING_MOVED
    if successor is not None and before.was_main and said.takes_main:
        successor = edit_contact(user, successor, is_main=True)
    concern = _concern(user, contact, said.left_on, mattered) if mattered else None
    elsewhere = _opened_elsewhere(user, contact, said) if said.next_post is not None else None
    done = Departed(contact, successor, concern, elsewhere)
    _keep(user, said, done, asdict(before) | moved)
    facts.changed(account_ids=[contact.account_id])
    return done


def _keep(user: User, said: Departure, done: Departed, moved: dict[str, Any]) -> None:
    """For ``services.returning``: for a day it can be taken back."""
    added = [done.successor] if said.newcomer is not None else []
    added += [done.elsewhere] if done.elsewhere is not None else []
    made = {
        "successor": done.successor.pk if done.successor else None,
        "takes_main": said.takes_main,
        "concern": done.concern.pk if done.concern else None,
        "added": [person.pk for person in added if person is not None],
    }
    NotedDeparture.objects.create(contact=done.contact, noted_by=user, moved=moved | made)


@transaction.atomic
def came_back(user: User, contact: Contact) -> Contact:
    """They work there again, or never left. What has moved stays with who has it now."""
    _require_editable(user, contact)
    contact = _locked(contact)
    if contact.left_on is None:
        raise ValidationError(_("%(name)s works there.") % {"name": contact.name})
    return edit_contact(user, contact, left_on=None)


def _require_editable(user: User, contact: Contact) -> None:
    require_active(user)
    require(
        Contact.objects.editable_by(user).filter(pk=contact.pk).exists(),
        _("Only those who look after the account may change its people."),
    )


def _locked(contact: Contact, next_post: NextPost | None = None) -> Contact:
    """The row as it is now; both accounts are locked in one order, whoever moves the other way."""
    accounts = {contact.account_id}
    if next_post is not None and next_post.account is not None:
        accounts.add(next_post.account.pk)
    list(Account.objects.select_for_update(no_key=True, of=("self",)).filter(pk__in=accounts).order_by("pk"))
    locked: Contact = (
        Contact.objects.select_for_update(of=("self",)).select_related("account__owner").get(pk=contact.pk)
    )
    return locked


def _check(user: User, contact: Contact, said: Departure) -> None:
    if contact.left_on is not None:
        words = {"name": contact.name, "day": formats.date_format(contact.left_on)}
        raise ValidationError(_("%(name)s has left on %(day)s already.") % words)
    wrong: dict[str, str] = {}
    if said.left_on > today_for(user):
        wrong["left_on"] = _(
            "That day is still to come: note a to-do for it, and say so here once they have left."
        )
    if said.successor is not None and said.newcomer is not None:
        wrong["successor"] = _("Choose one of us you know or enter somebody new, not both.")
    elif said.successor is not None and not _works_there(said.successor, contact):
        wrong["successor"] = _("Choose somebody else who works at this account.")
    post = said.next_post
    if post is not None and post.account is not None and post.account.pk == contact.account_id:
        wrong["employer"] = _("That is the account they have left: choose another one.")
    if wrong:
        raise ValidationError(wrong)


def _works_there(successor: Contact, contact: Contact) -> bool:
    there = Contact.objects.filter(account=contact.account_id, left_on__isnull=True).exclude(pk=contact.pk)
    return there.filter(pk=successor.pk).exists()


def _hand_over(contact: Contact, successor: Contact) -> dict[str, Any]:
    """Open touchpoints and promises that name who left name the successor instead; which."""
    rows = list(Touchpoint.objects.open().filter(contact=contact))
    promises = list(Commitment.objects.open().filter(contact=contact).values_list("pk", flat=True))
    moved = {"contact": successor, "updated_at": timezone.now()}
    Touchpoint.objects.filter(pk__in=[row.pk for row in rows]).update(**moved)
    Commitment.objects.filter(pk__in=promises).update(**moved)
    return {"touchpoints": {row.pk: hand_dates(row) for row in rows}, "promises": promises}


def _matters(contact: Contact) -> bool:
    return bool({"decides", "champions"} & set(contact.decision_roles))


def _role_in_words(contact: Contact) -> str:
    """What the account loses with them; empty for somebody whose going puts nothing at risk."""
    decides, champions = (role in contact.decision_roles for role in ("decides", "champions"))
    if decides and champions:
        return _("%(name)s, who decided and championed us, has left on %(day)s.")
    if decides:
        return _("%(name)s, who decided, has left on %(day)s.")
    return _("%(name)s, who championed us, has left on %(day)s.") if champions else ""


def _concern(user: User, contact: Contact, left_on: date, words: str) -> Concern:
    """For the account's owner: somebody has to be won anew."""
    what = words % {"name": contact.name, "day": formats.date_format(left_on)}
    decides = "decides" in contact.decision_roles
    return raise_concern(
        user,
        contact.account,
        " ".join([what, _("Find out who takes their place, and how that person stands to us.")]),
        Concern.Severity.HIGH if decides else Concern.Severity.MEDIUM,
        contact=contact,
        due_on=today_for(user) + FIND_SUCCESSOR_WITHIN,
    )


def _opened_elsewhere(user: User, contact: Contact, said: Departure) -> Contact | None:
    """Their row at the new employer; one that stands there already is tied to the old one."""
    post = said.next_post
    if post is None:
        return None
    account = post.account or _prospect(user, post.prospect)
    person = account.contacts.employed().filter(name_folded=contact.name_folded).first()
    if person is None:
        fields: dict[str, Any] = {name: getattr(contact, name) for name in GOES_ALONG}
        fields |= {"formerly": contact, "job_title": post.job_title.strip()}
        person = add_contact(user, account, **fields)
    elif person.formerly_id is None and Contact.objects.editable_by(user).filter(pk=person.pk).exists():
        person.formerly = contact
        person.save(update_fields=["formerly", "updated_at"])
    if post.tell_owner:
        _tell_owner(user, account, person, contact)
    return person


def _prospect(user: User, name: str) -> Account:
    """A new account, with whoever opens it; refused where there is one of that name."""
    if Account.objects.filter(name__iexact=name.strip()).exists():
        message = _("There is an account of the name %(name)s: choose it instead of a new one.")
        raise ValidationError({"employer": message % {"name": name.strip()}})
    return create_account(user, name=name.strip(), owner=user if user.may_own_accounts else None)


def _tell_owner(user: User, account: Account, person: Contact, formerly: Contact) -> None:
    """A to-do on their day: somebody who knows us has arrived at their account."""
    words = _("%(name)s has come here from %(account)s and knows us: welcome them.")
    text = words % {"name": person.name, "account": formerly.account.name}
    todo = add_todo(user, account, text, today_for(user), contact=person)
    if account.owner is not None and account.owner.is_active:
        todo.assignee = account.owner
        todo.save(update_fields=["assignee", "updated_at"])

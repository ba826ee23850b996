"""What the people of the demo have on their desks: thank-yous to send, letters to print, meetings, a mailing.

All of it through the verbs, as if they had done it this morning; nothing of it has left yet.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, time, timedelta

from django.utils import timezone

from accounts.models import Account
from cadences.meetings.services import Terms, agree
from contacts.models import Contact, Interaction
from correspondence.letters.making import address_gaps
from correspondence.mailings.services import save
from correspondence.models import Identity, Medium, Piece, Template, Use
from correspondence.pieces import services
from correspondence.pieces.services import PieceDraft
from correspondence.pieces.wording import language_of, without_promises
from correspondence.placeholders import Subject
from correspondence.texts import seeding
from correspondence.texts.services import pick, write
from correspondence.words.filling import gaps_in
from imports.demo.days import WorkingDays
from imports.demo.people import SELLERS
from users.models import User

LATELY = timedelta(days=30)
TALKS = 3  # of one salesperson, to be thanked for
MEETINGS = (
    (2, time(10), time(11, 30), "Walk through their new line and what it needs from us"),
    (6, time(14), time(15), "How the first months went, and what comes next year"),
)


def on_the_desks(users: dict[str, User], today: date) -> None:
    """Every salesperson has something of each kind."""
    seeding.seed()
    for person in SELLERS:
        user = users[person.key]
        _own_address(user)
        for number, (talk, contact) in enumerate(_talks(user, today)):
            _thank(user, talk, contact, is_queued=number > 0)
        _meet(user, today)
    _mailing(next(user for user in users.values() if user.is_manager))


def _own_address(user: User) -> None:
    """Verified, as a click on the link would have done."""
    Identity.objects.create(
        user=user, name=user.display_name, address=user.email or "", verified_at=timezone.now(),
        signature=f"**{user.display_name}**\n{user.job_title}",
    )  # fmt: skip


def _talks(user: User, today: date) -> Iterator[tuple[Interaction, Contact]]:
    """The latest calls with somebody to whom a letter finds its way."""
    rows = Interaction.objects.filter(
        user=user, kind="call", reached=True, contact__left_on=None, contact__isnull=False,
        happened_on__gt=today - LATELY, account__owner=user,
    )  # fmt: skip
    found = 0
    for talk in rows.select_related("account", "contact").order_by("-happened_on", "-id"):
        contact = talk.contact
        if found == TALKS or contact is None or not contact.email or address_gaps(talk.account):
            continue
        if not set(contact.refused_channels) & set(Medium.values):
            found += 1
            yield talk, contact


def _thank(user: User, talk: Interaction, contact: Contact, *, is_queued: bool) -> None:
    """Both media as drafts, or the letter alone, ready for the printer."""
    language = language_of(talk.account, contact)
    email: Piece | None = None
    for medium in (Medium.LETTER,) if is_queued else (Medium.EMAIL, Medium.LETTER):
        text = pick(Use.THANK_YOU, medium, language)
        if text is None:
            continue
        subject = Subject(talk.account_id, contact.pk, user.pk, language, talk.pk)
        words = write(text, subject, gaps=True)
        body = without_promises(words.body)
        if is_queued:  # what has no value was left out by whoever looked it over
            body = "\n\n".join(part for part in body.split("\n\n") if not gaps_in(part))
        draft = PieceDraft(
            medium, contact, words.subject, body, use=Use.THANK_YOU, language=text.language,
            text=text, about=talk, twin=email,
        )  # fmt: skip
        piece = services.prepare(user, talk.account, draft)
        if is_queued and not gaps_in(words.subject):
            services.queue(user, piece)
        email = piece


def _meet(user: User, today: date) -> None:
    """Two customers in the coming days, with people who work there."""
    known = Contact.objects.filter(left_on=None)
    rows = Account.objects.filter(
        owner=user, status=Account.Status.CUSTOMER, paused_from=None, pk__in=known.values("account")
    ).order_by("-pk")
    for account, (ahead, at, until, purpose) in zip(rows, MEETINGS, strict=False):
        days = WorkingDays.of(str(account.country), around=today)
        agree(
            user,
            account,
            Terms(
                on=days.on_or_after(today + timedelta(days=ahead)), at=at, until=until,
                time_zone=user.time_zone, host=user, contacts=list(known.filter(account=account)[:2]),
                place=f"{account.street}, {account.city}", purpose=purpose,
                agenda="What they expect of us\nWhat we promised\nWho else should be at the table",
            ),
        )  # fmt: skip


def _mailing(manager: User) -> None:
    """A season's greeting that waits for its day."""
    template = Template.objects.offered().filter(use=Use.GREETING).first()
    fields = {
        "name": "Season's greetings to customers", "medium": Medium.LETTER, "template": template,
        "query": "status=customer", "criteria": "Customers",
    }  # fmt: skip
    save(manager, fields)

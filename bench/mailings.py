"""A mailing: its audience counted, frozen and prepared, beside a bare insert of the same rows."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from django.db import connection, transaction
from django.utils import timezone

from accounts.models import Account, Tag
from bench.engine import settle, timed
from bench.report import Line
from contacts.models import Contact
from correspondence.mailings import preparing, services
from correspondence.mailings.audience import Audience
from correspondence.models import Identity, Mailing, Message, Piece, Template, TemplateText, Use
from users.models import User

GOAL_SECONDS = 60.0  # 50,000 recipients
MEASURED_AT = 50_000
# In the order in which they are inserted; each names those before it.
TABLES = ("correspondence_message", "correspondence_piece", "correspondence_recipient")
COLUMNS = """
SELECT string_agg(quote_ident(attname), ', ') FROM pg_attribute
WHERE attrelid = %s::regclass AND attnum > 0 AND NOT attisdropped
"""
BODY = "{{salutation}}\n\nthank you for being a customer since {{customer_since}}.\n\n{{sender}}"


@dataclass
class Measured:
    """Seconds of each step; ``bare``: of putting the same rows in as they are."""

    recipients: int = 0
    count: float = 0.0
    freeze: float = 0.0
    prepare: float = 0.0
    bare: float = 0.0

    @property
    def whole(self) -> float:
        return self.freeze + self.prepare


def measure(wanted: int, say: Callable[[str], None]) -> Measured:
    """Count, freeze and prepare; then take the rows out and put them in again. Changes the database.

    Raises RuntimeError when it did not reach everybody.
    """
    found = Measured()
    admin, mailing = _ground(wanted)
    accounts = Account.objects.filter(tags__name="mailing").order_by().values("pk")
    found.count = timed(lambda: Audience(mailing, accounts=accounts, user=admin).groups())
    found.freeze = timed(lambda: services.schedule(admin, mailing, accounts, starts_at=None, per_hour=1_000))
    found.prepare = timed(lambda: preparing.prepare(mailing.pk))
    found.recipients = Piece.objects.filter(mailing=mailing).count()
    if not found.recipients == Message.objects.count() == mailing.recipients.count():
        raise RuntimeError(f"{found.recipients} pieces, {Message.objects.count()} mails.")
    settle()
    found.bare = _bare()
    say(f"  {found.recipients:,} recipients: counted in {found.count:.2f} s, frozen in {found.freeze:.1f} s, "
        f"prepared in {found.prepare:.1f} s; bare insert {found.bare:.1f} s")  # fmt: skip
    return found


def lines(found: Measured) -> list[Line]:
    goal = GOAL_SECONDS if found.recipients <= MEASURED_AT else None
    size = f"{found.recipients:,} recipients"
    return [
        Line(f"count of an audience, {size}", found.count, "s", detail="while criteria are chosen"),
        Line(
            f"mailing prepared, {size}", found.whole, "s", goal,
            detail=f"frozen in {found.freeze:.2f} s, pieces and mails in {found.prepare:.2f} s",
        ),
        Line(
            f"mailing prepared against a bare insert, {size}", found.whole / found.bare,
            detail=f"{found.bare:.2f} s for recipients, pieces and mails as they are",
        ),
    ]  # fmt: skip


def _ground(wanted: int) -> tuple[User, Mailing]:
    """Owners with verified senders, people with addresses of their own, a template and a draft."""
    now = timezone.now()
    owners = User.objects.filter(owned_accounts__isnull=False).distinct()
    Identity.objects.bulk_create(
        Identity(user=owner, name=owner.display_name, address=f"{owner.pk}@bench.example", verified_at=now)
        for owner in owners
    )
    people = Contact.objects.filter(
        is_main=True, left_on=None, account__owner__is_active=True, account__became_customer_on__isnull=False,
        account__paused_from=None, paused_until=None,
    ).order_by("pk")  # fmt: skip
    chosen = people.values_list("account", flat=True)[:wanted]
    tag, _new = Tag.objects.get_or_create(name="mailing")
    hung = Account.tags.through
    hung.objects.bulk_create(hung(account_id=account, tag=tag) for account in chosen)
    template = Template.objects.create(name="Bench", use=Use.GREETING)
    TemplateText.objects.create(
        template=template, medium="email", language="en", number=1, subject="For {{account}}", body=BODY
    )
    admin = User.objects.create_user(email="mailer@bench.example", display_name="Mailer", roles=["admin"])
    return admin, Mailing.objects.create(name="Bench", template=template, created_by=admin)


def _bare() -> float:
    """The same rows, taken out and put in again by one statement for each table."""
    with connection.cursor() as cursor:
        for table in TABLES:
            cursor.execute(f"CREATE TEMPORARY TABLE kept_{table} AS TABLE {table}")
        for table in reversed(TABLES):
            cursor.execute(f"DELETE FROM {table}")
    settle()
    return timed(_put_back)


@transaction.atomic
def _put_back() -> None:
    with connection.cursor() as cursor:
        for table in TABLES:
            cursor.execute(COLUMNS, [table])
            columns = cursor.fetchone()[0]
            cursor.execute(f"INSERT INTO {table} ({columns}) SELECT {columns} FROM kept_{table}")

"""One account on paper: how we stand, the people, what is open, what was said, what they bought."""

from __future__ import annotations

from django.db.models import Sum
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.models import Account, AccountFile, FiveWAnswer
from cadences.models import Touchpoint
from contacts.models import Commitment, Concern, Contact, Expectation, Interaction
from imports.taking_out import said
from imports.taking_out.reports import Report, Row, Section
from sales.models import Purchase
from users.models import Company, User

MOST = 500
"""Talks and purchases, the latest ones: a dossier is read, the archive is complete."""

FACTS = (
    "status", "became_customer_on", "former_since", "owner", "owner_since", "tier", "industry", "employees",
    "street", "postal_code", "city", "region", "country", "phone", "email", "website", "paused_until",
    "pause_reason", "about",
)  # fmt: skip
PERSON = (
    "name",
    "job_title",
    "department",
    "phone",
    "mobile",
    "email",
    "decision_roles",
    "attitude",
    "about",
)


def report(user: User, account: Account) -> Report:
    """What this user may read of the account. The same number of queries for a small one and a large one."""
    words = {"company": Company.get().name, "day": said.day(timezone.localdate()), "user": user}
    return Report(
        title=account.name,
        lead=_("Dossier of %(company)s as of %(day)s, for %(user)s.") % words,
        footer=account.name,
        sections=[
            Section(_("The account"), said.rows([account], FACTS)),
            _people(user, account),
            _open(user, account),
            _coming(user, account),
            _five_ws(account),
            _purchases(user, account),
            _talks(user, account),
            _files(user, account),
        ],
    )


def _people(user: User, account: Account) -> Section:
    people = Contact.objects.visible_to(user).employed().filter(account=account).order_by("name_folded", "pk")
    rows = [[(_("Name"), one.name), *said.rows([one], PERSON[1:])[0]] for one in people]
    return Section(_("People"), rows)


def _open(user: User, account: Account) -> Section:
    """Promises, concerns and expectations that are not settled."""
    concerns = Concern.objects.visible_to(user).filter(account=account, resolved_on__isnull=True)
    promises = Commitment.objects.visible_to(user).open().filter(account=account).select_related("user")
    hopes = Expectation.objects.visible_to(user).filter(account=account, state=Expectation.State.OPEN)
    rows: list[Row] = []
    for concern in concerns.select_related("owner").order_by("-severity", "pk"):
        rows.append(
            [
                (_("Concern"), concern.what),
                *said.rows([concern], ("severity", "owner", "opened_on", "due_on"))[0],
            ]
        )
    for promise in promises.order_by("due_on", "pk"):
        whose = _("Our promise") if promise.by_us else _("Their promise")
        rows.append([(whose, promise.what), *said.rows([promise], ("due_on", "user"))[0]])
    for hope in hopes.order_by("led_on", "pk"):
        rows.append([(_("They expect"), hope.what), (_("Since"), said.day(hope.led_on))])
    return Section(_("What is open"), rows)


def _coming(user: User, account: Account) -> Section:
    owed = (
        Touchpoint.objects.visible_to(user).open().filter(account=account).select_related("slot", "assignee")
    )
    rows = [
        [
            (_("Due"), said.day(row.due_on)),
            (_("What"), row.slot.name),
            (_("Who"), said.plain(row.assignee or "")),
        ]
        for row in owed.order_by("due_on", "pk")
    ]
    return Section(_("What is owed"), rows, widths=(1, 3, 2))


def _five_ws(account: Account) -> Section:
    """Read by whoever reads the account."""
    answers = FiveWAnswer.objects.filter(account=account).order_by("pk")
    return Section(
        _("What we know of their work with us"),
        [
            [(answer.get_w_display(), said.value(answer, "reason")), (_("In words"), answer.words)]
            for answer in answers
        ],
    )


def _purchases(user: User, account: Account) -> Section:
    bought = Purchase.objects.visible_to(user).filter(account=account, voided_at__isnull=True)
    latest = bought.order_by("-purchased_on", "-pk")[: MOST + 1]
    rows = [
        [
            (_("Day"), said.day(one.purchased_on)),
            (_("What"), one.about),
            (_("Amount"), f"{said.plain(one.amount)} {one.currency}"),
        ]
        for one in latest
    ]
    sums = bought.values("currency").annotate(total=Sum("amount")).order_by("currency")
    total = ", ".join(f"{said.plain(one['total'])} {one['currency']}" for one in sums)
    notes = [_("All together: %(total)s.") % {"total": total} if total else "", _cut(rows)]
    return Section(_("Purchases"), rows[:MOST], widths=(1, 3, 1), note=" ".join(filter(None, notes)))


def _talks(user: User, account: Account) -> Section:
    talks = Interaction.objects.visible_to(user).filter(account=account, withdrawn_at__isnull=True)
    latest = talks.select_related("contact", "user").order_by("-happened_on", "-pk")[: MOST + 1]
    rows = [
        [
            (_("Day"), said.day(talk.happened_on)),
            (_("How"), f"{talk.get_kind_display()}, {talk.get_outcome_display()}"),
            (_("With"), talk.contact.name if talk.contact else ""),
            (_("Who of us"), said.plain(talk.user or "")),
            (_("What was said"), talk.summary),
        ]
        for talk in latest
    ]
    return Section(_("Talks, mails and notes"), rows[:MOST], widths=(5, 6, 6, 6, 15), note=_cut(rows))


def _files(user: User, account: Account) -> Section:
    files = AccountFile.objects.visible_to(user).kept().filter(account=account).order_by("-created_at")
    rows = [
        [(_("Day"), said.day(file.created_at.date())), (_("File"), file.name), (_("What it is"), file.about)]
        for file in files
    ]
    return Section(_("Files"), rows, widths=(1, 2, 3))


def _cut(rows: list[Row]) -> str:
    """Says so where older ones are left out."""
    if len(rows) <= MOST:
        return ""
    return (
        ngettext(
            "Only the latest %d; older ones are in Tend.", "Only the latest %d; older ones are in Tend.", MOST
        )
        % MOST
    )

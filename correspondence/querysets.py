"""How pages and the dispatcher get rows; of the outbox only admins see any."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any, Self

from django.db import models
from django.db.models import Case, CharField, Count, Exists, OuterRef, Q, Value, When
from django.db.models.functions import Cast, Concat, TruncDate
from django.utils import timezone

from correspondence.mailing_querysets import PAUSED, STOPPED
from users.access import acts_for, owned_side

if TYPE_CHECKING:
    from users.models import User

SUMMARY_DAYS = 14
TROUBLE_DAYS = 30


class _ForAdmins(models.QuerySet[Any]):
    def visible_to(self, user: User) -> Self:
        return self if user.is_active and user.is_admin else self.none()

    def editable_by(self, user: User) -> Self:
        return self.visible_to(user)


class MessageQuerySet(_ForAdmins):
    """Rows of the outbox."""

    def due(self, now: datetime) -> Self:
        """What may be sent now, what somebody waits for first."""
        waiting = self.filter(state="pending", next_try_at__lte=now)
        return waiting.order_by("-is_urgent", "next_try_at", "id")

    def by_provider(self, provider_id: str, recipient: str) -> Self:
        """The mail that a provider's report is about; some report our own Message-ID."""
        ours = Q(provider_id=provider_id) | Q(message_id=provider_id) | Q(message_id=f"<{provider_id}>")
        return self.filter(ours, recipient=recipient)

    def by_return_path(self, letters: str) -> Self:
        """The mail that came back to ``b+<letters>@`` our domain."""
        return self.filter(message_id__startswith=f"<{letters}")

    def for_list(self) -> Self:
        """The newest first; neither texts nor ids that the page does not show."""
        return self.defer("stored", "payload").order_by("-created_at", "-id")

    def senders(self) -> models.QuerySet[Any, Any]:
        """The addresses that mails are sent from, the settings' own apart."""
        used = self.exclude(from_address="").order_by().values_list("from_address", flat=True)
        return used.distinct()

    def on_day(self, day: date) -> Self:
        """Made on that civil day in the active time zone."""
        start = timezone.make_aware(datetime.combine(day, datetime.min.time()))
        end = timezone.make_aware(datetime.combine(day + timedelta(days=1), datetime.min.time()))
        return self.filter(created_at__gte=start, created_at__lt=end)

    def by_day_and_kind(self, today: date) -> models.QuerySet[Any, dict[str, Any]]:
        """``day, kind, state, n`` of the last two weeks, in one query."""
        first = timezone.make_aware(
            datetime.combine(today - timedelta(days=SUMMARY_DAYS - 1), datetime.min.time())
        )
        recent = self.filter(created_at__gte=first).annotate(day=TruncDate("created_at"))
        return recent.values("day", "kind", "state").annotate(n=Count("id")).order_by("-day", "kind", "state")

    def by_state(self) -> dict[str, int]:
        """How many rows are in each state, states that nobody knows included."""
        rows = self.order_by().values_list("state").annotate(n=Count("id"))
        return dict(rows)


class SuppressionQuerySet(_ForAdmins):
    """Addresses that get no mail."""

    def in_force(self, now: datetime) -> Self:
        return self.filter(Q(until__isnull=True) | Q(until__gt=now))

    def about(self, topic: str) -> Self:
        """Those that hold for this topic."""
        return self.filter(topic__in=["", topic])

    def for_list(self) -> Self:
        return self.order_by("-created_at", "-id")

    def matching(self, words: str) -> Self:
        """Those whose address contains the words."""
        plain = words.replace("\x00", "").lower()
        return self.filter(address__contains=plain) if plain else self


class ReportQuerySet(models.QuerySet[Any]):
    """Bounces and complaints."""

    def since(self, moment: datetime) -> Self:
        return self.filter(reported_at__gte=moment)


class HaltQuerySet(_ForAdmins):
    """Halted topics."""

    def standing(self) -> Self:
        return self.filter(halted_at__isnull=False).order_by("topic")


def may_write_templates(user: User) -> bool:
    """Everybody writes with templates; managers and admins write them."""
    return user.is_active and (user.is_manager or user.is_admin)


class _TemplateWords(models.QuerySet[Any]):
    def visible_to(self, user: User) -> Self:
        return self if user.is_active else self.none()

    def editable_by(self, user: User) -> Self:
        return self if may_write_templates(user) else self.none()


class TemplateQuerySet(_TemplateWords):
    """What is written again and again."""

    def offered(self) -> Self:
        """Those that are not retired, in the order of the alphabet."""
        return self.filter(is_retired=False).order_by("name")

    def for_list(self) -> Self:
        """By what they are for, in the order of a customer's life; the retired ones behind."""
        from correspondence.models import Use  # noqa: PLC0415 - models import this module

        places = [When(use=use, then=Value(place)) for place, use in enumerate(Use.values)]
        return self.order_by("is_retired", Case(*places, default=Value(len(places))), "name")

    def of_use(self, use: str) -> Self:
        """What is offered for one use."""
        return self.offered().filter(use=use)


class TemplateTextQuerySet(_TemplateWords):
    """Versions of words."""

    def current(self) -> Self:
        """The newest of each template, medium and language: the one that counts."""
        newer = self.model.objects.filter(
            template=OuterRef("template"), medium=OuterRef("medium"), language=OuterRef("language"),
            number__gt=OuterRef("number"),
        )  # fmt: skip
        return self.filter(~Exists(newer))

    def in_pick_order(self) -> Self:
        return self.select_related("template").order_by("template__name", "medium", "language")

    def for_list(self) -> Self:
        """Where there are words, and since when; without the words themselves."""
        return self.defer("subject", "body").order_by("medium", "language")

    def languages(self) -> models.QuerySet[Any, Any]:
        """In which languages anything offered is written."""
        offered = self.filter(template__is_retired=False).order_by()
        return offered.values_list("language", flat=True).distinct()

    def of(self, medium: str, language: str) -> Self:
        """All versions in one medium and language, the newest first."""
        return self.filter(medium=medium, language=language).order_by("-number")

    def with_writers(self) -> Self:
        return self.select_related("written_by")


class IdentityQuerySet(models.QuerySet[Any]):
    """A sender is its user's alone; admins see who has one."""

    def visible_to(self, user: User) -> Self:
        if not user.is_active:
            return self.none()
        return self if user.is_admin else self.filter(user=user)

    def editable_by(self, user: User) -> Self:
        return self.filter(user=user) if user.is_active else self.none()

    def for_list(self) -> Self:
        """By the names of the users."""
        return self.select_related("user").order_by("user__display_name", "id")

    def verified(self) -> Self:
        """Those that send: proven, and their user works here."""
        return self.filter(verified_at__isnull=False, user__is_active=True)


class PieceQuerySet(models.QuerySet[Any]):
    """What has left is read by everybody who reads the account; until then it is its writers' own."""

    def visible_to(self, user: User) -> Self:
        if not user.is_active:
            return self.none()
        return self.filter(Q(state="left") | _writers(user))

    def editable_by(self, user: User) -> Self:
        """Its sender and who acts for them, who made it, and those who look after the account."""
        return self.filter(_writers(user)) if user.is_active else self.none()

    def drafts(self) -> Self:
        return self.filter(state="draft")

    def in_the_name_of(self, user: User) -> Self:
        """Theirs to send: in their name, made by them, or left behind on their accounts."""
        return self.filter(Q(sender=user) | Q(created_by=user) | _left_behind(user))

    def made_by(self, whom: str, user: User) -> Self:
        """``night``, ``me`` or ``others``."""
        if whom == "night":
            return self.filter(created_by=None)
        return (
            self.filter(created_by=user)
            if whom == "me"
            else self.exclude(created_by=None).exclude(created_by=user)
        )

    def for_drafts(self) -> Self:
        """With what a line of the list says, and how many files go with it."""
        rows = self.select_related("account", "contact", "sender", "created_by", "text")
        return rows.annotate(file_count=Count("files"))

    def in_trouble(self, user: User) -> Self:
        """Mails of theirs that did not arrive, or of which nobody knows; those of the last weeks.

        What its writers have written again troubles nobody any more, nor what a person holds back together
        with its mailing.
        """
        since = timezone.now() - timedelta(days=TROUBLE_DAYS)
        cancelled = Q(message__state="cancelled") & ~Q(message__reason__in=[PAUSED, STOPPED])
        stuck = Q(state="queued") & (Q(message__state__in=["failed", "uncertain"]) | cancelled)
        back = Q(state="left", message__returned_at__gte=since)
        theirs = Q(sender=user) | _left_behind(user)
        again = Concat(Value("again "), Cast(OuterRef("pk"), CharField()), Value(" by "))
        rewritten = self.model.objects.filter(account=OuterRef("account"), origin__startswith=again)
        found = self.filter(stuck | back, theirs, message__updated_at__gte=since)
        return found.exclude(Exists(rewritten.exclude(state="cancelled")))

    def letters_to_print(self) -> Self:
        """Queued letters, those of a paused mailing excepted."""
        return self.filter(state="queued", medium="letter").exclude(mailing__state="paused")

    def in_order(self) -> Self:
        """The oldest first, with what a row of a list says."""
        return self.select_related("account", "contact", "sender", "message").order_by("created_at", "id")


class PieceFileQuerySet(models.QuerySet[Any]):
    """Read by whoever may read the mail that they go with."""

    def visible_to(self, user: User) -> Self:
        from correspondence.models import Piece  # noqa: PLC0415 - models import this module

        return self.filter(piece__in=Piece.objects.visible_to(user))


def _left_behind(user: User) -> Q:
    """On the user's accounts, in the name of somebody who works here no more."""
    return Q(account__owner=user) & (Q(sender__is_active=False) | Q(sender__isnull=True))


def _writers(user: User) -> Q:
    own = Q(sender__in=acts_for(user)) | Q(created_by=user)
    return own | owned_side(user, "account__owner")

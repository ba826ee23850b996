"""How pages get mailings and what became of their recipients."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any, Self

from django.db import models
from django.db.models import Case, CharField, Count, F, OuterRef, Q, Subquery, Value, When
from django.db.models.functions import Coalesce
from django.utils import timezone

from users.access import acts_for

if TYPE_CHECKING:
    from users.models import User

PAUSED, STOPPED = "mailing paused", "mailing stopped"
"""Why a mail was cancelled that a person held back, for a while or for good."""

BOUNCES = ("hard_bounce", "soft_bounces")
BOUNCES_COME = timedelta(days=7)
"""So long after the last mail of a mailing a bounce of one of its addresses is about it."""


class MailingQuerySet(models.QuerySet[Any]):
    """A mailing is its maker's, of those who act for them, and the admins'; for others there is none."""

    def visible_to(self, user: User) -> Self:
        if not user.is_active or not user.may_mail:
            return self.none()
        return self if user.is_admin else self.filter(created_by__in=acts_for(user))

    def editable_by(self, user: User) -> Self:
        return self.visible_to(user)

    def for_list(self) -> Self:
        """The newest first, with what a row says."""
        return self.select_related("created_by", "sender", "template").order_by("-created_at", "-id")


class RecipientQuerySet(models.QuerySet[Any]):
    def waiting(self) -> Self:
        """Those whose piece is not made yet."""
        return self.filter(piece__isnull=True, excluded="")

    def with_outcome(self) -> Self:
        """``outcome``: see :class:`correspondence.models.Outcome`; ``told``: its reason in words."""
        return self.annotate(heard=_heard()).annotate(outcome=_outcome(), told=_told())

    def for_list(self) -> Self:
        return self.select_related("account", "contact", "sender", "piece").order_by("id")

    def by_outcome(self) -> dict[str, int]:
        """How many came out how, in one query."""
        rows = self.with_outcome().order_by().values_list("outcome").annotate(n=Count("pk"))
        return dict(rows)


def _heard() -> Subquery:
    """What the address said since the mailing began: bounced (until a week after its end), unsubscribed,
    complained.
    """
    from correspondence.models import Suppression  # noqa: PLC0415 - models import this module

    is_over = Coalesce(OuterRef("mailing__finished_at"), Value(timezone.now())) + Value(BOUNCES_COME)
    said = Suppression.objects.filter(
        Q(topic="") | Q(topic=OuterRef("mailing__topic")),
        ~Q(reason__in=BOUNCES) | Q(created_at__lt=is_over),
        address=OuterRef("address"),
        created_at__gte=OuterRef("mailing__starts_at"),
    )
    return Subquery(said.order_by("-topic").values("reason")[:1])


def _outcome() -> Case:
    left = Q(piece__state="left")
    # the mail itself came back; or its address is known to be wrong, where nobody could say which mail it was
    returned = Q(piece__message__returned_at__isnull=False)
    bounced = Q(heard__in=BOUNCES)
    queued = Q(piece__state="queued", piece__medium="email")
    held = Q(piece__message__state="cancelled")
    cases: list[tuple[Q, str]] = [
        (Q(place__isnull=True), "excluded"),
        (~Q(excluded=""), "dropped"),
        (Q(piece__isnull=True, mailing__state="stopped"), "stopped"),
        (Q(piece__isnull=True), "waiting"),
        (left & Q(piece__medium="letter"), "posted"),
        (left & Q(heard="complaint"), "complained"),
        (left & Q(heard="unsubscribe"), "unsubscribed"),
        (left & (returned | bounced), "bounced"),
        (left, "sent"),
        (Q(piece__state="printed"), "printed"),
        (Q(piece__state="cancelled", piece__reason=STOPPED), "stopped"),
        (Q(piece__state="cancelled"), "dropped"),
        (Q(piece__medium="letter"), "to_print"),
        (queued & Q(piece__message__isnull=True), "failed"),  # its row is gone after half a year
        (queued & Q(piece__message__state="failed") & bounced, "bounced"),
        (queued & Q(piece__message__state="failed"), "failed"),
        (queued & Q(piece__message__state="uncertain"), "uncertain"),
        (queued & held & Q(piece__message__reason=STOPPED), "stopped"),
        (queued & held & ~Q(piece__message__reason=PAUSED), "dropped"),
    ]
    return Case(
        *(When(when, then=Value(then)) for when, then in cases),
        default=Value("waiting"),
        output_field=CharField(),
    )


def _told() -> Case:
    """Why it failed or was left out, as the outbox knows it or as it was kept when the mailing ended."""
    kept = Coalesce(F("piece__message__reason"), Value(""))
    return Case(
        When(~Q(reason=""), then=F("reason")),
        When(piece__message__state__in=["failed", "uncertain"], then=F("piece__message__last_error")),
        When(piece__message__state="cancelled", then=kept),
        When(piece__state="cancelled", then=F("piece__reason")),
        default=Value(""),
        output_field=CharField(),
    )

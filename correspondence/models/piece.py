"""One e-mail or letter of ours to one person."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from core.history import tracked
from core.models import TimeStamped
from correspondence.models.message import Topic
from correspondence.models.template import Medium, Use
from correspondence.querysets import PieceQuerySet


@tracked()
class Piece(TimeStamped):
    """One e-mail or letter to one named contact, from the first draft until it has left.

    ``subject`` and ``body`` hold finished words, from salutation to closing; name, title and signature are
    put below when it leaves. An e-mail in state ``queued`` has a row in the outbox, which alone knows what
    becomes of it (``message.state``); a letter is printed and then posted. When it has left, ``logged`` is
    the interaction that everybody reads on the account's page.
    """

    class State(models.TextChoices):
        DRAFT = "draft", _("Draft")
        QUEUED = "queued", _("Queued")
        PRINTED = "printed", _("Printed")
        LEFT = "left", pgettext_lazy("correspondence", "Sent")
        CANCELLED = "cancelled", _("Cancelled")

    medium = models.CharField(max_length=6, choices=Medium)
    use = models.CharField(max_length=10, choices=Use, default=Use.OTHER)
    topic = models.CharField(
        max_length=10, choices=Topic, default=Topic.SERVICE, help_text="What an opt-out is asked for."
    )
    account = models.ForeignKey("accounts.Account", on_delete=models.CASCADE, related_name="pieces")
    contact = models.ForeignKey("contacts.Contact", on_delete=models.CASCADE, related_name="pieces")
    sender = models.ForeignKey(
        "users.User", null=True, on_delete=models.SET_NULL, related_name="pieces",
        help_text="Who of us writes: their name, identity and signature.",
    )  # fmt: skip
    created_by = models.ForeignKey(
        "users.User", null=True, blank=True, on_delete=models.SET_NULL, related_name="+",
        help_text="Empty: the night.",
    )  # fmt: skip
    language = models.CharField(max_length=10, default="en")
    subject = models.CharField(max_length=200, blank=True)
    body = models.TextField(blank=True, help_text="Of a mailing: empty until it leaves.")
    text = models.ForeignKey(
        "correspondence.TemplateText", null=True, blank=True, on_delete=models.SET_NULL,
        related_name="pieces", help_text="The version it was written with.",
    )  # fmt: skip
    mailing = models.ForeignKey(
        "correspondence.Mailing", null=True, blank=True, on_delete=models.SET_NULL, related_name="pieces",
        db_index=False, help_text="The mailing that it is one of.",
    )  # fmt: skip
    refused_reason = models.CharField(
        max_length=200, blank=True, help_text="Why a medium is used that the contact does not want (R11)."
    )

    state = models.CharField(max_length=9, choices=State, default=State.DRAFT)
    reason = models.CharField(max_length=200, blank=True, help_text="Why it was cancelled.")
    not_before = models.DateTimeField(null=True, blank=True)
    left_on = models.DateField(null=True, blank=True, help_text="Civil day of handing over or posting.")

    twin = models.OneToOneField(
        "self", null=True, blank=True, on_delete=models.SET_NULL, related_name="twin_of",
        help_text="The other medium with the same words (R10), named on the later of the two.",
    )  # fmt: skip
    about = models.ForeignKey(
        "contacts.Interaction", null=True, blank=True, on_delete=models.SET_NULL, related_name="pieces",
        help_text="The talk that it thanks for.",
    )  # fmt: skip
    logged = models.OneToOneField(
        "contacts.Interaction", null=True, blank=True, on_delete=models.SET_NULL, related_name="piece",
        help_text="Written when it left.",
    )  # fmt: skip
    message = models.OneToOneField(
        "correspondence.Message", null=True, blank=True, on_delete=models.SET_NULL, related_name="piece"
    )
    origin = models.CharField(
        max_length=80, null=True, blank=True, unique=True,
        help_text="What it was made for, such as “touchpoint 12”: the same origin makes it once.",
    )  # fmt: skip

    objects = PieceQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="piece_left_on_a_day",
                condition=Q(state="left", left_on__isnull=False) | ~Q(state="left") & Q(left_on__isnull=True),
            ),
            models.CheckConstraint(
                name="piece_cancelled_with_reason", condition=~Q(state="cancelled") | ~Q(reason="")
            ),
            models.CheckConstraint(
                name="piece_printed_is_a_letter", condition=~Q(state="printed") | Q(medium="letter")
            ),
        ]
        indexes = [
            models.Index(fields=["mailing"], name="piece_of_mailing", condition=Q(mailing__isnull=False)),
            models.Index(fields=["account", "-created_at"], name="piece_of_account"),
            # drafts and the print queue of one person, oldest first
            models.Index(
                fields=["state", "medium", "sender", "created_at"],
                name="piece_waiting",
                condition=Q(state__in=["draft", "queued", "printed"]),
            ),
            # the engine asks for the thank-yous of all accounts, and reads nothing but this
            models.Index(
                fields=["account"],
                include=["id", "twin", "medium", "state", "left_on"],
                name="piece_thanks",
                condition=Q(use="thank_you", about__isnull=False),
            ),
            # who was written to lately
            models.Index(
                fields=["contact", "-left_on"], name="piece_left", condition=Q(left_on__isnull=False)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_medium_display()} {self.pk}: {self.subject}"

    @property
    def version(self) -> str:
        """Changes whenever somebody saves it."""
        return self.updated_at.isoformat()

    @property
    def is_open(self) -> bool:
        """Whether its words may still be changed."""
        return self.state == self.State.DRAFT

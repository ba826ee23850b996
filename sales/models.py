"""Sales to accounts: what starts the 1-2-1 track and decides the tier."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from contacts.querysets import OfAccountQuerySet
from core.history import tracked
from core.models import TimeStamped


@tracked()
class Purchase(TimeStamped):
    """A sale to an account on a civil date; a negative amount is a credit note.

    ``amount`` has 4 decimals and is the sum of the lines where there are lines; it is rounded only
    when shown or summed for people. A voided purchase stays and counts for nothing.
    """

    account = models.ForeignKey("accounts.Account", on_delete=models.CASCADE, related_name="purchases")
    external_id = models.CharField(max_length=60, null=True, blank=True, unique=True)
    purchased_on = models.DateField()
    amount = models.DecimalField(max_digits=18, decimal_places=4, default=0)
    currency = models.CharField(max_length=3)
    sold_by = models.ForeignKey(
        "users.User", null=True, blank=True, on_delete=models.SET_NULL, related_name="sales"
    )
    buyer = models.ForeignKey(
        "contacts.Contact", null=True, blank=True, on_delete=models.SET_NULL, related_name="purchases",
        help_text="Who ordered; somebody of this account, then or now.",
    )  # fmt: skip
    about = models.CharField(max_length=200, blank=True)
    voided_at = models.DateTimeField(null=True, blank=True)
    void_reason = models.CharField(max_length=200, blank=True)

    objects = OfAccountQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="purchase_voided_with_reason", condition=Q(voided_at__isnull=True) | ~Q(void_reason="")
            )
        ]
        indexes = [
            # first purchase, purchases of 12 months, timeline; covers the engine's scan
            models.Index(
                fields=["account", "purchased_on"],
                name="purchase_counts",
                include=["amount", "currency", "id"],
                condition=Q(voided_at__isnull=True),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.purchased_on}: {self.amount:.2f} {self.currency}"


class PurchaseLine(models.Model):
    """One product of a purchase: amount = unit price x quantity x (1 - discount)."""

    purchase = models.ForeignKey(Purchase, on_delete=models.CASCADE, related_name="lines")
    line_key = models.CharField(
        max_length=80, help_text="What identifies the line in its source, e.g. a product id."
    )
    product = models.CharField(max_length=200, blank=True)
    unit_price = models.DecimalField(max_digits=18, decimal_places=4)
    quantity = models.DecimalField(max_digits=14, decimal_places=4)
    discount = models.DecimalField(max_digits=7, decimal_places=6, default=0, help_text="0 to 1.")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["purchase", "line_key"], name="purchaseline_once"),
            models.CheckConstraint(name="purchaseline_discount_0_1", condition=Q(discount__range=(0, 1))),
        ]

    def __str__(self) -> str:
        return f"{self.quantity} x {self.product or self.line_key}"


class Worth(models.Model):
    """What an account meant to the company in the 12 months up to ``counted_on`` (R8); none: nothing.

    Counted anew every night for all accounts, because a share and a rank depend on everybody's purchases
    and no page may add those up. Machine-made, therefore without history.
    """

    # checking every key would double the cost of the night; who is gone is not counted the next time
    account = models.OneToOneField(
        "accounts.Account",
        primary_key=True,
        on_delete=models.CASCADE,
        db_constraint=False,
        related_name="worth",
    )
    counted_on = models.DateField()
    revenue = models.DecimalField(max_digits=18, decimal_places=4)
    currency = models.CharField(max_length=3, help_text="The company's on that day; others are left out.")
    share = models.FloatField(help_text="Of the company's revenue, 0 to 1.")
    rank = models.PositiveIntegerField(help_text="1 is the account that bought most.")
    ranked = models.PositiveIntegerField(help_text="How many accounts bought anything.")
    owner_id = models.BigIntegerField(null=True, help_text="Whose accounts the next three are about.")
    owner_share = models.FloatField()
    owner_rank = models.PositiveIntegerField()
    owner_ranked = models.PositiveIntegerField()

    class Meta:
        verbose_name_plural = "worths"

    def __str__(self) -> str:
        return f"{self.account_id}: {self.revenue} up to {self.counted_on}"

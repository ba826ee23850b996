"""Companies we serve."""

from __future__ import annotations

from typing import Any

from django.contrib.postgres.indexes import GinIndex
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q, Value
from django.db.models.functions import Concat
from django.utils.translation import gettext_lazy as _
from django_countries.fields import CountryField

from accounts.querysets import AccountQuerySet
from core.currencies import is_currency
from core.history import tracked
from core.models import TimeStamped
from core.text import Digits, Fold
from users.models.people import available_time_zones


class Tag(models.Model):
    """A word that admins and salespeople hang on accounts."""

    name = models.CharField(max_length=40, unique=True)

    def __str__(self) -> str:
        return self.name


@tracked(exclude=("name_folded", "search_folded", "phone_digits", "below_since"))
class Account(TimeStamped):
    """A company: customer (has a net purchase), former or prospect. Never a login.

    ``status`` and ``became_customer_on`` are written by the verbs of ``sales``; ``tier`` and its
    companions by re-tiering in ``cadences`` or by a person who pins it.
    """

    class Status(models.TextChoices):
        PROSPECT = "prospect", _("Prospect")
        CUSTOMER = "customer", _("Customer")
        FORMER = "former", _("Former customer")

    name = models.CharField(max_length=200)
    external_id = models.CharField(
        max_length=60, null=True, blank=True, unique=True, help_text="Id in the company's customer file."
    )
    status = models.CharField(max_length=10, choices=Status, default=Status.PROSPECT)
    became_customer_on = models.DateField(null=True, blank=True, editable=False)
    former_since = models.DateField(
        null=True,
        blank=True,
        editable=False,
        help_text="A purchase after this day makes them a customer again.",
    )

    owner = models.ForeignKey(
        "users.User", null=True, blank=True, on_delete=models.SET_NULL, related_name="owned_accounts"
    )
    owner_since = models.DateField(null=True, blank=True, editable=False)
    owner_before = models.ForeignKey(
        "users.User",
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
        editable=False,
        db_index=False,  # asked for by account alone
        help_text="Whom it was taken over from; empty for its first owner, who owes no introduction.",
    )

    tier = models.ForeignKey(
        "accounts.Tier",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="accounts",
        db_index=False,  # account_by_tier
    )
    tier_before = models.ForeignKey(
        "accounts.Tier",
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
        editable=False,
        db_index=False,  # asked for by account alone; each index makes the night's changes of tier dearer
    )
    tier_since = models.DateField(null=True, blank=True, editable=False)
    tier_reason = models.CharField(max_length=300, blank=True, editable=False)
    tier_pinned = models.BooleanField(default=False, help_text="Chosen by a person; rules leave it alone.")
    tier_pinned_until = models.DateField(
        null=True,
        blank=True,
        help_text="Last day of the choice. On an account that is not pinned: given back on that day, and the"
        " next night decides without delay.",
    )
    below_since = models.DateField(
        null=True,
        blank=True,
        editable=False,
        help_text="The first night on which the rules gave a lower tier and have done so since.",
    )
    network_value = models.PositiveSmallIntegerField(
        default=0, help_text="0-5: how many others this customer brings or could bring (R28)."
    )
    network_reason = models.CharField(max_length=200, blank=True)

    industry = models.CharField(max_length=100, blank=True)
    employees = models.PositiveIntegerField(null=True, blank=True)
    yearly_revenue = models.DecimalField(max_digits=18, decimal_places=2, null=True, blank=True)
    currency = models.CharField(max_length=3, blank=True, help_text="ISO 4217 code of the yearly revenue.")

    street = models.CharField(max_length=200, blank=True)
    city = models.CharField(max_length=100, blank=True)
    region = models.CharField(max_length=100, blank=True)
    postal_code = models.CharField(max_length=20, blank=True)
    country = CountryField(blank=True)
    time_zone = models.CharField(max_length=64, blank=True)
    language = models.CharField(max_length=10, blank=True)

    phone = models.CharField(max_length=60, blank=True, help_text="As people write it.")
    phone_e164 = models.CharField(max_length=20, blank=True, editable=False)
    fax = models.CharField(max_length=60, blank=True)
    email = models.EmailField(blank=True)
    website = models.URLField(blank=True)
    about = models.TextField(blank=True)
    tags = models.ManyToManyField(Tag, blank=True, related_name="accounts")

    facts_from = models.DateField(
        null=True,
        blank=True,
        editable=False,
        help_text="The day from which our facts about this account count: the import's as-of date.",
    )
    paused_from = models.DateField(null=True, blank=True)
    paused_until = models.DateField(null=True, blank=True, help_text="Last day of the pause.")
    pause_reason = models.CharField(max_length=200, blank=True)

    name_folded = models.GeneratedField(
        expression=Fold("name"), output_field=models.TextField(), db_persist=True
    )
    search_folded = models.GeneratedField(
        expression=Fold(
            Concat(
                "name",
                Value(" "),
                "external_id",
                Value(" "),
                "city",
                Value(" "),
                "postal_code",
                Value(" "),
                "email",
                output_field=models.TextField(),
            )
        ),
        output_field=models.TextField(),
        db_persist=True,
    )
    phone_digits = models.GeneratedField(
        expression=Digits(Concat("phone", Value(" "), "phone_e164")),
        output_field=models.TextField(),
        db_persist=True,
    )

    objects = AccountQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(name="account_network_value_0_5", condition=Q(network_value__lte=5)),
            models.CheckConstraint(
                name="account_pause_whole",
                condition=Q(paused_from__isnull=True, paused_until__isnull=True)
                | Q(paused_until__gte=models.F("paused_from")),
            ),
            models.CheckConstraint(
                name="account_customer_since_a_day",
                condition=~Q(status="customer") | Q(became_customer_on__isnull=False),
            ),
        ]
        indexes = [
            # the account list sorts by folded name, pages by it, and tests a broad search on the way
            models.Index(fields=["name_folded", "id"], name="account_by_name", include=["search_folded"]),
            # my accounts, and the engine's slice per owner
            models.Index(fields=["owner", "name_folded"], name="account_by_owner"),
            # the account list sorts by these, whatever the number of accounts
            models.Index(Fold("city"), "id", name="account_by_city", condition=~Q(city="")),
            models.Index(Fold("industry"), "id", name="account_by_industry", condition=~Q(industry="")),
            models.Index(fields=["status", "id"], name="account_by_status"),
            models.Index(fields=["tier", "id"], name="account_by_tier"),
            models.Index(fields=["network_value", "id"], name="account_by_network"),
            *(
                models.Index(
                    fields=[name, "id"], name=f"account_by_{name}", condition=Q(**{f"{name}__isnull": False})
                )
                for name in ("became_customer_on", "owner_since", "tier_since", "employees", "paused_until")
            ),
            *(
                models.Index(fields=[name, "id"], name=f"account_by_{name}", condition=~Q(**{name: ""}))
                for name in ("phone", "email")
            ),
            # how many of a tier somebody has chosen, on the page of tiers
            models.Index(fields=["tier"], name="account_pinned", condition=Q(tier_pinned=True)),
            # partial, accent-blind search
            GinIndex(fields=["search_folded"], name="account_search", opclasses=["gin_trgm_ops"]),
            GinIndex(fields=["phone_digits"], name="account_phone", opclasses=["gin_trgm_ops"]),
        ]

    def __str__(self) -> str:
        return self.name

    def clean(self) -> None:
        """Asked by the form and by the verbs. Raises ValidationError by field, with the cure."""
        wrong: dict[str, Any] = {}
        if self.time_zone and self.time_zone not in available_time_zones():
            wrong["time_zone"] = _(
                "There is no such time zone. Write it like Europe/Oslo, or leave it empty."
            )
        if self.currency and not is_currency(self.currency):
            wrong["currency"] = _("Use a three-letter currency code such as EUR.")
        if self.network_value not in range(6):
            wrong["network_value"] = _("The network is a number from 0 (none) to 5 (very many).")
        if wrong:
            raise ValidationError(wrong)

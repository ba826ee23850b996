"""Forms of purchases."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from crispy_forms.layout import Div, Layout
from django import forms
from django.utils.translation import gettext_lazy as _

from contacts.forms import PersonChoice
from core.forms import KeepsVersion, choose_among, date_input, plain_helper
from sales.models import Purchase
from users.models import User


class PurchaseForm(KeepsVersion):
    """A sale on a civil date; a minus makes it a credit note."""

    buyer = PersonChoice(label=_("Buyer"), help_text=_("Who ordered. A survey about it goes to them."))

    class Meta:
        model = Purchase
        fields = ("purchased_on", "amount", "currency", "about", "buyer", "sold_by", "external_id")
        labels = {
            "purchased_on": _("Day"),
            "amount": _("Amount"),
            "currency": _("Currency"),
            "about": _("What"),
            "sold_by": _("Sold by"),
            "external_id": _("Number"),
        }
        help_texts = {
            "amount": _("Net. A minus makes it a credit note."),
            "currency": _("Three letters such as EUR."),
            "external_id": _("In your order system."),
        }
        widgets = {
            "purchased_on": date_input(),
            "amount": forms.TextInput(attrs={"inputmode": "decimal"}),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial["amount"] = _as_written(self.instance.amount) if self.instance.pk else None
        choose_among(self, "sold_by", User.objects.active().by_name())
        people = self.instance.account.contacts
        choose_among(self, "buyer", people.employed_or(self.instance.buyer_id))
        self.helper = plain_helper()
        self.helper.layout = Layout(
            "version",
            Div(
                "purchased_on", "amount", "currency", "about", "buyer", "sold_by", "external_id",
                css_class="form-grid",
            ),
        )  # fmt: skip

    def clean_currency(self) -> str:
        return str(self.cleaned_data["currency"]).strip().upper()


def _as_written(amount: Decimal) -> Decimal:
    """Two decimals unless there are more; still a number, so that an unchanged one counts as unchanged."""
    cents = amount.quantize(Decimal("0.01"))
    return cents if cents == amount else amount


class VoidForm(forms.Form):
    """Why the purchase never was."""

    reason = forms.CharField(
        max_length=200, label=_("Why"), widget=forms.TextInput(attrs={"data-autofocus": ""})
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.helper = plain_helper()

"""Forms of the gift pages."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy

from core.forms import plain_helper


class BudgetForm(forms.Form):
    """What a slot may cost in a year."""

    helper = plain_helper()

    amount = forms.DecimalField(
        label=gettext_lazy("Budget of the year"), max_digits=12, decimal_places=2, min_value=0,
        help_text=gettext_lazy("In the company's currency, for everybody together."),
    )  # fmt: skip
    what = forms.CharField(
        label=gettext_lazy("What is sent"), required=False, max_length=200,
        help_text=gettext_lazy("Stands in the letter that goes with it, such as “a box of summer fruit”."),
    )  # fmt: skip
    each = forms.DecimalField(
        label=gettext_lazy("What one costs"), max_digits=10, decimal_places=2, min_value=0, initial=0
    )


class GiftForm(forms.Form):
    """What one gift is, where it is not the usual one."""

    helper = plain_helper()

    what = forms.CharField(label=gettext_lazy("What is sent"), required=False, max_length=200)
    cost = forms.DecimalField(
        label=gettext_lazy("What it costs"), required=False, max_digits=10, decimal_places=2, min_value=0,
        help_text=gettext_lazy("Empty: what is usual."),
    )  # fmt: skip

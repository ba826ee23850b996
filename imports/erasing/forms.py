"""The forms of erasing: why a person is erased, how long words are kept."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

from core.forms import plain_helper
from imports.models import Erasure, Retention

YEARS = (1, 2, 3, 4, 5, 6, 7, 8, 10, 15, 20, 30)


class EraseForm(forms.Form):
    """Nothing typed here is kept: a reason in words would name the person again."""

    why = forms.ChoiceField(
        label=_("Why"), choices=Erasure.Why.choices, widget=forms.Select(attrs={"class": "form-select"})
    )
    sure = forms.BooleanField(
        label=_("I know that this cannot be undone"),
        error_messages={"required": _("Tick this: an erasure cannot be undone.")},
        widget=forms.CheckboxInput(attrs={"class": "form-check-input"}),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.helper = plain_helper()


class RetentionForm(forms.Form):
    """One choice for each kind."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.helper = plain_helper()
        years = [("", _("for good")), *((n, ngettext_lazy("%d year", "%d years") % n) for n in YEARS)]
        for kind in Retention.Kind:
            self.fields[kind.value] = forms.TypedChoiceField(
                label=kind.label, choices=years, coerce=int, empty_value=None, required=False,
                widget=forms.Select(attrs={"class": "form-select"}),
            )  # fmt: skip

    def years(self) -> dict[str, int]:
        """Kind -> years, of the kinds that are not kept for good."""
        return {kind: number for kind, number in self.cleaned_data.items() if number}

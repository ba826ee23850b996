"""What is asked before a simulation: from which day on the draft would run."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from core.forms import date_input


class FirstDayForm(forms.Form):
    """The first day of the draft; empty: today."""

    on = forms.DateField(label=_("As if it took over on"), required=False, widget=date_input())

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["on"].widget.attrs["class"] = "form-control"

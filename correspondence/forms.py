"""The form that suppresses an address by hand."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from correspondence.models import Topic


class SuppressionForm(forms.Form):
    """Whom not to write to, about what."""

    address = forms.EmailField(label=_("E-mail"), widget=forms.EmailInput(attrs={"class": "form-control"}))
    topic = forms.ChoiceField(
        label=_("About"),
        required=False,
        choices=[("", _("anything")), *Topic.choices],
        widget=forms.Select(attrs={"class": "form-select"}),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.use_required_attribute = False

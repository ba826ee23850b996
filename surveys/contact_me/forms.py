"""The public form, and what a manager writes when it is taken care of."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from core.forms import plain_helper
from surveys.models import ContactRequest


class ContactMeForm(forms.ModelForm):
    """Four fields. ``website`` is seen by nobody: only a machine fills it in."""

    website = forms.CharField(required=False, label=_("Leave this empty"))

    class Meta:
        model = ContactRequest
        fields = ("name", "company", "reach", "message")
        widgets = {"message": forms.Textarea(attrs={"rows": 4})}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.helper = plain_helper()
        for name, hint in (("name", "name"), ("company", "organization")):
            self.fields[name].widget.attrs["autocomplete"] = hint
        self.fields["website"].widget.attrs |= {"autocomplete": "off", "tabindex": "-1"}

    @property
    def is_from_a_machine(self) -> bool:
        return bool(self.cleaned_data.get("website"))


class DoneForm(forms.Form):
    """What became of a request."""

    note = forms.CharField(label=_("What came of it"), max_length=300)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.helper = plain_helper()

"""The words of a draft, as a person reads and changes them before it leaves."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from correspondence.models import Piece


class WordsForm(forms.Form):
    """``seen``: when the words were last saved, so that nobody writes over a colleague."""

    subject = forms.CharField(label=gettext_lazy("Subject"), max_length=200)
    body = forms.CharField(
        label=gettext_lazy("Words"), widget=forms.Textarea(attrs={"rows": 12}),
        help_text=gettext_lazy("From the salutation to the closing; your name is put below when it leaves."),
    )  # fmt: skip
    seen = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(self, data: Any = None, *, piece: Piece) -> None:
        self.piece, seen = piece, piece.updated_at.isoformat()
        super().__init__(data, initial={"subject": piece.subject, "body": piece.body, "seen": seen})
        for name in ("subject", "body"):
            self.fields[name].widget.attrs["class"] = "form-control"

    def clean(self) -> dict[str, Any]:
        found = self.cleaned_data
        if found.get("seen") and found["seen"] != self.piece.updated_at.isoformat():
            data = self.data.copy()
            data["seen"] = self.piece.updated_at.isoformat()
            self.data = data
            raise ValidationError(
                _("A colleague changed the words meanwhile. Yours are still here: save again to keep yours.")
            )
        return found

    @property
    def changes(self) -> dict[str, str]:
        """What is otherwise than stored."""
        said = {name: self.cleaned_data[name].strip() for name in ("subject", "body")}
        said["body"] = said["body"].replace("\r\n", "\n")
        return {name: value for name, value in said.items() if value != getattr(self.piece, name)}

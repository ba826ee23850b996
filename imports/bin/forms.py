"""Forms of the recycle bin."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from core.forms import plain_helper


class WhyForm(forms.Form):
    """Why a record is deleted; an account says so, the rest may."""

    why = forms.CharField(
        label=_("Why"),
        max_length=200,
        required=False,
        help_text=_(
            "Such as: entered twice, a test, closed down. It stays with the record in the recycle bin."
        ),
    )

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        self.helper = plain_helper()

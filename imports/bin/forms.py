"""Forms of the recycle bin."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from core.forms import plain_helper


class WhyForm(forms.Form):
    """Why a record is deleted; an account says so, the rest may."""

    why = forms.CharField(
        label=_("Why"),
        max_length=200,
        required=False,
        error_messages={"required": _("Say why, so that a colleague understands it later.")},
        help_text=_(
            "Such as: entered twice, a test, closed down. It stays with the record in the recycle bin."
        ),
    )

    def __init__(self, *args: Any, needed: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["why"].required = needed
        self.helper = plain_helper()

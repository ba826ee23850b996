"""The forms of letters: the company's paper, the day of posting, why a letter is taken back."""

from __future__ import annotations

from typing import Any

from crispy_forms.layout import Div, Layout
from django import forms
from django.utils.translation import gettext_lazy as _

from core.forms import KeepsVersion, date_input, plain_helper
from correspondence.letters.letterhead import FIELDS, LOGO_KB
from correspondence.letters.pdf import ON_A_SHEET
from correspondence.models import Letterhead


class LetterheadForm(KeepsVersion):
    """What stands on the paper."""

    logo = forms.FileField(label=_("Logo"), required=False)
    no_logo = forms.BooleanField(label=_("Take the logo off"), required=False)

    class Meta:
        model = Letterhead
        fields = FIELDS
        labels = {
            "name": _("Name of the company"),
            "street": _("Street"),
            "postal_code": _("Postal code"),
            "city": _("City"),
            "country": _("Country"),
            "phone": _("Phone"),
            "email": _("E-mail"),
            "website": _("Website"),
            "footer": _("At the foot of each page"),
        }
        help_texts = {
            "name": _("Empty: as under Company."),
            "country": _("Letters to other countries name theirs in the address."),
            "footer": _("Register, bank, directors: up to four lines."),
        }
        widgets = {"footer": forms.Textarea(attrs={"rows": 3})}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["logo"].widget.attrs["accept"] = ".png,.jpg,.jpeg"
        self.fields["logo"].help_text = _("PNG or JPEG, at most %(most)d kB.") % {"most": LOGO_KB}
        if not self.instance.logo:
            del self.fields["no_logo"]
        self.helper = plain_helper()
        self.helper.layout = Layout(
            "version", "name", "street", Div("postal_code", "city", css_class="form-grid"), "country",
            Div("phone", "email", css_class="form-grid"), "website", "footer",
            "logo", *(["no_logo"] if "no_logo" in self.fields else []),
        )  # fmt: skip

    def _stored_version(self) -> str:
        stamp = self.instance.updated_at
        return stamp.isoformat() if stamp else ""

    def values(self) -> dict[str, Any]:
        """For the verb; the upload apart."""
        return {name: self.cleaned_data[name] for name in FIELDS if name in self.cleaned_data}


class PostForm(forms.Form):
    """The day on which the letters went to the post."""

    on = forms.DateField(label=_("Posted on"), widget=date_input())

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["on"].widget.attrs["class"] = "form-control"


class CancelForm(forms.Form):
    """Why a letter is not sent."""

    reason = forms.CharField(label=_("Why it is not sent"), max_length=200)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.helper = plain_helper()


class LabelsForm(forms.Form):
    """Where the first free label of the sheet is."""

    first = forms.IntegerField(
        label=_("First free label"),
        min_value=1,
        max_value=ON_A_SHEET,
        initial=1,
        widget=forms.NumberInput(attrs={"class": "form-control"}),
    )

"""Forms of templates. What they check, the verbs check again."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from core.forms import KeepsVersion, plain_helper
from correspondence.models import Template, Use
from correspondence.texts.cards import language_choices


class TemplateForm(KeepsVersion):
    """What a template is called, what it is for, which language stands in."""

    class Meta:
        model = Template
        fields = ("name", "use", "language")
        labels = {"name": _("Name"), "use": _("What it is for"), "language": _("Language")}
        help_texts = {
            "name": _("As your colleagues find it, such as: Thank-you after the first visit."),
            "language": _("For everybody whose language has no words here."),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = language_choices(self.instance.language)
        self.fields["language"] = forms.ChoiceField(
            choices=choices, label=self.fields["language"].label, help_text=self.fields["language"].help_text
        )
        self.fields["use"] = forms.ChoiceField(choices=Use.choices, label=self.fields["use"].label)
        self.helper = plain_helper()


class TextForm(forms.Form):
    """Subject and words of one place; ``based_on`` is the version that its writer has seen."""

    subject = forms.CharField(
        label=_("Subject"),
        required=False,  # the verb says what is missing, so that every door says the same
        widget=forms.TextInput(attrs={"class": "form-control", "maxlength": 200, "autocomplete": "off"}),
    )
    body = forms.CharField(
        label=_("Words"),
        required=False,
        strip=False,
        widget=forms.Textarea(attrs={"class": "form-control", "rows": 16}),
        help_text=_(
            "From the salutation to the closing formula; name and signature follow by themselves. An empty "
            "line begins a paragraph, “- ” an item of a list; **bold**, *italic*."
        ),
    )
    based_on = forms.IntegerField(widget=forms.HiddenInput, min_value=0)

    def __init__(self, data: Any, *, initial: dict[str, Any], is_readonly: bool) -> None:
        super().__init__(data, initial=initial, auto_id="text_%s")
        if is_readonly:
            for name in ("subject", "body"):
                self.fields[name].widget.attrs["readonly"] = True
            self.fields["body"].help_text = ""

    def ahead_of(self, number: int) -> None:
        """From now on what is typed is based on that version: saving again puts it on top."""
        data = self.data.copy()
        data["based_on"] = str(number)
        self.data = data

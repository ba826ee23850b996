"""Languages, title and introduction of a questionnaire."""

from __future__ import annotations

import re
from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from ballotbox.questionnaire import Questionnaire

TEXT = {"class": "form-control"}
CODE = re.compile(r"[a-z]{2,3}(-[a-z0-9]{2,8})?")
MOST = 12


class FrameForm(forms.Form):
    """``title_en``, ``intro_en`` … for each language that is there now."""

    languages = forms.CharField(
        label=_("Languages"), max_length=100, widget=forms.TextInput(attrs=TEXT),
        help_text=_("Codes separated by commas; the first is used where a contact's own is not there."),
    )  # fmt: skip

    def __init__(self, data: QueryDict | None, *, asked: Questionnaire) -> None:
        self.there = asked.languages
        initial: dict[str, Any] = {"languages": ", ".join(asked.languages)}
        for name, texts in (("title", asked.title), ("intro", asked.intro)):
            initial |= {f"{name}_{code}": texts.get(code, "") for code in self.there}
        super().__init__(data, initial=initial)
        for code in self.there:
            self.fields[f"title_{code}"] = forms.CharField(
                label=_("Title"), required=False, max_length=120, widget=forms.TextInput(attrs=TEXT)
            )
            self.fields[f"intro_{code}"] = forms.CharField(
                label=_("Introduction"), required=False, max_length=400,
                widget=forms.Textarea(attrs=TEXT | {"rows": 2}),
            )  # fmt: skip

    def clean_languages(self) -> list[str]:
        codes = [code.strip().lower() for code in self.cleaned_data["languages"].split(",") if code.strip()]
        wrong = [code for code in codes if not CODE.fullmatch(code)]
        if wrong or not codes:
            raise forms.ValidationError(
                _("“%(code)s” is no language code. Write them like en, de."),
                params={"code": (wrong or [""])[0]},
            )
        if len(codes) > MOST:
            raise forms.ValidationError(_("At most %(most)s languages."), params={"most": MOST})
        return list(dict.fromkeys(codes))

    @property
    def by_language(self) -> list[tuple[str, list[Any]]]:
        return [(code, [self[f"title_{code}"], self[f"intro_{code}"]]) for code in self.there]

    def said(self) -> tuple[list[str], dict[str, str], dict[str, str]]:
        """For the verb: languages, titles, introductions."""
        found = []
        for name in ("title", "intro"):
            typed = {code: self.cleaned_data[f"{name}_{code}"] for code in self.there}
            found.append({code: text for code, text in typed.items() if text})
        return self.cleaned_data["languages"], found[0], found[1]

"""The form of one question: its words in every language, and its options as rows."""

from __future__ import annotations

import re
import unicodedata
from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from ballotbox.questionnaire import MOST_OPTIONS, Option, Question

TYPE_NAMES = {
    "nps": _("Recommendation, 0 to 10"),
    "scale": _("Scale, 1 to 5"),
    "agree": _("Agreement, 1 to 7"),
    "items": _("Several lines, each 1 to 5"),
    "single": _("One of a list"),
    "multi": _("Several of a list"),
    "text": _("Free text"),
    "info": _("Only words, no question"),
}
WITH_ENDS = ("nps", "scale", "agree", "items")
WITH_OPTIONS = ("single", "multi", "items")
SPARE_ROWS = 3
TEXT = {"class": "form-control"}


def key_from(words: str) -> str:
    """A key made of a text: small letters, digits and _."""
    plain = unicodedata.normalize("NFKD", words).encode("ascii", "ignore").decode().lower()
    key = re.sub(r"[^a-z0-9]+", "_", plain).strip("_")[:30].rstrip("_")
    return key if key[:1].isalpha() else f"q_{key}"[:30].rstrip("_")


class QuestionForm(forms.Form):
    """Fields per language are named ``label_en``; options stand in rows ``option_0_key``, ``option_0_en``."""

    key = forms.CharField(
        label=_("Key"), required=False, max_length=30, widget=forms.TextInput(attrs=TEXT),
        help_text=_("Figures of several waves are compared by it. Empty: made of the words."),
    )  # fmt: skip
    required = forms.BooleanField(label=_("An answer is needed"), required=False)
    shuffled = forms.BooleanField(label=_("Options in random order"), required=False)
    most = forms.IntegerField(
        label=_("At most so many"), required=False, min_value=0, max_value=MOST_OPTIONS,
        widget=forms.NumberInput(attrs=TEXT), help_text=_("Empty: as many as there are."),
    )  # fmt: skip

    def __init__(
        self, data: QueryDict | None, *, type: str, languages: tuple[str, ...], question: Question | None
    ) -> None:
        self.type, self.languages = type, languages
        super().__init__(data, initial=self._initial(question))
        self.options_shown = self._rows(question)
        if type == "info":
            del self.fields["required"]
        if type not in ("single", "multi"):
            del self.fields["shuffled"]
        if type != "multi":
            del self.fields["most"]
        for language in languages:
            self._add_texts(language)

    def _add_texts(self, language: str) -> None:
        names = {"label": _("Question"), "help": _("Explanation")}
        if self.type in WITH_ENDS:
            names |= {"low": _("Words at the low end"), "high": _("Words at the high end")}
        for name, label in names.items():
            rows = {"rows": 2} if name in ("label", "help") else {}
            widget = forms.Textarea(attrs=TEXT | rows) if rows else forms.TextInput(attrs=TEXT)
            self.fields[f"{name}_{language}"] = forms.CharField(
                label=label, required=name == "label", max_length=400, widget=widget
            )

    def _initial(self, question: Question | None) -> dict[str, Any]:
        if question is None:
            return {}
        initial: dict[str, Any] = {
            "key": question.key, "required": question.required, "shuffled": question.shuffled,
            "most": question.most or None,
        }  # fmt: skip
        for name in ("label", "help", "low", "high"):
            initial |= {f"{name}_{code}": getattr(question, name).get(code, "") for code in self.languages}
        return initial

    def _rows(self, question: Question | None) -> list[dict[str, Any]]:
        """The option rows: as typed, else as stored, with a few to spare."""
        if self.type not in WITH_OPTIONS:
            return []
        if self.is_bound:
            rows = [self._typed(number) for number in range(MOST_OPTIONS + SPARE_ROWS)]
            rows = [row for row in rows if row["key"] or any(row["labels"].values())]
        else:
            rows = [
                {"key": each.key, "labels": dict(each.label)}
                for each in (question.options if question else ())
            ]
        rows += [{"key": "", "labels": {}} for _spare in range(SPARE_ROWS)]
        return [
            {
                "number": number, "key": row["key"],
                "texts": [(code, row["labels"].get(code, "")) for code in self.languages],
            }
            for number, row in enumerate(rows[: MOST_OPTIONS + SPARE_ROWS])
        ]  # fmt: skip

    def _typed(self, number: int) -> dict[str, Any]:
        def typed(name: str) -> str:
            return str(self.data.get(f"option_{number}_{name}", "")).replace("\x00", "").strip()[:200]

        return {"key": typed("key"), "labels": {code: typed(code) for code in self.languages}}

    @property
    def by_language(self) -> list[tuple[str, list[Any]]]:
        """Language -> its bound fields."""
        names = [
            name for name in ("label", "help", "low", "high") if f"{name}_{self.languages[0]}" in self.fields
        ]
        return [(code, [self[f"{name}_{code}"] for name in names]) for code in self.languages]

    @property
    def question(self) -> Question:
        """What the valid form says."""
        said = self.cleaned_data

        def texts(name: str) -> dict[str, str]:
            found = {code: said.get(f"{name}_{code}", "") for code in self.languages}
            return {code: text for code, text in found.items() if text}

        label = texts("label")
        return Question(
            key=said["key"] or key_from(label[self.languages[0]]), type=self.type, label=label,
            help=texts("help"), low=texts("low"), high=texts("high"), options=self._options(),
            required=said.get("required", False), shuffled=said.get("shuffled", False),
            most=said.get("most") or 0,
        )  # fmt: skip

    def _options(self) -> tuple[Option, ...]:
        found = []
        for row in self.options_shown:
            labels = {code: text for code, text in row["texts"] if text}
            if labels or row["key"]:
                first = next(iter(labels.values()), "")
                found.append(Option(row["key"] or key_from(first), labels))
        return tuple(found)

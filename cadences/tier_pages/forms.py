"""The form of a tier and of its conditions: as many rows as somebody wants."""

from __future__ import annotations

import re
from decimal import Decimal, InvalidOperation
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.http import QueryDict
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from django_countries import countries

from accounts.models import Tag, Tier, TierCondition
from cadences.tier_rules import COUNTS, MOST_NETWORK, SUMS, WORDS, Condition
from cadences.tier_words import fact_name
from core.text import whole_number

MOST_CONDITIONS = 20
GROUPED = re.compile(r"^\d{1,3}([.,]\d{3})+$")
EXAMPLES = {
    "country": gettext_lazy("Norway, DK"),
    "industry": gettext_lazy("Food; Paper and pulp"),
    "tag": gettext_lazy("partner, trade fair"),
}


class NumberField(forms.CharField):
    """A number as people write it: 50000, 50 000, 50,000 or 0.5."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("widget", forms.TextInput(attrs={"inputmode": "decimal"}))
        super().__init__(required=False, max_length=24, **kwargs)

    def clean(self, value: Any) -> Decimal | None:
        typed = str(super().clean(value)).strip()
        if not typed:
            return None
        text = re.sub(r"[\s\u00a0\u202f'’]", "", typed)
        text = re.sub(r"[.,]", "", text) if GROUPED.match(text) else text.replace(",", ".")
        try:
            number = Decimal(text)
        except InvalidOperation:
            number = Decimal("NaN")
        if not number.is_finite():
            raise ValidationError(
                _("“%(typed)s” is no number. Write it in digits, such as 50000.") % {"typed": typed}
            )
        if number < 0:
            raise ValidationError(_("A threshold is 0 or more; “%(typed)s” is less.") % {"typed": typed})
        if number >= Decimal(10) ** 16:
            raise ValidationError(_("“%(typed)s” is more than anybody has: check it.") % {"typed": typed})
        return round(number, 2)


class ConditionForm(forms.Form):
    """One row: a fact, and either a number from … to …, or words of which one must be the account's."""

    fact = forms.ChoiceField(choices=TierCondition.Fact.choices, label=gettext_lazy("What"))
    at_least = NumberField(label=gettext_lazy("at least"))
    at_most = NumberField(label=gettext_lazy("at most"))
    words = forms.CharField(required=False, max_length=1000, label=gettext_lazy("one of"))

    def __init__(self, *args: Any, currency: str = "", number: int = 1, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.number, self.currency = number, currency
        for name, field in self.fields.items():
            kind = "form-select" if name == "fact" else "form-control"
            field.widget.attrs["class"] = kind
        fact = self.fact_chosen
        if fact in EXAMPLES:
            self.fields["words"].widget.attrs["placeholder"] = EXAMPLES[fact]
        if fact in {"industry", "tag"}:
            self.fields["words"].widget.attrs["list"] = f"{fact}-words"

    @property
    def fact_chosen(self) -> str:
        chosen = self["fact"].value() or TierCondition.Fact.PURCHASES_12M
        return str(chosen)

    @property
    def wants_words(self) -> bool:
        return self.fact_chosen in WORDS

    @property
    def unit(self) -> str:
        """What stands behind the number."""
        if self.fact_chosen in SUMS:
            return self.currency
        return _("of 5") if self.fact_chosen == "network" else ""

    @property
    def is_blank(self) -> bool:
        """As a new row begins: it says nothing, and is left out."""
        return self.is_empty and self.fact_chosen == TierCondition.Fact.PURCHASES_12M

    @property
    def is_empty(self) -> bool:
        names = ("words",) if self.wants_words else ("at_least", "at_most")
        return not any(str(self[name].value() or "").strip() for name in names)

    @property
    def condition(self) -> Condition:
        """What the valid row says."""
        data = self.cleaned_data
        words, labels = data.get("read") or ((), ())
        if self.wants_words:
            return Condition(data["fact"], words=words, labels=labels)
        return Condition(data["fact"], data["at_least"], data["at_most"])

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or self.cleaned_data
        if self.is_blank or self.errors:
            return data
        if self.is_empty:
            self._refuse_empty(data["fact"])
            return data
        if self.wants_words:
            data["read"] = self._read(data["fact"], data.get("words", ""))
        else:
            self._check_numbers(data["fact"], data.get("at_least"), data.get("at_most"))
        return data

    def _refuse_empty(self, fact: str) -> None:
        """Somebody chose the fact: without it the rule would hold for other accounts than they think."""
        if self.wants_words:
            self.add_error(
                "words", _("%(fact)s: say which, or take this condition away.") % {"fact": fact_name(fact)}
            )
        else:
            words = _("%(fact)s: say at least or at most how many, or take this condition away.")
            self.add_error("at_least", words % {"fact": fact_name(fact)})

    def _check_numbers(self, fact: str, low: Decimal | None, high: Decimal | None) -> None:
        for name, side in (("at_least", low), ("at_most", high)):
            if side is not None and fact in COUNTS and side != side.to_integral_value():
                self.add_error(name, _("%(fact)s: a whole number, please.") % {"fact": fact_name(fact)})
        if fact == "network" and low is not None and low > MOST_NETWORK:
            self.add_error("at_least", _("The network value is between 0 and 5: nobody has more."))
        if low is not None and high is not None and low > high:
            words = _("Nobody has at least %(low)s and at most %(high)s. Swap the two, or empty one.")
            self.add_error("at_most", words % {"low": _plain(low), "high": _plain(high)})

    def _read(self, fact: str, typed: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """The words as they are stored and as people read them; unknown ones are an error of the field."""
        separator = r"[;\n]" if re.search(r"[;\n]", typed) else ","
        parts = [" ".join(part.split())[:100] for part in re.split(separator, typed) if part.strip()]
        parts = list(dict.fromkeys(parts))
        try:
            if fact == "country":
                codes = tuple(dict.fromkeys(country_code(part) for part in parts))
                return codes, tuple(str(countries.name(code)) for code in codes)
            if fact == "tag":
                return tuple(dict.fromkeys(known_tags(parts))), ()
        except ValidationError as error:
            self.add_error("words", error)
        return tuple(parts), ()


def country_code(text: str) -> str:
    """Of a code or a name, in English or in the reader's language."""
    wanted = text.strip().casefold()
    if len(wanted) == 2 and countries.name(wanted.upper()):
        return wanted.upper()
    for code, name in countries:
        if wanted in {str(name).casefold(), countries.alpha3(code).casefold()}:
            return str(code)
    if get_language() != "en" and (code := countries.by_name(text.strip(), language="en")):
        return str(code)
    words = _("“%(text)s” is no country we know. Write its name or its two letters: Norway or NO.")
    raise ValidationError(words % {"text": text})


def known_tags(names: list[str]) -> list[str]:
    """The tags as they are written, found without regard to case."""
    stored = {tag.casefold(): tag for tag in Tag.objects.values_list("name", flat=True)}
    for name in names:
        if name.casefold() not in stored:
            known = ", ".join(sorted(stored.values())[:12]) or _("none yet")
            words = _("No account has the tag “%(name)s”. Tags are: %(known)s.")
            raise ValidationError(words % {"name": name, "known": known})
    return [stored[name.casefold()] for name in names]


def _plain(number: Decimal) -> str:
    return f"{number.normalize():f}"


class TierForm(forms.Form):
    """What a tier is called, where it stands, when an account leaves it. Its rows: ``conditions``."""

    name = forms.CharField(max_length=60, label=gettext_lazy("Name"))
    place = forms.TypedChoiceField(coerce=int, label=gettext_lazy("Stands"))
    description = forms.CharField(
        max_length=200,
        required=False,
        label=gettext_lazy("Description"),
        help_text=gettext_lazy("What such an account can expect of us, in a line."),
    )
    colour = forms.ChoiceField(choices=Tier.Colour.choices, label=gettext_lazy("Colour"))
    match = forms.ChoiceField(choices=Tier.Match.choices, label=gettext_lazy("An account is in it when"))
    demote_after_months = forms.IntegerField(
        min_value=0,
        max_value=60,
        label=gettext_lazy("Months before an account leaves"),
        help_text=gettext_lazy("How long a lower tier must be due before an account moves down. 0: at once."),
    )

    def __init__(self, data: QueryDict | None, tier: Tier | None, currency: str, order: list[Tier]) -> None:
        others = [each for each in order if tier is None or each.pk != tier.pk]
        super().__init__(data, initial=_initial(tier, order))
        self.tier = tier
        places = [(0, _("lowest"))] + [
            (place, _("above %(tier)s") % {"tier": other.name}) for place, other in enumerate(others, 1)
        ]
        self.fields["place"].choices = places[::-1]
        for field in self.fields.values():
            chosen = isinstance(field.widget, forms.Select)
            field.widget.attrs["class"] = "form-select" if chosen else "form-control"
        rows = _typed_rows(data) if data is not None else _stored_rows(tier)
        self.conditions = [
            ConditionForm(row, prefix=f"c-{place}", currency=currency, number=place + 1)
            for place, row in enumerate(_prefixed(rows))
        ]

    @property
    def filled(self) -> list[ConditionForm]:
        return [row for row in self.conditions if not row.is_blank]

    def is_valid(self) -> bool:
        rows = [row.is_valid() for row in self.filled]
        return super().is_valid() and all(rows)

    @property
    def wrong(self) -> list[str]:
        """What is not right yet, each with its place."""
        fields = [
            f"{self.fields[name].label}: {text}" for name, texts in self.errors.items() for text in texts
        ]
        rows = [
            _("Condition %(number)d: %(text)s") % {"number": row.number, "text": text}
            for row in self.filled
            for texts in row.errors.values()
            for text in texts
        ]
        return fields + rows

    def rule(self) -> dict[str, Any]:
        """The words of the verbs: the fields, ``place`` and ``conditions``."""
        return {**self.cleaned_data, "conditions": [row.condition for row in self.filled]}


NAMES = ("fact", "at_least", "at_most", "words")


def _initial(tier: Tier | None, order: list[Tier]) -> dict[str, Any]:
    if tier is None:
        used = {each.colour for each in order}
        colour = next((each for each in Tier.Colour.values if each not in used), Tier.Colour.SLATE)
        return {"place": len(order), "colour": colour, "match": "all", "demote_after_months": 3}
    place = [each.pk for each in order].index(tier.pk)
    names = ("name", "description", "colour", "match", "demote_after_months")
    return {"place": place, **{name: getattr(tier, name) for name in names}}


def _typed_rows(data: QueryDict) -> list[dict[str, str]]:
    """The rows as they were sent, with the one that is to be added or without the one to be removed."""
    count = min(whole_number(data.get("rows", "0")) or 0, MOST_CONDITIONS)
    rows = [{name: data.get(f"c-{place}-{name}", "") for name in NAMES} for place in range(count)]
    remove = whole_number(data.get("remove", ""))
    if remove is not None and remove < len(rows):
        del rows[remove]
    if data.get("add") and len(rows) < MOST_CONDITIONS:
        rows.append({"fact": TierCondition.Fact.PURCHASES_12M})
    return rows


def _stored_rows(tier: Tier | None) -> list[dict[str, str]]:
    stored = list(tier.conditions.all()) if tier else []
    rows = [
        {
            "fact": row.fact,
            "at_least": "" if row.at_least is None else _plain(row.at_least),
            "at_most": "" if row.at_most is None else _plain(row.at_most),
            "words": _typed(row),
        }
        for row in stored
    ]
    return rows or [{"fact": TierCondition.Fact.PURCHASES_12M}]


def _typed(row: TierCondition) -> str:
    """The words as somebody would type them."""
    if row.fact == "country":
        return "; ".join(str(countries.name(code)) for code in row.words)
    return "; ".join(row.words)


def _prefixed(rows: list[dict[str, str]]) -> list[dict[str, str]]:
    return [{f"c-{place}-{name}": row.get(name, "") for name in NAMES} for place, row in enumerate(rows)]


class LiftsForm(forms.Form):
    """By how many tiers each network value lifts."""

    def __init__(self, data: QueryDict | None, lifts: dict[int, int]) -> None:
        super().__init__(data)
        for network in range(1, MOST_NETWORK + 1):
            self.fields[f"network_{network}"] = forms.IntegerField(
                min_value=0,
                max_value=20,
                required=False,
                initial=lifts.get(network, 0),
                label=_("From network value %(network)d on: tiers up") % {"network": network},
                widget=forms.NumberInput(attrs={"class": "form-control", "inputmode": "numeric"}),
            )

    @property
    def lifts(self) -> dict[int, int]:
        values = range(1, MOST_NETWORK + 1)
        return {network: self.cleaned_data.get(f"network_{network}") or 0 for network in values}

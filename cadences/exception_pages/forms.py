"""The form of an exception. It checks shape; the verbs check the rules."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.models import Tier
from cadences.exceptions import What, Wish, what_of
from cadences.models import Override, PlanItem, Slot
from core.forms import choose_among, date_input

TEXT = {"class": "form-control"}
SELECT = {"class": "form-select"}


class ExceptionForm(forms.Form):
    """What is otherwise in one slot, why, and until when."""

    slot = forms.ModelChoiceField(
        Slot.objects.none(), label=_("Touchpoint"), empty_label=None, widget=forms.Select(attrs=SELECT)
    )
    what = forms.ChoiceField(
        label=_("What differs"), choices=What, widget=forms.RadioSelect, initial=What.INTERVAL
    )
    every = forms.IntegerField(
        label=_("Every"), required=False, widget=forms.NumberInput(attrs=TEXT | {"min": 1})
    )
    unit = forms.ChoiceField(
        label=_("Unit"),
        required=False,
        choices=PlanItem.Unit,
        initial="month",
        widget=forms.Select(attrs=SELECT),
    )
    as_tier = forms.ModelChoiceField(
        Tier.objects.order_by("-rank"), label=_("Like tier"), required=False, empty_label=_("choose a tier"),
        widget=forms.Select(attrs=SELECT),
        help_text=_("Gives a contact that the account's own tier has not; with an interval, that often."),
    )  # fmt: skip
    reason = forms.CharField(label=_("Why"), max_length=200, widget=forms.TextInput(attrs=TEXT))
    until = forms.DateField(
        label=_("Last day"), required=False, widget=date_input(),
        help_text=_("Empty: until somebody ends it."),
    )  # fmt: skip

    def __init__(
        self, *args: Any, slots: Any = None, override: Override | None = None, **kwargs: Any
    ) -> None:
        if override is not None:
            kwargs["initial"] = _as_typed(override)
        super().__init__(*args, **kwargs)
        self.fields["until"].widget.attrs |= TEXT
        if override is not None:
            del self.fields["slot"]
        else:
            choose_among(self, "slot", slots)

    def wish(self) -> Wish:
        said = self.cleaned_data
        names = ("what", "reason", "every", "unit", "as_tier", "until")
        return Wish(**{name: said[name] for name in names})


def _as_typed(override: Override) -> dict[str, Any]:
    names = ("every", "as_tier", "reason", "until")
    return {name: getattr(override, name) for name in names} | {
        "what": what_of(override),
        "unit": override.unit or "month",
    }

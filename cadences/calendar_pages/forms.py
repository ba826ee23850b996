"""Forms of the calendar pages. They check shape; the verbs check the rules."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.dates import WEEKDAYS
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _
from django_countries import countries

from cadences import public_holidays
from core.forms import choose_among, date_input, plain_helper
from users.models import Absence, Calendar, User

TEXT = {"class": "form-control"}
NOBODY = "nobody"
"""As the deputy of an absence: everything waits for the return."""


def _day() -> forms.DateInput:
    field = date_input()
    field.attrs |= TEXT
    return field


class AbsenceForm(forms.Form):
    """Days off of one of some users, and who stands in."""

    user = forms.ModelChoiceField(User.objects.none(), label=_("Who"), empty_label=None)
    starts_on = forms.DateField(label=_("First day"), widget=date_input())
    ends_on = forms.DateField(
        label=_("Last day"), widget=date_input(), help_text=_("Back at work the day after.")
    )
    deputy = forms.ChoiceField(label=_("Who stands in"), required=False)
    reason = forms.CharField(label=_("Reason"), required=False, max_length=120)

    def __init__(self, *args: Any, users: Any, absence: Absence | None = None, **kwargs: Any) -> None:
        if absence is not None:
            kwargs["initial"] = _as_typed(absence) | kwargs.get("initial", {})
        super().__init__(*args, **kwargs)
        choose_among(self, "user", users)
        if absence is not None:
            del self.fields["user"]
        people = User.objects.active().by_name().values_list("pk", "display_name")
        names = [(str(pk), name) for pk, name in people]
        self.fields["deputy"].choices = [
            ("", _("the standing deputy, else the team's manager")),
            (NOBODY, _("nobody: everything moves to the return")),
            (_("This time"), names),
        ]
        self.helper = plain_helper()

    def said(self) -> dict[str, Any]:
        """For the verb: days, deputy or ``waits``, reason."""
        chosen = self.cleaned_data["deputy"]
        named = chosen and chosen != NOBODY
        fields = {name: self.cleaned_data[name] for name in ("starts_on", "ends_on", "reason")}
        deputy = User.objects.get(pk=chosen) if named else None
        return {**fields, "deputy": deputy, "waits": chosen == NOBODY}


def _as_typed(absence: Absence) -> dict[str, Any]:
    deputy = NOBODY if absence.waits else absence.deputy_id or ""
    return {
        "starts_on": absence.starts_on,
        "ends_on": absence.ends_on,
        "deputy": str(deputy),
        "reason": absence.reason,
    }


class CalendarForm(forms.Form):
    """A working week in a country and perhaps one of its regions."""

    name = forms.CharField(label=_("Name"), max_length=80, widget=forms.TextInput(attrs=TEXT))
    weekdays = forms.TypedMultipleChoiceField(
        label=_("Working days"),
        coerce=int,
        widget=forms.CheckboxSelectMultiple(attrs={"class": "form-check-input"}),
        choices=[(number + 1, name) for number, name in WEEKDAYS.items()],
        initial=[1, 2, 3, 4, 5],
        error_messages={"required": _("Choose at least one day on which people work.")},
    )
    country = forms.ChoiceField(label=_("Public holidays of"), required=False)
    subdivision = forms.ChoiceField(label=_("Region"), required=False)

    def __init__(self, *args: Any, calendar: Calendar | None = None, **kwargs: Any) -> None:
        if calendar is not None:
            names = ("name", "weekdays", "country", "subdivision")
            kwargs["initial"] = {name: getattr(calendar, name) for name in names}
        super().__init__(*args, **kwargs)
        self.calendar = calendar
        self.fields["country"].choices = [("", _("no country")), *countries]
        chosen = str(self["country"].value() or "").upper()
        self.land = chosen if chosen in dict(countries) else ""
        regions = public_holidays.regions(self.land)
        stored = calendar.subdivision if calendar is not None else ""
        if stored and stored not in dict(regions) and self.land == self.initial.get("country"):
            regions = [*regions, (stored, stored)]
        self.fields["subdivision"].choices = [("", _("the whole country")), *regions]

    @property
    def region(self) -> str:
        """The region that is chosen, if the country has it."""
        chosen = str(self["subdivision"].value() or "")
        return chosen if chosen in dict(self.fields["subdivision"].choices) else ""

    @property
    def changes(self) -> dict[str, Any]:
        """Only what was changed, so that two admins do not undo each other's work."""
        return {name: self.cleaned_data[name] for name in self.changed_data}

    def clean_name(self) -> str:
        name = str(self.cleaned_data["name"]).strip()
        taken = Calendar.objects.filter(name__iexact=name)
        if taken.exclude(pk=self.calendar.pk if self.calendar else None).exists():
            raise ValidationError(_now("There is a calendar of this name already."))
        return name


class ClosureForm(forms.Form):
    """Days on which the people of one calendar do not work although the country does."""

    name = forms.CharField(label=_("What"), max_length=120, widget=forms.TextInput(attrs=TEXT))
    first = forms.DateField(label=_("First day"), widget=_day())
    last = forms.DateField(label=_("Last day"), required=False, widget=_day(), help_text=_("Empty: one day."))


class PauseForm(forms.Form):
    """Days on which nothing is owed to the account."""

    paused_from = forms.DateField(label=_("First day"), required=False, widget=date_input())
    paused_until = forms.DateField(
        label=_("Last day"), widget=date_input(), help_text=_("From the day after, all goes on by itself.")
    )
    pause_reason = forms.CharField(
        label=_("Why"), max_length=200, help_text=_("So that a colleague understands the silence.")
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.helper = plain_helper()


class CapacityForm(forms.Form):
    """Contact minutes of a working day; for one user, or for everybody who has none of their own."""

    minutes = forms.IntegerField(min_value=0, max_value=1440, label=_("Contact minutes a working day"))

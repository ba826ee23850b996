"""Forms of the plan pages: from what people type to an item's values; ``cadences.plans`` checks them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar, cast

from django import forms
from django.core.exceptions import ValidationError
from django.http import QueryDict
from django.utils.dates import MONTHS as MONTH_NAMES
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from cadences.models import PlanItem, Purpose, Slot
from cadences.plans import windows
from cadences.plans.cells import StaleError
from cadences.plans.rules import COUNTED, QUALIFYING, TALKS
from cadences.plans.sheets import FAVOURABLE, SheetText
from cadences.seed_data import WELCOME
from contacts.models import Interaction
from core.forms import attempt, date_input
from correspondence.models import Template, Use

Result = TypeVar("Result")


class Styled(forms.Form):
    """Fields that look like the rest of the pages, and know when they are wrong."""

    aliases: dict[str, str] = {}
    """The verb's name of a field -> the field in which people typed it."""

    version = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            widget = field.widget
            if isinstance(widget, forms.CheckboxInput | forms.CheckboxSelectMultiple | forms.RadioSelect):
                widget.attrs.setdefault("class", "form-check-input")
            elif not isinstance(widget, forms.HiddenInput):
                select = isinstance(widget, forms.Select)
                widget.attrs.setdefault("class", "form-select" if select else "form-control")

    def add_error(self, field: str | None, error: Any) -> None:
        super().add_error(field, error)
        if field in self.fields:
            attrs = self.fields[field].widget.attrs
            attrs["class"] = f"{attrs.get('class', '')} is-invalid".strip()

    def attempt(self, verb: Callable[[], Result]) -> Result | None:
        """Run the verb when the form is valid. Of a form that came too late, the next save will count."""

        def told() -> Result:
            try:
                return verb()
            except StaleError as error:
                data = cast(QueryDict, self.data).copy()
                data["version"] = error.stored
                self.data = data
                raise
            except ValidationError as error:
                raise ValidationError(self._renamed(error)) from error

        return attempt(self, told)

    def _renamed(self, error: ValidationError) -> Any:
        if not hasattr(error, "error_dict"):
            return error.error_list
        return {self.aliases.get(name, name): found for name, found in error.error_dict.items()}

    @property
    def seen(self) -> str:
        """The token with which the form was opened."""
        return str(self.cleaned_data.get("version", ""))


def number(label: Any, help_text: Any = "", *, least: int = 0) -> forms.IntegerField:
    """A whole number; which ones make sense is said by the rules of the plan, in their words."""
    widget = forms.NumberInput(attrs={"min": least})
    return forms.IntegerField(label=label, required=False, help_text=help_text, widget=widget)


class CellForm(Styled):
    """One cell of the ladder."""

    aliases = {"window_from": "first_day", "window_days": "last_day"}

    kind = forms.ChoiceField(label=gettext_lazy("Kind"), choices=PlanItem.Kind)
    anchor = forms.ChoiceField(label=gettext_lazy("Counted"), choices=PlanItem.Anchor)
    every = number(gettext_lazy("How long"))
    unit = forms.ChoiceField(label=gettext_lazy("Unit"), choices=PlanItem.Unit, required=False)
    starts = forms.ChoiceField(label=gettext_lazy("After"), choices=PlanItem.Starts, required=False)
    min_amount = forms.DecimalField(
        label=gettext_lazy("From this amount on"), required=False, max_digits=18, decimal_places=2,
        help_text=gettext_lazy("Sum of the day's purchases in the company's currency; empty: any."),
    )  # fmt: skip
    product = forms.CharField(
        label=gettext_lazy("For this product"), required=False, max_length=80,
        help_text=gettext_lazy("Part of its name; empty: any."),
    )  # fmt: skip
    cycle = forms.ChoiceField(label=gettext_lazy("How often"), choices=PlanItem.Cycle, required=False)
    first_day = forms.IntegerField(label=gettext_lazy("From day"), required=False, min_value=1, max_value=31)
    first_month = forms.TypedChoiceField(label=gettext_lazy("From month"), coerce=int, required=False)
    last_day = number(gettext_lazy("To day"), least=1)
    last_month = forms.TypedChoiceField(label=gettext_lazy("To month"), coerce=int, required=False)
    avoids_track = forms.BooleanField(
        label=gettext_lazy("Not while the 1-2-1 track after a purchase runs"), required=False
    )
    tolerance_days = number(
        gettext_lazy("Days it may be late"), gettext_lazy("Until then it counts as on time.")
    )
    lapse_after = number(
        gettext_lazy("Lapses after days"),
        gettext_lazy("Counted from its date, in the calendar from the end of its days; empty: never."),
    )
    assignee = forms.ChoiceField(label=gettext_lazy("Done by"), choices=PlanItem.Assignee)
    minutes = number(gettext_lazy("Minutes planned"))
    purpose = forms.ModelChoiceField(
        label=gettext_lazy("Sheet"), queryset=Purpose.objects.none(), required=False,
        help_text=gettext_lazy("Talking points and checklist."),
    )  # fmt: skip
    template = forms.ModelChoiceField(
        label=gettext_lazy("Written with"), queryset=Template.objects.none(), required=False,
        help_text=gettext_lazy("On its day the night writes it, in the contact's language, from the owner."),
    )  # fmt: skip
    approval = forms.BooleanField(
        label=gettext_lazy("Waits as a draft until somebody has read and approved it"), required=False
    )
    qualifying = forms.MultipleChoiceField(
        label=gettext_lazy("Counts as this contact"), required=False, widget=forms.CheckboxSelectMultiple,
        choices=[(value, name) for value, name in Interaction.Kind.choices if value in COUNTED],
    )  # fmt: skip

    def __init__(self, *args: Any, slot: Slot, sheets: Any, templates: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["template"].queryset = templates
        self.fields["template"].empty_label = _("by hand, no template")
        self.slot = slot
        self.fields["purpose"].queryset = sheets
        self.fields["purpose"].empty_label = _("no sheet")
        for name in ("first_month", "last_month"):
            self.fields[name].choices = list(MONTH_NAMES.items())
        if slot.is_track:
            self.fields["anchor"].choices = [(PlanItem.Anchor.AFTER_EVENT, _("After a purchase"))]
        if slot.is_of_event:
            self.fields["anchor"].choices = [(PlanItem.Anchor.AFTER_EVENT, slot.get_event_display())]

    def clean(self) -> dict[str, Any]:
        found = self.cleaned_data
        if found.get("anchor") == PlanItem.Anchor.CALENDAR and not self.errors:
            self._clean_window(found)
            return found
        counted = found.get("anchor") != PlanItem.Anchor.CALENDAR
        if counted and found.get("every") is None and "every" not in self.errors:
            self.add_error("every", _("Say how long: a number, such as 2."))
        return found

    def _clean_window(self, found: dict[str, Any]) -> None:
        cycle = found.get("cycle") or PlanItem.Cycle.YEAR
        first, last = (self._offset(end, cycle) for end in ("first", "last"))
        if first is None or last is None:
            return
        if last < first:
            self.add_error(
                "last_day", _("The last day is before the first. A window ends in the cycle it begins in.")
            )
        found["window_from"], found["window_days"] = first, last - first + 1

    def _offset(self, end: str, cycle: str) -> int | None:
        """The day that was chosen, counted from the cycle's first; what is no day is refused in words."""
        day, name = self.cleaned_data.get(f"{end}_day"), f"{end}_day"
        month = 1 if cycle == PlanItem.Cycle.MONTH else self.cleaned_data.get(f"{end}_month")
        if day is None or day < 1 or not month:
            self.add_error(name, _("Say the day and the month."))
            return None
        if month > windows.MONTHS[cycle]:
            last = MONTH_NAMES[windows.MONTHS[cycle]]
            self.add_error(
                f"{end}_month",
                _("Choose a month from January to %(last)s: the window is alike in every cycle of the year.")
                % {"last": last},
            )
            return None
        if cycle == PlanItem.Cycle.MONTH:
            return int(day) - 1
        if day > windows.days_in(month):
            self.add_error(name, _impossible(month))
            return None
        return windows.offset_of(month, day)

    @property
    def values(self) -> dict[str, Any]:
        """The item's values, for the verb; numbers that were left empty are 0."""
        found = dict(self.cleaned_data)
        for name in ("version", "first_day", "first_month", "last_day", "last_month"):
            found.pop(name, None)
        for name in ("every", "minutes", "tolerance_days"):
            found[name] = found.get(name) or 0
        found["unit"] = found.get("unit") or PlanItem.Unit.DAY
        found["starts"] = found.get("starts") or PlanItem.Starts.FIRST
        found["product"] = found["product"].strip()
        return found


def _impossible(month: int) -> str:
    days = windows.days_in(month)
    if month == 2:
        return _("February ends on the 28th here: a 29th comes only in leap years. Choose another day.")
    return ngettext("%(month)s has %(n)d day.", "%(month)s has %(n)d days.", days) % {
        "month": MONTH_NAMES[month],
        "n": days,
    }


def cell_values(item: PlanItem | None, slot: Slot) -> dict[str, Any]:
    """What the editor begins with: the item, what is inherited, or something usual."""
    item = (
        item
        or (_welcome() if slot.key == "welcome" else None)
        or PlanItem(
            slot=slot,
            kind=PlanItem.Kind.CALL,
            anchor=PlanItem.Anchor.AFTER_EVENT if slot.group else PlanItem.Anchor.AFTER_CONTACT,
            every=7 if slot.group else 2,
            unit=PlanItem.Unit.DAY if slot.group else PlanItem.Unit.MONTH,
            tolerance_days=2 if slot.group else 7,
            lapse_after=30 if slot.group else None,
            qualifying=TALKS,
        )
    )
    calendar = item.anchor == PlanItem.Anchor.CALENDAR
    first = windows.day_at(item.window_from if calendar else 31)
    last = windows.day_at(item.window_from + item.window_days - 1 if calendar else 333)
    names = (
        "kind", "anchor", "every", "unit", "starts", "min_amount", "product", "avoids_track",
        "tolerance_days", "lapse_after", "assignee", "minutes", "purpose", "qualifying", "template",
        "approval",
    )  # fmt: skip
    return {
        **{name: getattr(item, name) for name in names},
        "every": item.every or (0 if item.anchor == PlanItem.Anchor.AFTER_EVENT else 2),
        "minutes": item.minutes or 15,
        "cycle": item.cycle or PlanItem.Cycle.YEAR,
        "first_day": first.day, "first_month": first.month, "last_day": last.day, "last_month": last.month,
    }  # fmt: skip


def _welcome() -> PlanItem:
    """A letter on the day after the first purchase, with the first template for it, if there is one."""
    return PlanItem(**WELCOME, template=Template.objects.of_use(Use.WELCOME).first())


def usual_kinds() -> dict[str, list[str]]:
    """What usually counts as a contact of each kind: the editor ticks it when the kind changes."""
    return {str(kind): list(values) for kind, values in QUALIFYING.items()}


class TrackForm(Styled):
    """What starts the 1-2-1 track."""

    starts = forms.ChoiceField(
        label=gettext_lazy("Starts after"), choices=PlanItem.Starts, widget=forms.RadioSelect
    )
    min_amount = forms.DecimalField(
        label=gettext_lazy("From this amount on"), required=False, max_digits=18, decimal_places=2,
        help_text=gettext_lazy("Sum of the day's purchases in the company's currency; empty: any."),
    )  # fmt: skip
    product = forms.CharField(
        label=gettext_lazy("For this product"), required=False, max_length=80,
        help_text=gettext_lazy("Part of its name; empty: any."),
    )  # fmt: skip


class SheetForm(Styled):
    """A purpose sheet, one line each."""

    name = forms.CharField(label=gettext_lazy("Name of the sheet"), max_length=80)
    talking_points = forms.CharField(
        label=gettext_lazy("Talking points"), required=False, widget=forms.Textarea(attrs={"rows": 7}),
        help_text=gettext_lazy("One on each line; shown beside the form while one speaks."),
    )  # fmt: skip
    checklist = forms.CharField(
        label=gettext_lazy("Checklist"), required=False, widget=forms.Textarea(attrs={"rows": 6}),
        help_text=gettext_lazy(
            "One point on each line, ticked when it is done. A line that begins with * is offered only to "
            "customers who are content and have no open concern."
        ),
    )  # fmt: skip

    @property
    def text(self) -> SheetText:
        found = self.cleaned_data
        checks = [_check(line) for line in found["checklist"].splitlines()]
        return SheetText(found["name"], found["talking_points"].splitlines(), checks)


def sheet_values(sheet: Purpose | None, slot: Slot) -> dict[str, str]:
    """The sheet as the form shows it; a new one is named after its slot."""
    if sheet is None:
        return {"name": slot.name}
    checks = [("* " if point.get("gate") else "") + point["text"] for point in sheet.checklist]
    return {
        "name": sheet.name,
        "talking_points": "\n".join(sheet.talking_points),
        "checklist": "\n".join(checks),
    }


def _check(line: str) -> tuple[str, str]:
    text = line.strip()
    gated = text.startswith("*")
    return text.lstrip("* ") if gated else text, FAVOURABLE if gated else ""


class SlotForm(Styled):
    """A slot's name, and whether it belongs to the track."""

    name = forms.CharField(
        label=gettext_lazy("Name"), max_length=80, help_text=gettext_lazy("What the contact is for.")
    )
    is_track = forms.BooleanField(
        label=gettext_lazy("Part of the 1-2-1 track after a purchase"), required=False
    )


class ActivateForm(Styled):
    """From when on."""

    on = forms.DateField(label=gettext_lazy("From"), widget=date_input())
    note = forms.CharField(
        label=gettext_lazy("What is new, in a line"), required=False, max_length=200,
        help_text=gettext_lazy("Stands in the list of versions."),
    )  # fmt: skip

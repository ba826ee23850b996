"""Forms of appointments. What they check, the verbs check again."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import uuid4

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import Account
from cadences.forms.log import DateInput, TimeInput
from cadences.meetings import rows
from cadences.meetings.invitations import why_not
from cadences.meetings.services import Terms
from cadences.models import Appointment, Touchpoint
from contacts.models import Contact
from core.forms import choose_among, plain_helper
from core.places import zone_of
from core.templatetags.ui import said_day
from users.models import User

NO_ROW = ""


def _control(**attrs: Any) -> dict[str, Any]:
    return {"class": "form-control", **attrs}


class AppointmentForm(forms.Form):
    """What is agreed; ``appointment`` when it is changed, else a new one on ``account``."""

    kind = forms.ChoiceField(
        label=gettext_lazy("How"),
        choices=Appointment.Kind.choices,
        widget=forms.Select(attrs={"class": "form-select"}),
    )
    on = forms.DateField(label=gettext_lazy("Day"), widget=DateInput())
    at = forms.TimeField(label=gettext_lazy("From"), widget=TimeInput())
    until = forms.TimeField(label=gettext_lazy("Until"), widget=TimeInput())
    place = forms.CharField(
        label=gettext_lazy("Place"),
        required=False,
        max_length=300,
        widget=forms.TextInput(attrs=_control()),
        help_text=gettext_lazy("An address, or the link of a video call."),
    )
    time_zone = forms.CharField(
        label=gettext_lazy("Time zone there"),
        max_length=64,
        widget=forms.TextInput(attrs=_control(list="zones", autocomplete="off")),
        help_text=gettext_lazy("The times are meant as clocks show them there."),
    )
    contacts = forms.ModelMultipleChoiceField(
        Contact.objects.none(), label=gettext_lazy("With"), widget=forms.CheckboxSelectMultiple
    )
    host = forms.ModelChoiceField(
        User.objects.none(),
        label=gettext_lazy("Host"),
        empty_label=None,
        widget=forms.Select(attrs={"class": "form-select"}),
        help_text=gettext_lazy("Answers to an invitation go to them."),
    )
    colleagues = forms.ModelMultipleChoiceField(
        User.objects.none(),
        label=gettext_lazy("Colleagues who come along"),
        required=False,
        widget=forms.SelectMultiple(attrs={"class": "form-select", "size": 5}),
        help_text=gettext_lazy("Several with Ctrl or ⌘."),
    )
    row = forms.ChoiceField(
        label=gettext_lazy("It is for"),
        required=False,
        widget=forms.Select(attrs={"class": "form-select"}),
    )
    purpose = forms.CharField(
        label=gettext_lazy("What it is about"),
        required=False,
        max_length=200,
        widget=forms.TextInput(attrs=_control()),
        help_text=gettext_lazy("The customer reads this as the title of the invitation."),
    )
    agenda = forms.CharField(
        label=gettext_lazy("Agenda"),
        required=False,
        max_length=5000,
        widget=forms.Textarea(attrs=_control(rows=3)),
        help_text=gettext_lazy("Goes with the invitation."),
    )
    invites = forms.BooleanField(
        label=gettext_lazy("Send them an invitation for their calendar by e-mail"), required=False
    )
    token = forms.UUIDField(widget=forms.HiddenInput, required=False)
    version = forms.CharField(widget=forms.HiddenInput, required=False)

    def __init__(
        self,
        data: Any = None,
        *,
        user: User,
        account: Account,
        now: datetime,
        appointment: Appointment | None = None,
        asked: dict[str, Any] | None = None,
    ) -> None:
        self.appointment = appointment
        self.open_rows = [] if appointment else rows.open_for(account.pk)
        initial = _of(appointment) if appointment else _new(user, account, now, self.open_rows)
        super().__init__(data, initial=initial | (asked or {}), auto_id="meet_%s")
        self._choose_people(account)
        self._choose_row()

    def _choose_people(self, account: Account) -> None:
        kept = [contact.pk for contact in self.appointment.people] if self.appointment else []
        there = Contact.objects.filter(account=account)
        people = (there.employed() | there.filter(pk__in=kept)).order_by("-is_main", "name_folded", "id")
        choose_among(self, "contacts", people)
        contacts: Any = self.fields["contacts"]
        contacts.label_from_instance = _with_remark
        choose_among(self, "host", self._users())
        choose_among(self, "colleagues", User.objects.active().by_name())

    def _users(self) -> Any:
        """Who works here, and whoever hosts it already."""
        found = User.objects.active()
        if self.appointment:
            found = found | User.objects.filter(pk=self.appointment.host_id)
        return found.by_name()

    def _choose_row(self) -> None:
        """Which meeting that is owed is meant; without one there is nothing to ask."""
        if not self.open_rows:
            del self.fields["row"]
            return
        choices = [(str(row.pk), _owed(row)) for row in self.open_rows]
        field: Any = self.fields["row"]
        field.choices = [*choices, (NO_ROW, _("a meeting of its own"))]

    def clean(self) -> dict[str, Any]:
        said = super().clean() or {}
        if self.appointment is None:
            return said
        stored = self.appointment.updated_at.isoformat()
        if said.get("version") != stored:
            data: Any = self.data.copy()
            data["version"] = stored
            self.data = data
            raise ValidationError(
                _(
                    "A colleague changed this meeting while you were editing. It is now: %(stored)s. "
                    "Check and save again."
                )
                % {"stored": in_words(self.appointment)}
            )
        return said

    def terms(self) -> Terms:
        """What the verbs are handed."""
        said = dict(self.cleaned_data)
        chosen = said.pop("row", NO_ROW)
        said.pop("version")
        said["row"] = next((row for row in self.open_rows if str(row.pk) == chosen), None)
        said["contacts"], said["colleagues"] = list(said["contacts"]), list(said["colleagues"])
        return Terms(**said)


class ReasonForm(forms.Form):
    """Why it is cancelled, or was not held."""

    reason = forms.CharField(
        label=gettext_lazy("Why"), max_length=200, required=False, widget=forms.TextInput(attrs=_control())
    )
    helper = plain_helper()


class NeedsForm(forms.Form):
    """What they told us beside the log: what they need (R13)."""

    needs = forms.CharField(
        label=gettext_lazy("What they need"),
        required=False,
        max_length=5000,
        widget=forms.Textarea(attrs=_control(rows=2)),
    )


def in_words(appointment: Appointment) -> str:
    """When and where, in one line."""
    start, end = appointment.local_start, appointment.local_end
    when = f"{said_day(start.date())} {start:%H:%M}–{end:%H:%M}"
    return ", ".join(part for part in (when, appointment.place) if part)


def _with_remark(contact: Any) -> str:
    """Name, title, and why they would get no invitation."""
    parts = [contact.name, contact.job_title, why_not(contact)]
    return ", ".join(part for part in parts if part)


def _owed(row: Touchpoint) -> str:
    words = {"slot": row.slot.name, "day": said_day(row.due_on)}
    return _("%(slot)s, owed %(day)s") % words


def _of(appointment: Appointment) -> dict[str, Any]:
    names = ("kind", "place", "time_zone", "purpose", "agenda")
    return {
        **{name: getattr(appointment, name) for name in names},
        "on": appointment.local_start.date(),
        "at": appointment.local_start.time(),
        "until": appointment.local_end.time(),
        "contacts": [contact.pk for contact in appointment.people],
        "host": appointment.host_id,
        "colleagues": [one.pk for one in appointment.colleagues.all()],
        "version": appointment.updated_at.isoformat(),
    }


def _new(user: User, account: Account, now: datetime, open_rows: list[Touchpoint]) -> dict[str, Any]:
    """Tomorrow at ten, for an hour, with whom we call first, at their place and by their clock."""
    row = open_rows[0] if open_rows else None
    main = Contact.objects.filter(account=account).employed().values_list("pk", flat=True).first()
    first = (now + timedelta(days=1)).date()
    return {
        "kind": Appointment.Kind.VIDEO if row and row.kind == "video" else Appointment.Kind.MEETING,
        "on": max(row.due_on, first) if row else _weekday(first),
        "at": time(10),
        "until": time(11),
        "place": ", ".join(
            part for part in (account.street, f"{account.postal_code} {account.city}".strip()) if part
        ),
        "time_zone": zone_of(str(account.country)) or user.time_zone,
        "contacts": [main] if main else [],
        "host": user.pk,
        "row": str(row.pk) if row else NO_ROW,
        "token": uuid4(),
    }


def _weekday(on: date) -> date:
    """That day, or the Monday after it."""
    return on + timedelta(days=7 - on.weekday()) if on.weekday() > 4 else on

"""The log form: one form for every outcome, short for the ordinary call, complete for the rest."""

from __future__ import annotations

import json
from datetime import date
from typing import Any
from uuid import uuid4

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cadences.forms.choices import MOODS, outcomes
from cadences.models import Touchpoint
from cadences.services import NextStep, Submission
from cadences.services.closing import AGREED_KINDS, IN_VAIN, POSTPONED
from cadences.services.dates import wrong_day
from cadences.sheet import Sheet
from contacts.models import Ask, Channel, Concern, Contact, Interaction
from contacts.services import AskDraft, CommitmentDraft, ConcernDraft, LogEntry
from core.forms import choose_among
from core.templatetags.ui import said_day
from users.models import User

NEW = "new"
NEXT_KINDS = [(value, name) for value, name in Touchpoint.Kind.choices if value in AGREED_KINDS]
LOG_KINDS = [(value, name) for value, name in Interaction.Kind.choices if value != "note"]
HOW = [("", gettext_lazy("not said")), *Channel.choices]
ASKED = [("", gettext_lazy("not asked")), *Ask.Answer.choices]


class DateInput(forms.DateInput):
    input_type = "date"

    def __init__(self) -> None:
        super().__init__(format="%Y-%m-%d", attrs={"class": "form-control"})


class TimeInput(forms.TimeInput):
    input_type = "time"

    def __init__(self) -> None:
        super().__init__(format="%H:%M", attrs={"class": "form-control"})


def _text(placeholder: Any = "", **attrs: Any) -> forms.TextInput:
    return forms.TextInput(attrs={"class": "form-control", "placeholder": placeholder, **attrs})


def _select() -> forms.Select:
    return forms.Select(attrs={"class": "form-select"})


class PeopleSelect(forms.Select):
    """Each person with the channels they prefer and refuse, which the page offers when one is chosen."""

    people: dict[str, Contact]

    def create_option(self, name: str, value: Any, *args: Any, **kwargs: Any) -> dict[str, Any]:
        option: dict[str, Any] = super().create_option(name, value, *args, **kwargs)
        if person := self.people.get(str(value)):
            option["attrs"]["data-prefers"] = person.preferred_channel
            option["attrs"]["data-refuses"] = " ".join(person.refused_channels)
        return option


class LogForm(forms.Form):
    """What happened and when we are in touch next; ``sheet`` decides choices and what is prefilled."""

    outcome = forms.ChoiceField(label=gettext_lazy("Outcome"), widget=forms.RadioSelect)
    summary = forms.CharField(
        label=gettext_lazy("Note"),
        required=False,
        max_length=10_000,
        widget=forms.Textarea(attrs={"class": "form-control", "rows": 3}),
    )
    sentiment = forms.TypedChoiceField(
        label=gettext_lazy("Mood"),
        required=False,
        choices=MOODS,
        coerce=int,
        empty_value=None,
        widget=forms.RadioSelect,
    )
    contact = forms.ChoiceField(
        label=gettext_lazy("With"), required=False, widget=PeopleSelect(attrs={"class": "form-select"})
    )
    others = forms.MultipleChoiceField(
        label=gettext_lazy("Also there"), required=False, widget=forms.CheckboxSelectMultiple
    )
    kind = forms.ChoiceField(label=gettext_lazy("By"), choices=LOG_KINDS, widget=_select())
    refused_reason = forms.CharField(
        label=gettext_lazy("They do not want this channel. Why all the same?"),
        required=False,
        max_length=200,
        widget=_text(),
    )
    happened_on = forms.DateField(label=gettext_lazy("On"), required=False, widget=DateInput())
    incoming = forms.BooleanField(label=gettext_lazy("They contacted us"), required=False)
    covered = forms.MultipleChoiceField(required=False)
    counts_as = forms.MultipleChoiceField(required=False, widget=forms.CheckboxSelectMultiple)

    new_first_name = forms.CharField(
        label=gettext_lazy("First name"), required=False, max_length=80, widget=_text()
    )
    new_last_name = forms.CharField(
        label=gettext_lazy("Last name"), required=False, max_length=80, widget=_text()
    )
    new_job_title = forms.CharField(
        label=gettext_lazy("Title"), required=False, max_length=120, widget=_text()
    )
    new_phone = forms.CharField(
        label=gettext_lazy("Phone"), required=False, max_length=60, widget=_text(inputmode="tel")
    )

    concern_what = forms.CharField(
        label=gettext_lazy("What worries them"),
        required=False,
        max_length=2000,
        widget=_text(),
    )
    concern_severity = forms.TypedChoiceField(
        label=gettext_lazy("How bad"),
        required=False,
        choices=Concern.Severity.choices,
        coerce=int,
        empty_value="",
        initial=2,
        widget=_select(),
    )
    concern_owner = forms.ModelChoiceField(
        User.objects.none(),
        label=gettext_lazy("Who takes care of it"),
        required=False,
        empty_label=gettext_lazy("the account's owner"),
        widget=_select(),
    )
    concern_due = forms.DateField(label=gettext_lazy("To be solved by"), required=False, widget=DateInput())

    promise_what = forms.CharField(
        label=gettext_lazy("What was promised"), required=False, max_length=300, widget=_text()
    )
    promise_due = forms.DateField(label=gettext_lazy("By when"), required=False, widget=DateInput())
    promise_channel = forms.ChoiceField(
        label=gettext_lazy("How"), required=False, choices=HOW, widget=_select()
    )
    promise_theirs = forms.BooleanField(label=gettext_lazy("They promised it"), required=False)

    expectation = forms.CharField(
        label=gettext_lazy("What they now expect of us"), required=False, max_length=300, widget=_text()
    )

    referral = forms.ChoiceField(
        label=gettext_lazy("Referral"), choices=ASKED, required=False, widget=_select()
    )
    referral_company = forms.CharField(
        label=gettext_lazy("Company they named"), required=False, max_length=200, widget=_text()
    )
    testimonial = forms.ChoiceField(
        label=gettext_lazy("Testimonial"), choices=ASKED, required=False, widget=_select()
    )

    next_on = forms.DateField(label=gettext_lazy("Next contact"), required=False, widget=DateInput())
    next_at = forms.TimeField(label=gettext_lazy("Time, if agreed"), required=False, widget=TimeInput())
    next_kind = forms.ChoiceField(
        label=gettext_lazy("How"), choices=NEXT_KINDS, required=False, widget=_select()
    )
    next_about = forms.CharField(
        label=gettext_lazy("What was agreed"), required=False, max_length=300, widget=_text()
    )
    next_reason = forms.CharField(
        label=gettext_lazy("No next date, because"), required=False, max_length=200, widget=_text()
    )
    try_on = forms.DateField(label=gettext_lazy("Try again"), required=False, widget=DateInput())
    back_on = forms.DateField(label=gettext_lazy("Call back on"), required=False, widget=DateInput())
    back_at = forms.TimeField(label=gettext_lazy("at"), required=False, widget=TimeInput())

    token = forms.UUIDField(widget=forms.HiddenInput)
    plan_on = forms.DateField(required=False, widget=forms.HiddenInput)
    plan_kind = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(
        self, *args: Any, sheet: Sheet, ticks: list[Touchpoint] | None = None, **kwargs: Any
    ) -> None:
        self.sheet = sheet
        self.ticks = ticks or []
        kwargs["initial"] = self._prefilled() | kwargs.get("initial", {})
        kwargs.setdefault("auto_id", "log_%s")
        super().__init__(*args, **kwargs)
        people = [(str(person.pk), _with_title(person, sheet.today)) for person in sheet.people]
        self._choices("contact", [*people, ("", _("nobody in particular")), (NEW, _("somebody new …"))])
        self._choices("others", people if len(people) > 1 else [])
        contact: Any = self.fields["contact"].widget
        contact.people = {str(person.pk): person for person in sheet.people}
        choose_among(self, "concern_owner", User.objects.active().by_name())
        self._offer_channels()
        self._choices("covered", [(p.key, p.text) for p in sheet.points if not p.is_closed])
        self._choices("counts_as", [(str(row.pk), row.slot.name) for row in self.ticks])

    def _offer_channels(self) -> None:
        """What the person prefers first, what they refuse last; outcomes follow the chosen kind."""
        if self._owed_kind() == "todo":
            self._choices("kind", [("note", _("Note"))])
            self._choices("outcome", outcomes("todo"))
            return
        kinds = LOG_KINDS if self.sheet.touchpoint else Interaction.Kind.choices
        person = self._chosen_person()
        liked, refused = (person.preferred_channel, person.refused_channels) if person else ("", [])
        in_order = sorted(kinds, key=lambda kind: (kind[0] in refused, kind[0] != liked))
        self._choices("kind", [(value, str(name)) for value, name in in_order])
        kind = self["kind"].value()
        self._choices("outcome", outcomes(kind if kind in dict(kinds) else self._owed_kind()))

    @property
    def outcomes_by_kind(self) -> str:
        """For the page, which changes the outcomes with the kind."""
        return json.dumps({value: outcomes(value) for value, _name in Interaction.Kind.choices})

    def _choices(self, name: str, choices: list[tuple[str, str]]) -> None:
        self.fields[name].choices = choices

    def _chosen_person(self) -> Contact | None:
        chosen = str(self["contact"].value() or "")
        return next((person for person in self.sheet.people if str(person.pk) == chosen), None)

    def _owed_kind(self) -> str:
        return self.sheet.touchpoint.kind if self.sheet.touchpoint else "call"

    def _prefilled(self) -> dict[str, Any]:
        owed, person, plan = self.sheet.touchpoint, self.sheet.person, self.sheet.suggestion
        return {
            "token": uuid4(),
            "kind": _opening_channel(owed, person),
            "contact": person.pk if person else "",
            "happened_on": self.sheet.today,
            "next_on": plan.on if plan else None,
            "next_kind": plan.kind if plan else "call",
            "plan_on": plan.on if plan else None,
            "plan_kind": plan.kind if plan else "",
            **self.sheet.agreed,
        }

    # -- checks ------------------------------------------------------------------------------------

    def clean(self) -> dict[str, Any]:
        said = super().clean() or {}
        if said.get("contact") == NEW and not said.get("new_last_name"):
            self.add_error("new_last_name", _("Enter the last name of the new person."))
        if said.get("kind") == "note" and said.get("counts_as"):
            self.add_error(
                "counts_as", _("A note is no contact with the customer: untick what it counts as.")
            )
        if said.get("promise_what") and not said.get("promise_due"):
            self.add_error("promise_due", _("A promise needs its day: by when?"))
        if said.get("referral_company") and not said.get("referral"):
            self.add_error("referral", _("Choose what they answered when you asked for a referral."))
        self._check_dates(said)
        return said

    def _check_dates(self, said: dict[str, Any]) -> None:
        today = self.sheet.today
        for name in ("concern_due", "promise_due", "next_on", "try_on", "back_on"):
            given = said.get(name)
            if given and name in self._asked_dates(said) and (wrong := wrong_day(given, today)):
                self.add_error(name, wrong)
        outcome = said.get("outcome")
        if outcome == POSTPONED and "back_on" not in self.errors and not said.get("back_on"):
            self.add_error("back_on", _("Choose the day they want to be called."))
        answered = said.get("next_on") or said.get("next_reason") or "next_on" in self.errors
        if self._demands_next(outcome) and not answered:
            self.add_error("next_on", _("Choose the next date, or say below why there is none."))

    def _demands_next(self, outcome: str | None) -> bool:
        """Every contact that was owed ends with the next date (R11); a to-do and a vain try do not."""
        owed = self.sheet.touchpoint is not None and self._owed_kind() != "todo"
        return owed and bool(outcome) and outcome not in (*IN_VAIN, POSTPONED)

    def _asked_dates(self, said: dict[str, Any]) -> set[str]:
        """The dates that count for the chosen outcome."""
        always = {"concern_due", "promise_due"}
        if said.get("outcome") in IN_VAIN:
            return always | {"try_on"}
        return always | ({"back_on"} if said.get("outcome") == POSTPONED else {"next_on"})

    def renew_token(self) -> None:
        """What is sent next is a log of its own."""
        data: Any = self.data.copy()
        data["token"] = str(uuid4())
        self.data = data

    # -- what the verbs are handed -------------------------------------------------------------------

    def submission(self) -> Submission:
        said = self.cleaned_data
        return Submission(
            entry=self._entry(),
            next_step=self._next_step(),
            new_person=self._new_person(),
            try_on=said["try_on"],
            back_on=said["back_on"],
            back_at=said["back_at"],
        )

    def ticked(self) -> list[Touchpoint]:
        """The open touchpoints that this log counts as."""
        return [row for row in self.ticks if str(row.pk) in self.cleaned_data["counts_as"]]

    def _entry(self) -> LogEntry:
        said = self.cleaned_data
        day = said["happened_on"]
        return LogEntry(
            kind=said["kind"],
            outcome=said["outcome"],
            summary=said["summary"],
            sentiment=said["sentiment"],
            contact=self._contact(),
            others=[person for person in self.sheet.people if str(person.pk) in said["others"]],
            refused_reason=said["refused_reason"],
            direction=Interaction.Direction.IN if said["incoming"] else Interaction.Direction.OUT,
            happened_on=day if day and day != self.sheet.today else None,
            concern=self._concern(),
            commitment=self._promise(),
            expectation=said["expectation"],
            asks=self._asks(),
            covered=said["covered"],
            token=said["token"],
        )

    def _contact(self) -> Any:
        chosen = self.cleaned_data["contact"]
        return next((person for person in self.sheet.people if str(person.pk) == chosen), None)

    def _new_person(self) -> dict[str, Any] | None:
        said = self.cleaned_data
        if said["contact"] != NEW:
            return None
        names = ("first_name", "last_name", "job_title", "phone")
        return {name: said[f"new_{name}"] for name in names}

    def _concern(self) -> ConcernDraft | None:
        said = self.cleaned_data
        if not said["concern_what"]:
            return None
        severity = said["concern_severity"] or Concern.Severity.MEDIUM
        return ConcernDraft(said["concern_what"], severity, said["concern_owner"], said["concern_due"])

    def _promise(self) -> CommitmentDraft | None:
        said = self.cleaned_data
        if not said["promise_what"]:
            return None
        by_us = not said["promise_theirs"]
        return CommitmentDraft(said["promise_what"], said["promise_due"], by_us, said["promise_channel"])

    def _asks(self) -> list[AskDraft]:
        said = self.cleaned_data
        referral = AskDraft("referral", said["referral"], said["referral_company"])
        return [ask for ask in (referral, AskDraft("testimonial", said["testimonial"])) if ask.answer]

    def _next_step(self) -> NextStep:
        said = self.cleaned_data
        if not said["next_on"]:
            return NextStep.none(said["next_reason"]) if said["next_reason"] else NextStep.as_planned()
        unchanged = (said["next_on"], said["next_kind"]) == (said["plan_on"], said["plan_kind"])
        if unchanged and not said["next_at"] and not said["next_about"]:
            return NextStep.as_planned()
        kind = said["next_kind"] or "call"
        return NextStep.agreed(said["next_on"], said["next_at"], kind, self._contact(), said["next_about"])


def _with_title(person: Any, today: date) -> str:
    name = f"{person.name}, {person.job_title}" if person.job_title else person.name
    if person.is_paused(today):
        return _("%(name)s (paused until %(day)s)") % {"name": name, "day": said_day(person.paused_until)}
    return name


def _opening_channel(owed: Touchpoint | None, person: Any) -> str:
    """The channel the person prefers, where it counts as what is owed; else what is owed (R11)."""
    if owed is None:
        return str(person.preferred_channel or "call") if person else "call"
    if owed.kind == Touchpoint.Kind.TODO:
        return "note"
    liked = person.preferred_channel if person else ""
    counts = owed.item.qualifying if owed.item else [owed.kind]
    return liked if liked and liked in counts else owed.kind

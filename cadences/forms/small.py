"""Forms of one or two fields."""

from __future__ import annotations

import re
from typing import Any
from uuid import uuid4

from django import forms
from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import Account
from cadences.forms.choices import MOODS
from cadences.forms.log import LOG_KINDS, DateInput, TimeInput
from cadences.models import Touchpoint
from contacts.models import Contact, Interaction
from users.models import User


def errors_into(form: forms.BaseForm, error: ValidationError) -> None:
    """Put what a verb refused at its field, or above the form where it has no such field."""
    if not hasattr(error, "error_dict"):
        form.add_error(None, error)
        return
    for name, errors in error.error_dict.items():
        form.add_error(name if name in form.fields and name != NON_FIELD_ERRORS else None, errors)


def _control() -> forms.TextInput:
    return forms.TextInput(attrs={"class": "form-control"})


class SnoozeForm(forms.Form):
    until = forms.DateField(label=gettext_lazy("Put off to"), widget=DateInput())
    reason = forms.CharField(
        label=gettext_lazy("Why (if it helps)"), required=False, max_length=200, widget=_control()
    )


class SkipForm(forms.Form):
    reason = forms.CharField(label=gettext_lazy("Why is it left out"), max_length=200, widget=_control())


class TodoForm(forms.Form):
    """A note with a date for oneself."""

    account = forms.ModelChoiceField(label=gettext_lazy("Account"), queryset=Account.objects.none())
    text = forms.CharField(label=gettext_lazy("What is to be done"), max_length=300, widget=_control())
    on = forms.DateField(label=gettext_lazy("On"), widget=DateInput())
    at = forms.TimeField(label=gettext_lazy("Time, if it matters"), required=False, widget=TimeInput())
    token = forms.UUIDField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, user: Any, **kwargs: Any) -> None:
        kwargs["initial"] = {"token": uuid4()} | kwargs.get("initial", {})
        super().__init__(*args, **kwargs)
        field: Any = self.fields["account"]
        field.queryset = _near(user, self.data.get("account") or self.initial.get("account"))
        field.widget.attrs["class"] = "form-select"


def _near(user: User, chosen: Any) -> QuerySet[Account]:
    """The accounts a person has to do with, and the one they came from."""
    near = Q(owner=user) | Q(pk__in=Touchpoint.objects.open().filter(assignee=user).values("account"))
    if re.fullmatch(r"[0-9]{1,18}", str(chosen or "")):
        near |= Q(pk=chosen)
    return Account.objects.visible_to(user).filter(near).order_by("name_folded", "id")


class CorrectForm(forms.ModelForm):
    """Everything in a log that can be wrong."""

    class Meta:
        model = Interaction
        fields = [
            "kind", "outcome", "direction", "happened_on", "contact", "others", "refused_reason",
            "summary", "sentiment",
        ]  # fmt: skip
        labels = {
            "kind": gettext_lazy("By"),
            "outcome": gettext_lazy("Outcome"),
            "direction": gettext_lazy("Direction"),
            "happened_on": gettext_lazy("On"),
            "contact": gettext_lazy("With"),
            "others": gettext_lazy("Who else of theirs was there"),
            "refused_reason": gettext_lazy("Why by a channel they do not want"),
            "summary": gettext_lazy("Note"),
            "sentiment": gettext_lazy("Mood"),
        }
        help_texts = {"happened_on": "", "sentiment": "", "refused_reason": "", "others": ""}
        widgets = {
            "kind": forms.Select(attrs={"class": "form-select"}),
            "outcome": forms.Select(attrs={"class": "form-select"}),
            "direction": forms.Select(attrs={"class": "form-select"}),
            "contact": forms.Select(attrs={"class": "form-select"}),
            "others": forms.CheckboxSelectMultiple,
            "refused_reason": forms.TextInput(attrs={"class": "form-control"}),
            "happened_on": DateInput(),
            "summary": forms.Textarea(attrs={"class": "form-control", "rows": 4}),
        }

    sentiment = forms.TypedChoiceField(
        label=gettext_lazy("Mood"),
        required=False,
        coerce=int,
        empty_value=None,
        widget=forms.Select(attrs={"class": "form-select"}),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        fields: Any = self.fields
        if self.instance.kind != "note":
            fields["kind"].choices = LOG_KINDS
        fields["sentiment"].choices = [("", _("not noted")), *((n, f"{n} · {name}") for n, name in MOODS)]
        people = Contact.objects.filter(account=self.instance.account_id).order_by("left_on", "name_folded")
        fields["contact"].queryset = fields["others"].queryset = people
        if len(people) < 2:
            del self.fields["others"]

    def _post_clean(self) -> None:
        """The instance stays as it is: the verb applies the changes and checks them."""


class WithdrawForm(forms.Form):
    reason = forms.CharField(
        label=gettext_lazy("Why is it withdrawn"),
        help_text=gettext_lazy("The log stays readable with this reason, and counts for nothing."),
        max_length=200,
        widget=_control(),
    )

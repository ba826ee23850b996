"""Forms of people, concerns, notes, promises and asks. What they check, the verbs check again."""

from __future__ import annotations

from typing import Any, cast

from crispy_forms.bootstrap import InlineCheckboxes
from crispy_forms.layout import Div, Fieldset, Layout
from django import forms
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accounts.models import Account
from contacts.models import Ask, Channel, Concern, Contact, DecisionRole
from core.forms import KeepsVersion, choose_among, date_input, looks_like, plain_helper
from users.models import User


class PersonChoice(forms.ModelChoiceField):
    """Somebody who works at the account."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(
            Contact.objects.none(), required=False, empty_label=_("nobody in particular"), **kwargs
        )

    def label_from_instance(self, obj: Contact) -> str:
        return f"{obj.name}, {obj.job_title}" if obj.job_title else obj.name


class ContactForm(KeepsVersion):
    """A person at an account, and the part they play there. That they left has a page of its own."""

    refused_channels = forms.MultipleChoiceField(
        choices=Channel, required=False, label=_("Does not want"), widget=forms.CheckboxSelectMultiple
    )
    decision_roles = forms.MultipleChoiceField(
        choices=DecisionRole,
        required=False,
        label=_("Part in decisions"),
        widget=forms.CheckboxSelectMultiple,
    )

    class Meta:
        model = Contact
        fields = (
            "first_name", "last_name", "job_title", "department", "phone", "mobile", "email", "is_main",
            "preferred_channel", "refused_channels", "decision_roles", "influence", "attitude", "placed",
            "reports_to", "started_on", "left_on", "about",
        )  # fmt: skip
        labels = {
            "first_name": _("First name"),
            "last_name": _("Last name"),
            "job_title": _("Job title"),
            "department": _("Department"),
            "phone": _("Phone"),
            "mobile": _("Mobile"),
            "email": _("E-mail"),
            "is_main": _("Whom we call when nobody else is named"),
            "preferred_channel": _("Prefers"),
            "influence": _("Influence"),
            "attitude": _("Attitude"),
            "placed": _("How well we are placed"),
            "reports_to": _("Reports to"),
            "started_on": _("There since"),
            "left_on": _("Left on"),
            "about": _("About"),
        }
        help_texts = {
            "is_main": "",
            "influence": _("How much their word counts there."),
            "attitude": _("What they think of us."),
            "reports_to": "",
            "phone": _("As you write it; the account's country makes it a number to dial."),
            "left_on": _("Their history stays here."),
        }
        widgets = {
            "about": forms.Textarea(attrs={"rows": 3}),
            "started_on": date_input(),
            "left_on": date_input(),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        colleagues = self.instance.account.contacts.employed().exclude(pk=self.instance.pk)
        choose_among(self, "reports_to", colleagues)
        cast("forms.ModelChoiceField[Any]", self.fields["reports_to"]).empty_label = _("nobody we know")
        for name in ("influence", "attitude", "placed"):
            field: Any = self.fields[name]
            field.choices = [("", _("not known")), *field.choices[1:]]
        has_left = self.instance.left_on is not None
        if has_left:
            self.fields["left_on"].required = True  # who came back has a button of its own
            del self.fields["reports_to"], self.fields["is_main"]
        else:
            del self.fields["left_on"]
        self.helper = plain_helper()
        self.helper.layout = _person_layout(has_left=has_left)
        address = reverse("duplicates:like_person", args=[self.instance.account_id])
        numbers = ("first_name", "last_name", "phone", "mobile", "email")
        twins = looks_like(f"{address}?besides={self.instance.pk or ''}", *numbers)
        self.helper.layout.fields[1].fields[0].fields.insert(2, twins)  # under the names


def _person_layout(*, has_left: bool) -> Layout:
    """Who has left is nobody's to call and reports to nobody; their last day can be corrected."""
    grid = "form-grid"
    last_day = ["left_on"] if has_left else []
    main = [] if has_left else ["is_main"]
    boss = [] if has_left else ["reports_to"]
    who = Div("first_name", "last_name", "job_title", "department", "started_on", *last_day, css_class=grid)
    numbers = Div("phone", "mobile", "email", "preferred_channel", css_class=grid)
    part = Div("influence", "attitude", "placed", *boss, css_class=grid)
    return Layout(
        "version",
        Fieldset(_("Who"), who),
        Fieldset(_("How to reach them"), numbers, InlineCheckboxes("refused_channels"), *main),
        Fieldset(_("Their part at the account"), InlineCheckboxes("decision_roles"), part),
        Fieldset(_("Anything else"), "about"),
    )


class InfluenceForm(forms.Form):
    """Whom this person influences, and where that shows."""

    whom = PersonChoice(label=_("Influences"))
    note = forms.CharField(
        required=False, max_length=200, label=_("Where that shows"),
        help_text=_("Such as: wrote the specification for her."),
    )  # fmt: skip

    def __init__(self, *args: Any, contact: Contact, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choose_among(self, "whom", contact.account.contacts.employed().exclude(pk=contact.pk))
        self.fields["whom"].required = True
        cast("forms.ModelChoiceField[Any]", self.fields["whom"]).empty_label = _("choose somebody")
        self.helper = plain_helper()


class PausePersonForm(forms.Form):
    """Until when this person is not the one to call, and why."""

    paused_until = forms.DateField(
        required=False, label=_("Last day"), widget=date_input(),
        help_text=_("What is owed to the account stays; others there are called meanwhile. "
                    "Empty ends the pause."),
    )  # fmt: skip
    pause_reason = forms.CharField(required=False, max_length=200, label=_("Why"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.helper = plain_helper()


class NoteForm(forms.Form):
    """Something to know about the account, from any department."""

    text = forms.CharField(
        label=_("Note"), max_length=10_000, widget=forms.Textarea(attrs={"rows": 3, "data-autofocus": ""})
    )
    contact = PersonChoice(label=_("About"))

    def __init__(self, *args: Any, account: Account, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choose_among(self, "contact", account.contacts.employed())
        self.helper = plain_helper()


class ConcernForm(forms.Form):
    """What worries the customer, how bad it is, who takes care of it by when."""

    what = forms.CharField(
        label=_("What worries the customer"), max_length=10_000,
        widget=forms.Textarea(attrs={"rows": 3, "data-autofocus": ""}),
    )  # fmt: skip
    severity = forms.TypedChoiceField(
        choices=Concern.Severity, coerce=int, initial=Concern.Severity.MEDIUM, label=_("How bad")
    )
    contact = PersonChoice(label=_("Who told us"))
    owner = forms.ModelChoiceField(
        User.objects.none(), required=False, label=_("Who takes care of it"),
        empty_label=_("the account's owner"), help_text=_("Anybody, of any department."),
    )  # fmt: skip
    due_on = forms.DateField(required=False, label=_("Until"), widget=date_input())

    def __init__(self, *args: Any, account: Account, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choose_among(self, "contact", account.contacts.employed())
        choose_among(self, "owner", User.objects.active().by_name())
        self.helper = plain_helper()
        self.helper.layout = Layout(
            "what", Div("severity", "due_on", "owner", "contact", css_class="form-grid")
        )


class ResolveForm(forms.Form):
    """A concern is closed with the words that say how."""

    resolution = forms.CharField(
        label=_("How it was solved"), max_length=10_000,
        widget=forms.Textarea(attrs={"rows": 3, "data-autofocus": ""}),
    )  # fmt: skip

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.helper = plain_helper()


class AnswerForm(forms.Form):
    """What the customer said to being asked for a referral or testimonial."""

    answer = forms.ChoiceField(choices=Ask.Answer, label=_("Answer"))
    referred_company = forms.CharField(required=False, max_length=200, label=_("Referred company"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.helper = plain_helper()

"""Forms of promises and expectations. What they check, the verbs check again."""

from __future__ import annotations

from typing import Any

from crispy_forms.layout import Div, Layout
from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.models import Account
from contacts.forms import PersonChoice
from contacts.models import Channel, Expectation
from core.forms import choose_among, date_input, plain_helper
from users.clock import today_for
from users.models import User

WHOSE = [("1", _("We promised it")), ("0", _("They promised it"))]


class PromiseForm(forms.Form):
    """A promise outside any log: what, by when, how."""

    what = forms.CharField(
        label=_("What was promised"), max_length=300, widget=forms.TextInput(attrs={"data-autofocus": ""})
    )
    by_us = forms.TypedChoiceField(
        label=_("Who promised"), choices=WHOSE, coerce=lambda value: value == "1", initial="1"
    )
    due_on = forms.DateField(label=_("By when"), widget=date_input())
    channel = forms.ChoiceField(
        label=_("How"), required=False, choices=[("", _("not said")), *Channel.choices]
    )
    contact = PersonChoice(label=_("With whom"))

    def __init__(self, *args: Any, account: Account, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choose_among(self, "contact", account.contacts.employed())
        self.helper = plain_helper()
        self.helper.layout = Layout(
            "what", Div("by_us", "contact", "due_on", "channel", css_class="form-grid")
        )


class MoveForm(forms.Form):
    """A new date for a promise, and why."""

    due_on = forms.DateField(label=_("New date"), widget=date_input())
    reason = forms.CharField(
        label=_("Why, and what the customer said to it"), max_length=200, widget=forms.TextInput()
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["due_on"].widget.attrs["data-autofocus"] = ""
        self.helper = plain_helper()
        self.helper.layout = Layout("due_on", "reason")


class ExpectationForm(forms.Form):
    """What they expect of us, because of what we said."""

    what = forms.CharField(
        label=_("What they now expect"),
        max_length=300,
        widget=forms.TextInput(attrs={"data-autofocus": ""}),
        help_text=_("Such as: the new pump is quieter than the old one."),
    )
    contact = PersonChoice(label=_("Who expects it"))
    led_on = forms.DateField(label=_("Since when"), widget=date_input())

    def __init__(self, *args: Any, account: Account, user: User, **kwargs: Any) -> None:
        kwargs["initial"] = {"led_on": today_for(user)} | kwargs.get("initial", {})
        super().__init__(*args, **kwargs)
        choose_among(self, "contact", account.contacts.employed())
        self.helper = plain_helper()
        self.helper.layout = Layout("what", Div("contact", "led_on", css_class="form-grid"))


class JudgeForm(forms.Form):
    """Was it met?"""

    state = forms.ChoiceField(
        label=_("How it turned out"),
        choices=[(value, name) for value, name in Expectation.State.choices if value != "open"],
        widget=forms.RadioSelect,
    )
    words = forms.CharField(
        label=_("In words"),
        required=False,
        max_length=300,
        help_text=_("Needed where it was not, or only partly, met."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.helper = plain_helper()

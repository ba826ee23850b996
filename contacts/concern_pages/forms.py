"""Forms of concerns. What they check, the verbs check again."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

from crispy_forms.layout import Div, Layout
from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.models import Account
from contacts.forms import PersonChoice
from contacts.models import Concern
from core.forms import KeepsVersion, choose_among, date_input, plain_helper
from users.clock import today_for
from users.models import User


class ChangeConcernForm(KeepsVersion):
    """Reword it, hand it to somebody of any department, give it a date."""

    class Meta:
        model = Concern
        fields = ("what", "severity", "owner", "due_on", "contact")
        labels = {
            "what": _("What worries the customer"),
            "severity": _("How bad"),
            "owner": _("Who takes care of it"),
            "due_on": _("Until"),
            "contact": _("Who told us"),
        }
        help_texts = {"owner": _("Anybody, of any department.")}
        widgets = {"what": forms.Textarea(attrs={"rows": 3}), "due_on": date_input()}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choose_among(self, "contact", self.instance.account.contacts.employed_or(self.instance.contact_id))
        choose_among(self, "owner", User.objects.active().by_name())
        self.fields["owner"].required = True
        self.helper = plain_helper()
        self.helper.layout = Layout(
            "version", "what", Div("severity", "due_on", "owner", "contact", css_class="form-grid")
        )

    def _post_clean(self) -> None:
        """The instance stays as it is: the verb applies the changes and checks them."""


class ConfirmForm(forms.Form):
    """Who of theirs said that it is solved, and when."""

    contact = PersonChoice(label=_("Who said so"))
    on = forms.DateField(label=_("On"), widget=date_input())

    def __init__(self, *args: Any, account: Account, user: User, **kwargs: Any) -> None:
        kwargs["initial"] = {"on": today_for(user)} | kwargs.get("initial", {})
        super().__init__(*args, **kwargs)
        choose_among(self, "contact", account.contacts.employed())
        self.helper = plain_helper()
        self.helper.layout = Layout(Div("contact", "on", css_class="form-grid"))


class ThreadNoteForm(forms.Form):
    """One remark in the thread."""

    text = forms.CharField(
        label=_("Add to the thread"),
        max_length=10_000,
        widget=forms.Textarea(attrs={"rows": 3, "class": "form-control"}),
    )
    token = forms.UUIDField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs["initial"] = {"token": uuid4()} | kwargs.get("initial", {})
        super().__init__(*args, **kwargs)

"""The form of a departure: one form, two pages. The first asks, the second shows what moves."""

from __future__ import annotations

from typing import Any, cast

from crispy_forms.layout import Div, Fieldset, Layout
from django import forms
from django.db.models import Case, Q, Value, When
from django.utils.translation import gettext, gettext_lazy
from django.utils.translation import gettext as _

from accounts.models import Account
from accounts.querysets import matches
from accounts.services import may_create
from cadences.services import Departure, NextPost
from contacts.forms import PersonChoice
from contacts.models import Contact
from core.forms import choose_among, date_input, plain_helper
from core.text import whole_number
from users.clock import today_for
from users.models import User

MOST_FOUND = 8
NEW, NOWHERE = "new", "none"


class LeaveForm(forms.Form):
    """When they left, who takes over, where they went."""

    left_on = forms.DateField(label=gettext_lazy("Last day there"), widget=date_input())
    successor = PersonChoice(label=gettext_lazy("Somebody we know"))
    first_name = forms.CharField(required=False, max_length=80, label=gettext_lazy("First name"))
    last_name = forms.CharField(required=False, max_length=80, label=gettext_lazy("Last name"))
    takes_main = forms.BooleanField(
        required=False,
        initial=True,
        label=gettext_lazy("They are also whom we call when nobody else is named"),
    )
    employer = forms.CharField(
        required=False, max_length=200, label=gettext_lazy("Where they work now"),
        help_text=gettext_lazy("The name of the company, if you know it; the next page looks for it among "
                               "our accounts. Empty: nothing is opened anywhere."),
    )  # fmt: skip
    job_title = forms.CharField(required=False, max_length=120, label=gettext_lazy("Job title there"))
    tell_owner = forms.BooleanField(
        required=False,
        initial=True,
        label=gettext_lazy("Put a welcome on the day of whoever owns that account"),
    )
    at = forms.CharField(required=False, max_length=20, widget=forms.HiddenInput)

    def __init__(self, *args: Any, contact: Contact, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.contact, self.user = contact, user
        choose_among(self, "successor", contact.account.contacts.employed().exclude(pk=contact.pk))
        later = _("choose later: what is open stays as it is")
        cast("forms.ModelChoiceField[Any]", self.fields["successor"]).empty_label = later
        self.fields["left_on"].initial = today_for(user)
        if not contact.is_main:
            del self.fields["takes_main"]
        self.helper = plain_helper()
        self.helper.layout = self._layout()

    def _layout(self) -> Layout:
        main = ["takes_main"] if "takes_main" in self.fields else []
        newcomer = gettext("Or somebody new")
        return Layout(
            Div("left_on", css_class="form-grid"),
            Fieldset(gettext("Who takes over"), "successor",
                     Fieldset(newcomer, Div("first_name", "last_name", css_class="form-grid")), *main),
            Fieldset(gettext("Where they went"), Div("employer", "job_title", css_class="form-grid"),
                     "tell_owner"),
        )  # fmt: skip

    def clean(self) -> dict[str, Any]:
        said = super().clean() or {}
        if said.get("first_name", "").strip() and not said.get("last_name", "").strip():
            self.add_error("last_name", _("Enter the last name, too."))
        if said.get("successor") and said.get("last_name", "").strip():
            self.add_error("successor", _("Choose somebody you know or enter somebody new, not both."))
        today = today_for(self.user)
        if (day := said.get("left_on")) and day > today:
            words = _("That day is still to come: note a to-do for it, and say so here once they have left.")
            self.add_error("left_on", words)
        elif day and self.contact.started_on and day < self.contact.started_on:
            self.add_error("left_on", _("Nobody leaves before they started: choose a later day."))
        return said

    def found(self) -> list[Account]:
        """Accounts of ours that the name of the new employer may mean, most like it first."""
        text = self.cleaned_data["employer"].strip()
        if not text:
            return []
        likeness = Case(
            When(name__iexact=text, then=Value(0)),
            When(name__istartswith=text, then=Value(1)),
            default=Value(2),
        )
        named = Account.objects.visible_to(self.user).filter(Q(name__iexact=text) | matches(text))
        rows = named.exclude(pk=self.contact.account_id).select_related("owner")
        return list(rows.order_by(likeness, "name_folded", "id")[:MOST_FOUND])

    def offers_prospect(self, found: list[Account]) -> bool:
        """A new account, unless there is one of that name already."""
        text = self.cleaned_data["employer"].strip().casefold()
        return may_create(self.user) and bool(text) and all(one.name.casefold() != text for one in found)

    def departure(self, found: list[Account]) -> Departure:
        """What the verb gets. Raises ValidationError where the new employer is still to be chosen."""
        said = self.cleaned_data
        last = said["last_name"].strip()
        newcomer = {"first_name": said["first_name"].strip(), "last_name": last} if last else None
        if newcomer:
            newcomer["job_title"] = self.contact.job_title
        return Departure(
            left_on=said["left_on"],
            successor=said["successor"],
            newcomer=newcomer,
            takes_main=bool(said.get("takes_main")),
            next_post=self._next_post(found),
        )

    def _next_post(self, found: list[Account]) -> NextPost | None:
        said = self.cleaned_data
        at, name = said.get("at", ""), said["employer"].strip()
        if not name or at == NOWHERE:
            return None
        common = {"job_title": said["job_title"], "tell_owner": said["tell_owner"]}
        if at == NEW and self.offers_prospect(found):
            return NextPost(prospect=name, **common)
        chosen = next((account for account in found if account.pk == whole_number(at)), None)
        if chosen is None:
            raise forms.ValidationError({"at": _("Choose which company that is.")})
        return NextPost(account=chosen, **common)

    def proposed(self, found: list[Account]) -> str:
        """What is chosen at first: the account of that very name, or a new one if none is like it."""
        if chosen := self.cleaned_data.get("at"):
            return str(chosen)
        text = self.cleaned_data["employer"].strip().casefold()
        same = [account for account in found if account.name.casefold() == text]
        if len(same) == 1:
            return str(same[0].pk)
        return NEW if not found and self.offers_prospect(found) else ""

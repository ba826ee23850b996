"""Forms of the users pages. They check shape; the verbs in ``users.services`` check the rules."""

from __future__ import annotations

from datetime import time
from typing import Any

from django import forms
from django.conf import settings
from django.contrib.auth.password_validation import password_validators_help_text_html
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from core.forms import KeepsVersion, plain_helper
from users.models import Calendar, Company, Team, User
from users.models.people import available_time_zones

ROLE_HELP = {
    User.Role.SALESPERSON: _("owns accounts and contacts them"),
    User.Role.MANAGER: _("writes what the team owns; sees survey results"),
    User.Role.ADMIN: _("configures tiers, plans, users, calendars and imports"),
    User.Role.READER: _("reads everything; logs contacts, notes and concerns"),
}


class UserForm(forms.ModelForm):
    """What an admin says about a user."""

    roles = forms.MultipleChoiceField(
        label=_("Roles"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        choices=[(role.value, f"{role.label}: {ROLE_HELP[role]}") for role in User.Role],
        help_text=_("One person may hold several."),
    )
    time_zone = forms.CharField(
        label=_("Time zone"),
        initial=lambda: Company.get().time_zone,
        widget=forms.TextInput(attrs={"list": "zones"}),
    )
    language = forms.ChoiceField(label=_("Language"), choices=settings.LANGUAGES)

    class Meta:
        model = User
        fields = (
            "display_name",
            "email",
            "roles",
            "job_title",
            "department",
            "team",
            "deputy",
            "time_zone",
            "language",
            "calendar",
        )
        labels = {
            "display_name": _("Name"),
            "email": _("E-mail"),
            "job_title": _("Job title"),
            "department": _("Department"),
            "team": _("Team"),
            "deputy": _("Deputy"),
            "calendar": _("Calendar"),
        }
        help_texts = {"email": _("They sign in with it. May stay empty until they are invited.")}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        others = User.objects.active().exclude(pk=self.instance.pk).by_name()
        self.fields["deputy"].queryset = others | User.objects.filter(pk=self.instance.deputy_id or 0)
        self.fields["team"].queryset = Team.objects.by_name()
        self.fields["calendar"].queryset = Calendar.objects.order_by("name")
        self.fields["calendar"].empty_label = _("the company's")
        self.fields["team"].empty_label = _("no team")
        self.fields["deputy"].empty_label = _("nobody")

    def _post_clean(self) -> None:
        """Nothing: the verbs write and check; the form must not change the user it shows."""

    @property
    def changes(self) -> dict[str, Any]:
        """Only what was changed, so that two admins do not undo each other's work."""
        return {name: self.cleaned_data[name] for name in self.changed_data}


class ProfileForm(forms.Form):
    """What users say about themselves."""

    time_zone = forms.CharField(
        label=_("Time zone"),
        widget=forms.TextInput(attrs={"list": "zones", "autocomplete": "off"}),
        help_text=_("Decides what is due today for you."),
    )
    language = forms.ChoiceField(label=_("Language"), choices=settings.LANGUAGES)
    digest_at = forms.TypedChoiceField(
        label=_("Your day by e-mail"),
        choices=[("", _("No such mail")), *((f"{hour:02d}:00", f"{hour:02d}:00") for hour in range(5, 12))],
        coerce=time.fromisoformat,
        empty_value=None,
        required=False,
        help_text=_("On working days, when there is something: late, today, promises, new concerns."),
    )
    team_digest = forms.BooleanField(
        label=_("The team by e-mail"),
        required=False,
        help_text=_("On the first working day of a week: who is behind, which accounts are at risk."),
    )

    def __init__(self, data: Any, *, user: User) -> None:
        chosen = user.digest_at
        initial = {
            "time_zone": user.time_zone,
            "language": user.language,
            "digest_at": chosen.isoformat("minutes") if chosen else "",
            "team_digest": user.team_digest,
        }
        super().__init__(data, initial=initial)
        if not user.is_manager:
            del self.fields["team_digest"]


class InviteForm(forms.Form):
    """Where the invitation goes."""

    email = forms.EmailField(label=_("E-mail"))


class AcceptForm(forms.Form):
    """The first password, twice."""

    password1 = forms.CharField(
        label=_("Password"),
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password", "autofocus": True}),
        help_text=password_validators_help_text_html(),
    )
    password2 = forms.CharField(
        label=_("Password again"),
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )

    def clean_password2(self) -> str:
        second: str = self.cleaned_data["password2"]
        if self.cleaned_data.get("password1") not in {None, second}:
            raise ValidationError(_("The two passwords differ. Type the same one twice."))
        return second


class TeamForm(forms.ModelForm):
    """A team and who manages it."""

    class Meta:
        model = Team
        fields = ("name", "manager")
        labels = {"name": _("Name"), "manager": _("Manager")}
        help_texts = {"manager": _("Only active users who hold the manager role.")}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["manager"].queryset = User.objects.active().with_role(User.Role.MANAGER).by_name()
        self.fields["manager"].empty_label = _("nobody")

    def _post_clean(self) -> None:
        """Nothing: see :class:`UserForm`."""


def time_zones() -> list[str]:
    """For the list of suggestions under the field."""
    return sorted(available_time_zones())


class CompanyForm(KeepsVersion):
    """How many accounts a book holds (R7), and when an account counts as quiet (R8)."""

    class Meta:
        model = Company
        fields = ("book_size", "quiet_months", "quiet_amount")
        labels = {
            "book_size": _("Accounts in a book"),
            "quiet_months": _("Months without a substantial purchase"),
            "quiet_amount": _("Substantial is more than"),
        }
        help_texts = {
            "book_size": _(
                "How many accounts a salesperson works at a time. Fuller books keep what they hold."
            ),
            "quiet_months": _("After so many months the page of the account asks why. 1 to 60."),
            "quiet_amount": _(
                "What was bought in these months, less credit notes. With 0 any purchase counts; currencies "
                "are added as they are."
            ),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.helper = plain_helper()

    def _post_clean(self) -> None:
        """Nothing: see :class:`UserForm`."""

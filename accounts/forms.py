"""Forms of the account. What they check, the verbs check again."""

from __future__ import annotations

from typing import Any

from crispy_forms.layout import Div, Field, Fieldset, Layout
from django import forms
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accounts.models import Account, Tier
from core.forms import KeepsVersion, choose_among, date_input, looks_like, plain_helper
from users.access import acts_for
from users.models import User


def owners() -> Any:
    """Who may own accounts, in the order of the alphabet."""
    return User.objects.who_may_own_accounts().by_name()


class AccountForm(KeepsVersion):
    """What an account is. Owner, tier, pause and status have forms of their own."""

    website = forms.URLField(required=False, assume_scheme="https", label=_("Website"))
    tags = forms.CharField(
        required=False,
        max_length=400,
        label=_("Tags"),
        help_text=_("Words of your own with commas between them, such as: partner, trade fair."),
    )

    class Meta:
        model = Account
        fields = (
            "name", "external_id", "industry", "employees", "yearly_revenue", "currency", "network_value",
            "network_reason", "website", "phone", "fax", "email", "street", "postal_code", "city", "region",
            "country", "time_zone", "about",
        )  # fmt: skip
        labels = {
            "name": _("Name"),
            "external_id": _("Number"),
            "industry": _("Industry"),
            "employees": _("Employees"),
            "yearly_revenue": _("Yearly revenue"),
            "currency": _("Currency"),
            "network_value": _("Network"),
            "network_reason": _("Network: why"),
            "phone": _("Phone"),
            "fax": _("Fax"),
            "email": _("E-mail"),
            "street": _("Street"),
            "postal_code": _("Postal code"),
            "city": _("City"),
            "region": _("Region"),
            "country": _("Country"),
            "time_zone": _("Time zone"),
            "about": _("About"),
        }
        help_texts = {
            "external_id": _("In your customer file; the import finds the account by it."),
            "currency": _("Of the yearly revenue: three letters such as EUR."),
            "network_value": _("How many others they bring or could bring: 0 none, 5 very many."),
            "network_reason": _("Whom they know, whom they brought."),
            "phone": _("As you write it; with the country it can be dialled from anywhere."),
            "time_zone": _("Such as Europe/Oslo; empty: from the country, where it has only one."),
        }
        widgets = {"about": forms.Textarea(attrs={"rows": 3})}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["network_value"].required = False
        if self.instance.pk:
            self.initial["tags"] = ", ".join(sorted(tag.name for tag in self.instance.tags.all()))
        twins = looks_like(
            f"{reverse('duplicates:like_account')}?besides={self.instance.pk or ''}",
            "name", "phone", "email", "website", "street", "postal_code", "city", "country",
        )  # fmt: skip
        self.helper = plain_helper()
        self.helper.layout = Layout(
            "version",
            Fieldset(_("What"), _grid("name", "external_id", twins, "industry", "employees", "yearly_revenue",
                                      "currency", "website", "tags", "network_value", "network_reason")),
            Fieldset(_("How to reach them"), _grid("phone", "email", "fax")),
            Fieldset(_("Where"), _grid("street", "postal_code", "city", "region", "country", "time_zone")),
            Fieldset(_("Anything else"), "about"),
        )  # fmt: skip

    def clean_network_value(self) -> int:
        return self.cleaned_data["network_value"] or 0

    def clean_tags(self) -> list[str]:
        names = [" ".join(part.split()) for part in self.cleaned_data["tags"].split(",")]
        if long := next((name for name in names if len(name) > 40), None):
            raise forms.ValidationError(_("“%(name)s” is too long: a tag has 40 letters at most."),
                                        params={"name": long})  # fmt: skip
        return [name for name in names if name]

    def clean_currency(self) -> str:
        return str(self.cleaned_data["currency"]).strip().upper()


class NewAccountForm(AccountForm):
    """A new account also says whose it is."""

    owner = forms.ModelChoiceField(owners(), required=False, label=_("Owner"), empty_label=_("nobody"))

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not user.is_admin:
            choose_among(self, "owner", owners().filter(pk__in=acts_for(user)))
        if not (user.is_admin or user.is_manager):
            self.fields["owner"].required = True
        self.initial.setdefault("owner", user.pk)
        self.helper.layout.fields[1].fields[0].fields.insert(3, "owner")


class OwnerForm(forms.Form):
    """Who looks after the account from today on."""

    owner = forms.ModelChoiceField(owners(), required=False, label=_("New owner"), empty_label=_("nobody"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.helper = plain_helper()


class TierForm(forms.Form):
    """A person's choice against the rules, why, and until when."""

    tier = forms.ModelChoiceField(
        Tier.objects.order_by("-rank"), required=False, label=_("Tier"),
        empty_label=_("by the rules: the next night decides"),
    )  # fmt: skip
    reason = forms.CharField(required=False, max_length=200, label=_("Why"))
    until = forms.DateField(
        required=False,
        label=_("Until"),
        widget=date_input(),
        help_text=_("The last day; then the rules decide again. Empty: until somebody gives it back."),
    )

    def __init__(self, data: Any, account: Account) -> None:
        initial: dict[str, Any] = {}
        if account.tier_pinned:
            reason = account.tier_reason.partition(": ")[2]  # behind who chose it
            initial = {"tier": account.tier_id, "until": account.tier_pinned_until, "reason": reason}
        super().__init__(data, initial=initial)
        if account.tier:
            words = _("Now %(tier)s – %(reason)s") % {"tier": account.tier, "reason": account.tier_reason}
            self.fields["tier"].help_text = words
        self.helper = plain_helper()


def _grid(*parts: str | Div) -> Div:
    return Div(*(Field(one) if isinstance(one, str) else one for one in parts), css_class="form-grid")

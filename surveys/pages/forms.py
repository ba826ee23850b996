"""Forms of programmes, mail texts and single people."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django_countries import countries

from accounts.models import Tag, Tier
from contacts.models import Contact
from core.forms import choose_among, date_input, plain_helper
from surveys.mail_words import IN_SUBJECT, PLACES
from surveys.models import HeldBack, MailText, Programme
from surveys.rules import Rule

TEXT = {"class": "form-control"}
SELECT = {"class": "form-select"}


class NameForm(forms.Form):
    """What a one-off survey is called."""

    name = forms.CharField(
        label=_("Name"), max_length=80, widget=forms.TextInput(attrs=TEXT),
        help_text=_("People read it on the survey's public page and on the results."),
    )  # fmt: skip

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.helper = plain_helper()


class RuleForm(forms.Form):
    """Who is asked: all that is named must hold. Nobody can be picked by name."""

    tiers = forms.ModelMultipleChoiceField(
        Tier.objects.none(), label=_("Tiers"), required=False, widget=forms.CheckboxSelectMultiple
    )
    countries = forms.CharField(
        label=_("Countries"), required=False, max_length=300, widget=forms.TextInput(attrs=TEXT),
        help_text=_("Names or codes, separated by commas; empty: all."),
    )  # fmt: skip
    tags = forms.ModelMultipleChoiceField(
        Tag.objects.none(), label=_("Tags, at least one of"), required=False,
        widget=forms.SelectMultiple(attrs=SELECT | {"size": 4}),
    )  # fmt: skip
    bought_since = forms.DateField(label=_("Bought since"), required=False, widget=date_input())

    def __init__(self, *args: Any, rule: Rule, **kwargs: Any) -> None:
        kwargs["initial"] = {
            "tiers": rule.tiers, "tags": rule.tags, "bought_since": rule.bought_since,
            "countries": ", ".join(str(countries.name(code)) for code in rule.countries),
            **(kwargs.get("initial") or {}),
        }  # fmt: skip
        super().__init__(*args, **kwargs)
        choose_among(self, "tiers", Tier.objects.order_by("-rank"))
        choose_among(self, "tags", Tag.objects.order_by("name"))
        self.fields["bought_since"].widget.attrs |= TEXT

    def clean_countries(self) -> tuple[str, ...]:
        typed = [word.strip() for word in self.cleaned_data["countries"].split(",") if word.strip()]
        names = {str(name).lower(): code for code, name in countries} | {
            c.lower(): c for c, _name in countries
        }
        unknown = [word for word in typed if word.lower() not in names]
        if unknown:
            raise forms.ValidationError(
                _("There is no country “%(name)s”. Write it like Norway, or NO."), params={"name": unknown[0]}
            )
        return tuple(dict.fromkeys(names[word.lower()] for word in typed))

    @property
    def rule(self) -> Rule:
        said = self.cleaned_data
        return Rule(
            tiers=tuple(tier.pk for tier in said["tiers"]), countries=said["countries"],
            tags=tuple(tag.pk for tag in said["tags"]), bought_since=said["bought_since"],
        )  # fmt: skip


class SettingsForm(RuleForm):
    """Sender, mailbox, rhythm, and who is asked."""

    name = forms.CharField(label=_("Name"), max_length=80, widget=forms.TextInput(attrs=TEXT))
    sender_name = forms.CharField(
        label=_("Sender"), max_length=80, widget=forms.TextInput(attrs=TEXT),
        help_text=_("The company or a department, never a person."),
    )  # fmt: skip
    sender_address = forms.EmailField(
        label=_("Sent from"), required=False, widget=forms.EmailInput(attrs=TEXT),
        help_text=_("A neutral address, such as feedback@ your domain. Empty: the installation's own."),
    )  # fmt: skip
    reply_to = forms.EmailField(
        label=_("Replies go to"), required=False, widget=forms.EmailInput(attrs=TEXT),
        help_text=_("A mailbox that salespeople do not read, and that is not copied into Tend."),
    )  # fmt: skip
    rhythm = forms.ChoiceField(
        label=_("A wave lasts"), choices=Programme.Rhythm.choices, widget=forms.Select(attrs=SELECT)
    )

    def __init__(self, *args: Any, programme: Programme, **kwargs: Any) -> None:
        names = ("name", "sender_name", "sender_address", "reply_to", "rhythm")
        initial = {name: getattr(programme, name) for name in names}
        super().__init__(*args, rule=programme.who, initial=initial, **kwargs)
        if programme.kind != Programme.Kind.AFTER_PURCHASE:
            del self.fields["rhythm"]
            del self.fields["bought_since"]
        if not programme.is_repeated:
            for name in ("tiers", "countries", "tags"):
                del self.fields[name]

    def settings(self) -> dict[str, Any]:
        """For the verb."""
        said = self.cleaned_data
        names = ("name", "sender_name", "sender_address", "reply_to", "rhythm")
        rule = Rule(
            tiers=tuple(tier.pk for tier in said.get("tiers") or ()), countries=said.get("countries") or (),
            tags=tuple(tag.pk for tag in said.get("tags") or ()), bought_since=said.get("bought_since"),
        )  # fmt: skip
        return {name: said[name] for name in names if name in said} | {"rule": rule}


class TextForm(forms.Form):
    """The mail of one language."""

    language = forms.RegexField(
        r"^[a-z]{2,3}(-[a-z0-9]{2,8})?$", label=_("Language"), max_length=10,
        widget=forms.TextInput(attrs=TEXT | {"placeholder": "de"}),
        error_messages={"invalid": _("Write a language code, such as de or pt-br.")},
    )  # fmt: skip
    subject = forms.CharField(label=_("Subject"), max_length=150, widget=forms.TextInput(attrs=TEXT))
    body = forms.CharField(label=_("Text"), widget=forms.Textarea(attrs=TEXT | {"rows": 16}))
    follow_up_subject = forms.CharField(
        label=_("Subject a week later"), max_length=150, widget=forms.TextInput(attrs=TEXT)
    )
    follow_up_body = forms.CharField(
        label=_("Text a week later"), widget=forms.Textarea(attrs=TEXT | {"rows": 14}),
        help_text=_("Goes to everybody, answered or not: nobody knows who has."),
    )  # fmt: skip

    def __init__(
        self, *args: Any, text: MailText | None = None, like: MailText | None = None, **kwargs: Any
    ) -> None:
        names = ("subject", "body", "follow_up_subject", "follow_up_body")
        source = text or like
        if source is not None:
            kwargs["initial"] = {name: getattr(source, name) for name in names}
        super().__init__(*args, **kwargs)
        if text is not None:
            del self.fields["language"]

    @property
    def places(self) -> list[str]:
        return ["{{" + name + "}}" for name in PLACES]

    @property
    def places_of_subject(self) -> list[str]:
        return ["{{" + name + "}}" for name in IN_SUBJECT]


class ReleaseForm(forms.Form):
    """Whom to ask where the main contact has no address."""

    contact = forms.ModelChoiceField(
        Contact.objects.none(), label=_("Ask"), required=False, empty_label=None,
        widget=forms.Select(attrs=SELECT),
    )  # fmt: skip

    def __init__(self, *args: Any, row: HeldBack, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        people = Contact.objects.filter(account=row.account_id, left_on__isnull=True).exclude(email="")
        choose_among(self, "contact", people.order_by("-is_main", "name_folded", "id"))


class ExclusionForm(forms.Form):
    """An account as a whole, or one of its contacts."""

    contact = forms.ModelChoiceField(
        Contact.objects.none(), label=_("Who"), required=False, empty_label=_("the whole account"),
        widget=forms.Select(attrs=SELECT),
    )  # fmt: skip
    reason = forms.CharField(label=_("Why"), max_length=200, widget=forms.TextInput(attrs=TEXT))
    until = forms.DateField(
        label=_("Last day"),
        required=False,
        widget=date_input(),
        help_text=_("Empty: until somebody ends it."),
    )

    def __init__(self, *args: Any, account: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        people = Contact.objects.filter(account=account, left_on__isnull=True).order_by("name_folded", "id")
        choose_among(self, "contact", people)
        self.fields["until"].widget.attrs |= TEXT

"""Forms of the account list: a view's name, and what is done to many accounts."""

from __future__ import annotations

from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from accounts.forms import owners
from accounts.models import Tag, Tier
from cadences.models import BulkChange, SavedView
from core.forms import date_input, plain_helper
from core.templatetags.ui import said_day
from users.clock import today_for
from users.models import User

Kind = BulkChange.Kind


class ViewForm(forms.ModelForm):
    """Name and reach of a view; what it shows comes with the address of the list."""

    class Meta:
        model = SavedView
        fields = ("name", "is_shared")
        labels = {"name": lazy("Name"), "is_shared": lazy("Everybody may use it")}
        help_texts = {"is_shared": lazy("“Mine” means the accounts of whoever looks.")}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.helper = plain_helper()


class BulkForm(forms.Form):
    """What one kind of change needs; the verbs check it again for every account."""

    def __init__(self, data: Any, *, kind: str, user: User) -> None:
        super().__init__(data)
        self.kind, self.user = kind, user
        self.fields.update(_fields(kind))
        self.helper = plain_helper()

    def clean_until(self) -> date | None:
        until = self.cleaned_data["until"]
        if until and until < today_for(self.user):
            raise forms.ValidationError(_("That day is over: choose today or a later one."))
        return until

    def clean_reason(self) -> str:
        reason = self.cleaned_data["reason"].strip()
        if not reason and (self.kind == Kind.PAUSE or self.cleaned_data.get("tier")):
            raise forms.ValidationError(_("Say why, so that a colleague understands it."))
        return str(reason)

    def clean_tag(self) -> str:
        return " ".join(self.cleaned_data["tag"].replace(",", " ").split())

    def options(self) -> dict[str, Any]:
        """As the change keeps them."""
        kept: dict[str, Any] = {}
        for name, value in self.cleaned_data.items():
            kept[name] = value.isoformat() if isinstance(value, date) else getattr(value, "pk", value)
        return kept

    def in_words(self) -> str:
        """The change as a sentence that is confirmed."""
        said = self.cleaned_data
        words = {
            Kind.OWNER: lambda: _("New owner: %(name)s") % {"name": said["owner"]},
            Kind.TIER: lambda: (_("Tier: %(tier)s") % {"tier": said["tier"]}) if said["tier"]
            else _("Tier: by the rules"),
            Kind.ADD_TAG: lambda: _("Tag added: %(tag)s") % {"tag": said["tag"]},
            Kind.REMOVE_TAG: lambda: _("Tag removed: %(tag)s") % {"tag": said["tag"]},
            Kind.PAUSE: lambda: _("Paused until %(day)s") % {"day": said_day(said["until"])},
            Kind.BOOK: lambda: _("Added to my book"),
        }  # fmt: skip
        return words[Kind(self.kind)]()


def _fields(kind: str) -> list[tuple[str, forms.Field]]:
    reason = forms.CharField(required=False, max_length=200, label=_("Why"))
    tag = forms.CharField(max_length=40, label=_("Tag"))
    tag.widget.attrs["list"] = "known-tags"
    empty = _("by the rules: the next night decides")
    tier = forms.ModelChoiceField(Tier.objects.order_by("-rank"), required=False, label=_("Tier"),
                                  empty_label=empty)  # fmt: skip
    until = forms.DateField(label=_("Until"), widget=date_input(), required=kind == Kind.PAUSE)
    if kind == Kind.TIER:
        until.help_text = _("The last day; then the rules decide again. Empty: until somebody gives it back.")
    owner = forms.ModelChoiceField(owners(), label=_("New owner"), empty_label=_("choose …"))
    needed: dict[str, list[tuple[str, forms.Field]]] = {
        Kind.OWNER: [("owner", owner)],
        Kind.TIER: [("tier", tier), ("reason", reason), ("until", until)],
        Kind.ADD_TAG: [("tag", tag)],
        Kind.REMOVE_TAG: [("tag", tag)],
        Kind.PAUSE: [("until", until), ("reason", reason)],
    }
    return needed.get(kind, [])


def known_tags() -> list[str]:
    return list(Tag.objects.order_by("name").values_list("name", flat=True)[:500])

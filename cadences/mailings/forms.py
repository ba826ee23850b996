"""Forms of mailings: what a draft says, and when it leaves."""

from __future__ import annotations

from datetime import datetime, time
from typing import Any
from uuid import uuid4

from django import forms
from django.utils.translation import gettext_lazy as _

from core.forms import KeepsVersion, choose_among, date_input, plain_helper
from correspondence.mailings.services import may_send_as
from correspondence.models import Mailing, Medium, Template, Topic
from users.clock import zone
from users.models import Company, User

TOPICS = [(topic.value, topic.label) for topic in (Topic.MARKETING, Topic.SERVICE)]


class MailingForm(KeepsVersion):
    """A draft; its criteria come with it as the account list writes them."""

    token = forms.UUIDField(required=False, widget=forms.HiddenInput)
    topic = forms.ChoiceField(choices=TOPICS, label=_("Topic"), help_text=_(
        "People unsubscribe from a topic. Service is what they expect from us as customers."
    ))  # fmt: skip

    class Meta:
        model = Mailing
        fields = ("name", "medium", "template", "topic", "whom", "sender", "rest_days")
        labels = {
            "name": _("Name"),
            "medium": _("As"),
            "template": _("Template"),
            "whom": _("To"),
            "sender": _("From"),
            "rest_days": _("Not to who got a mailing in the last … days"),
        }
        help_texts = {
            "name": _("For colleagues; recipients do not see it."),
            "template": _("Everybody gets it in their own language, if it has words in it."),
            "rest_days": _("0: it does not matter."),
            "sender": "",
        }

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.helper = plain_helper()
        choose_among(self, "template", Template.objects.visible_to(user).offered())
        choose_among(self, "sender", may_send_as(user).order_by("display_name"))
        sender = self.fields["sender"]
        assert isinstance(sender, forms.ModelChoiceField)  # noqa: S101 - a foreign key
        sender.required, sender.empty_label = False, str(_("the owner of each account"))
        self.fields["template"].required = False
        for field in self.fields.values():
            is_choice = isinstance(field, forms.ChoiceField | forms.ModelChoiceField)
            field.widget.attrs["class"] = "form-select" if is_choice else "form-control"
        if not self.instance.pk:
            self.fields["token"].initial = uuid4()

    def verb_fields(self) -> dict[str, Any]:
        """As the verb takes them."""
        known = {name: value for name, value in self.cleaned_data.items() if name in self.Meta.fields}
        return known | {"by_owner": known.get("sender") is None}

    def unsaved(self) -> Mailing:
        """What has been chosen so far, for counting: what is wrong yet counts as not chosen."""
        self.is_valid()
        known = {name: value for name, value in self.verb_fields().items() if value is not None}
        return Mailing(**known, pk=self.instance.pk, created_by=self.instance.created_by)


class ScheduleForm(forms.Form):
    """When and how fast. The clock is the company's."""

    on = forms.DateField(label=_("On"), required=False, widget=date_input())
    at = forms.TimeField(
        label=_("At"), required=False, widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M")
    )
    per_hour = forms.IntegerField(
        label=_("At most per hour"), required=False, min_value=1, max_value=1_000_000,
        help_text=_("Empty: as fast as mail leaves. A new sender does better with a few hundred."),
    )  # fmt: skip

    def __init__(self, data: Any, mailing: Mailing) -> None:
        super().__init__(data)
        self.helper = plain_helper()
        name = Company.get().time_zone
        self.fields["at"].help_text = _("Clock of %(zone)s. Both empty: now.") % {"zone": name}
        if mailing.medium == Medium.LETTER:
            del self.fields["per_hour"]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if cleaned.get("at") and not cleaned.get("on") and "on" not in self.errors:
            self.add_error("on", _("Choose the day, too."))
        return cleaned

    def starts_at(self) -> datetime | None:
        """The moment; None for now. A day without a time starts at nine."""
        on, at = self.cleaned_data.get("on"), self.cleaned_data.get("at")
        if not on:
            return None
        return datetime.combine(on, at or time(9), tzinfo=zone(Company.get().time_zone))

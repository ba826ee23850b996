"""Forms of the book. What they check, the verbs check again."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.models import Account, BookFinish
from core.forms import choose_among, plain_helper


class BeginForm(forms.Form):
    """Work begins; what could not be found out is said in words."""

    unanswered = forms.CharField(
        required=False,
        max_length=200,
        label=_("What stays open, and why"),
    )

    def __init__(self, data: Any, *, missing: str) -> None:
        super().__init__(data)
        if missing:
            self.fields["unanswered"].help_text = _("Not answered yet: %(open)s.") % {"open": missing}
        else:
            del self.fields["unanswered"]
        self.helper = plain_helper()


class FinishForm(forms.Form):
    """Why an account leaves the book, what came of it, and which one takes its place."""

    why = forms.ChoiceField(choices=BookFinish.Why, label=_("Why"), widget=forms.RadioSelect)
    outcome = forms.CharField(
        label=_("What came of it"), widget=forms.Textarea(attrs={"rows": 3}), max_length=2000
    )
    then = forms.ModelChoiceField(
        Account.objects.none(), required=False, label=_("Take in next"), empty_label=_("nothing for now")
    )

    def __init__(self, *args: Any, proposed: list[tuple[Account, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choose_among(self, "then", Account.objects.filter(pk__in=[account.pk for account, _why in proposed]))
        said = {account.pk: f"{account.name}: {why}" for account, why in proposed}
        field: Any = self.fields["then"]
        field.choices = [("", field.empty_label), *said.items()]
        if proposed:
            self.initial.setdefault("then", proposed[0][0].pk)
        self.helper = plain_helper()

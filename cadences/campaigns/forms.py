"""Forms of campaigns. What they check, the verbs check again."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from cadences.campaigns.services import BY_PERSON, USUAL_WEEKS
from core.forms import plain_helper

RESULTS = [(result.value, result.label) for result in BY_PERSON]


class StartForm(forms.Form):
    """How long; and why now, where one of the five W's is open."""

    weeks = forms.IntegerField(label=gettext_lazy("Weeks"), min_value=1, initial=USUAL_WEEKS)
    reason = forms.CharField(
        label=gettext_lazy("Why it can begin already"),
        required=False,
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 2}),
    )

    def __init__(self, data: Any, *, missing: str, longest: int) -> None:
        super().__init__(data)
        words = ngettext("At most %(n)d week.", "At most %(n)d weeks; two calls in each.", longest)
        self.fields["weeks"].help_text = words % {"n": longest}
        self.fields["weeks"].widget.attrs["max"] = longest
        if missing:
            self.fields["reason"].help_text = _("Not answered yet: %(open)s.") % {"open": missing}
        elif not self.is_bound:
            del self.fields["reason"]
        self.helper = plain_helper()


class EndForm(forms.Form):
    """What came of it."""

    result = forms.ChoiceField(
        label=gettext_lazy("What came of it"), choices=RESULTS, widget=forms.RadioSelect
    )
    words = forms.CharField(
        label=gettext_lazy("In a few words"),
        required=False,
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=gettext_lazy("For whoever calls next. What was still to come is cancelled."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.helper = plain_helper()

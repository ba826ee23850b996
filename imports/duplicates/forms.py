"""Which fact of two stands: one choice for each conflict."""

from __future__ import annotations

from typing import Any

from crispy_forms.layout import Layout
from django import forms

from core.forms import plain_helper
from imports.duplicates.fields import OURS, Conflict


class ConflictsForm(forms.Form):
    """The survivor's fact is chosen unless somebody chooses the other one's."""

    def __init__(self, data: Any, conflicts: list[Conflict]) -> None:
        super().__init__(data)
        self._conflicts = conflicts
        for one in conflicts:
            self.fields[one.name] = forms.ChoiceField(
                choices=one.choices, initial=OURS, label=str(one.group.label), widget=forms.RadioSelect
            )
        self.helper = plain_helper()
        self.helper.layout = Layout(*(one.name for one in conflicts))

    def choices(self) -> dict[str, str]:
        """As the verb takes them."""
        return {one.group.key: self.cleaned_data[one.name] for one in self._conflicts}

"""What every form page shares: errors of the verbs beside their fields, nothing typed lost."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar, cast

from crispy_forms.helper import FormHelper
from crispy_forms.layout import Div
from django import forms
from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import Model
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from core.htmx import page_or_fragment

Result = TypeVar("Result")


class NoFields(forms.Form):
    """A button: nothing is typed."""


def date_input() -> forms.DateInput:
    """The browser's own date field; it sends ISO dates whatever the language."""
    return forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")


def plain_helper() -> FormHelper:
    """Crispy renders the fields; the page brings the form tag and the buttons."""
    helper = FormHelper()
    helper.form_tag = False
    helper.disable_csrf = True
    return helper


def looks_like(address: str, *names: str) -> Div:
    """A place in the form that says, while somebody types, what the record looks like. Never blocks.

    ``names``: the fields that are sent to ``address``, a page that answers with a fragment or nothing.
    """
    attributes = {
        "hx-get": address, "hx-trigger": "input from:closest form delay:600ms", "hx-include": "closest form",
        "hx-params": ",".join(names), "hx-target": "this", "hx-swap": "innerHTML", "hx-sync": "this:replace",
        "hx-disabled-elt": "this", "aria-live": "polite",
    }  # fmt: skip
    return Div(css_class="looks-like", **attributes)


def choose_among(form: forms.BaseForm, name: str, rows: Any) -> None:
    """Let a field choose among these rows."""
    cast("forms.ModelChoiceField[Any]", form.fields[name]).queryset = rows


def posted(request: HttpRequest) -> Any:
    """What was sent, even if it is empty; ``None`` while the form is only looked at."""
    return request.POST if request.method == "POST" else None


def attempt(form: forms.BaseForm, verb: Callable[[], Result]) -> Result | None:
    """Run the verb when the form is valid; what the verb refuses stands beside its field.

    ``None`` means: show the form again, with what was typed.
    """
    if not form.is_valid():
        return None
    try:
        return verb()
    except ValidationError as error:
        _show(form, error)
        return None


def _show(form: forms.BaseForm, error: ValidationError) -> None:
    if not hasattr(error, "error_dict"):
        form.add_error(None, error)
        return
    for name, errors in error.error_dict.items():
        form.add_error(name if name in form.fields else None, errors)


def form_reply(request: HttpRequest, form: forms.BaseForm, **context: Any) -> HttpResponse:
    """The form as a page, or as a fragment for the sheet; 422 when something in it is wrong.

    ``context``: title, back (address), submit (words of the button), lead, danger, delete (address).
    """
    status = 422 if form.is_bound else 200
    context = {"form": form, "action": request.get_full_path(), **context}
    return page_or_fragment(request, "components/form_page.html", "components/_form.html", context, status)


def editable(model: type[Model], user: Any, pk: int, refusal: str | Promise = "") -> Any:
    """The object, if this user may change it: 404 if there is none, 403 if it is not theirs to change."""
    found = get_object_or_404(model.objects.visible_to(user), pk=pk)
    if not model.objects.editable_by(user).filter(pk=pk).exists():
        raise PermissionDenied(refusal or _("This is changed by those who look after the account."))
    return found


class KeepsVersion(forms.ModelForm):
    """Refuses to overwrite what a colleague saved meanwhile; says what is stored now; keeps the typed."""

    version = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["version"].initial = self._stored_version()

    def clean(self) -> dict[str, Any] | None:
        cleaned: dict[str, Any] | None = super().clean()
        sent = self.cleaned_data.get("version")
        if self.instance.pk and sent and sent != self._stored_version():
            data = cast(QueryDict, self.data).copy()
            data[self.add_prefix("version")] = self._stored_version()
            self.data = data
            raise ValidationError(
                _(
                    "A colleague saved this while you were editing. "
                    "Stored now: %(fields)s. Check and save again."
                )
                % {"fields": self._stored_differences()}
            )
        return cleaned

    def changes(self) -> dict[str, Any]:
        """The fields that the user changed, for the verb."""
        return {name: self.cleaned_data[name] for name in self.changed_data if name != "version"}

    def _stored_version(self) -> str:
        return self.instance.updated_at.isoformat() if self.instance.pk else ""

    def _stored_differences(self) -> str:
        names = [name for name in self.changed_data if name != "version"]
        return ", ".join(f"{self.fields[name].label}: {self._stored(name) or '–'}" for name in names) or "–"

    def _stored(self, name: str) -> Any:
        """What is stored, as people read it: names for rows, words for choices."""
        if isinstance(self.fields[name], forms.ModelChoiceField):
            return getattr(self.instance, name)
        words = dict(getattr(self.fields[name], "choices", ()))
        value = self.initial.get(name)
        if isinstance(value, list):
            return ", ".join(str(words.get(one, one)) for one in value)
        return words.get(value, value)

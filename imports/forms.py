"""What an admin says about a file: its kind, its columns, its options."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from contacts.models import Interaction
from imports import cells, encoding, fields, mapping, policy, reading, sources
from imports.errors import BadMappingError
from imports.habits import columns_read
from imports.models import ImportBatch
from imports.targets.named_owners import is_name
from users.clock import company_today
from users.models import Company, User

KINDS = [("", _("Find out from the columns")), *ImportBatch.Kind.choices]
ORDERS = [
    ("", _("Find out from the column")),
    (cells.DAY_FIRST, _("Day first: 31/12/2026")),
    (cells.MONTH_FIRST, _("Month first: 12/31/2026")),
]
MARKS = [("", _("Find out from the column")), (".", _("Dot: 1,234.56")), (",", _("Comma: 1.234,56"))]
HABITS = {"date": ORDERS, "numeric": MARKS}
ENCODINGS = [("", _("Find out from the file")), *[(name, name) for name in encoding.CHOICES]]
DELIMITERS = [
    ("", _("Find out from the file")),
    *[(name, name) for name in reading.NAMES],
]
MODES = [
    ("", _("New and changed")),
    (policy.CREATE, _("Only new: leave what is there")),
    (policy.UPDATE, _("Only what is there: bring nothing new")),
]
MATCHES = [
    ("", _("Its account id")),
    (policy.NAME_COUNTRY, _("Name and country")),
    (policy.EMAIL, _("E-mail, of the company or of somebody there")),
    (policy.PHONE, _("Phone, of the company or of somebody there")),
]
POLICIES = [
    ("", _("overwrite")),
    (policy.FILL, _("fill if empty")),
    (policy.NEVER, _("never change")),
]
OF_KIND = {
    "users": ["mode", "roles"],
    "accounts": ["mode", "match", "as_of", "default_owner"],
    "purchases": ["mode", "currency", "as_of", "negative_is_credit"],
    "purchase_lines": ["mode", "negative_is_credit"],
    "contacts": ["mode"],
    "interactions": ["mode", "contact_kind", "default_owner"],
    "concerns": ["mode", "as_of", "default_owner"],
    "commitments": ["mode", "default_owner"],
}
"""The options that mean something for a kind of file, in the order of the page."""
NOBODY = "-"
HISTORY = {
    "interactions": _("Whom the file names is kept in the words of the row all the same."),
    "concerns": _("Takes care of open ones that nobody here has; otherwise the owner of the account does."),
    "commitments": _("Has promises of people who are not here; otherwise the owner of the account does."),
}


AS_WRITTEN = {
    sources.TEXT: {"encoding", "delimiter"},
    sources.WORKBOOK: {"sheet"},
    sources.CARDS: {"encoding"},
}
"""What can be said about the reading of a file, by its format."""


class UploadForm(forms.Form):
    kind = forms.ChoiceField(label=_("What is in it"), choices=KINDS, required=False)
    file = forms.FileField(
        label=_("File"),
        help_text=_(
            "A table with the names of the columns in the first row (CSV or XLSX), "
            "or an address book (vCard)."
        ),
        widget=forms.FileInput(attrs={"accept": ".csv,.tsv,.txt,.xlsx,.xlsm,.vcf,text/csv,text/vcard"}),
        error_messages={
            "required": _("Choose a file."),
            "empty": _("The file is empty. Export it again with a header line and at least one row."),
        },
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _dress(self)


class OptionsForm(forms.Form):
    """The options of one batch; fields that mean nothing for its kind are left out."""

    mode = forms.ChoiceField(label=_("Rows to bring in"), choices=MODES, required=False)
    match = forms.ChoiceField(
        label=_("An account is found by"),
        choices=MATCHES,
        required=False,
        help_text=_("A row that fits several accounts is refused, and they are named."),
    )
    as_of = forms.DateField(
        label=_("As of"),
        required=False,
        help_text=_("The day that dates every fact of this file: owner since, the start of contact plans."),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )
    currency = forms.CharField(
        label=_("Currency of the amounts"),
        max_length=3,
        required=False,
        help_text=_("ISO code, such as EUR."),
    )
    default_owner = forms.ChoiceField(
        label=_("Owner of new accounts without one"),
        required=False,
        help_text=_("A later import of purchases gives them to the seller of the latest."),
    )
    roles = forms.MultipleChoiceField(
        label=_("Roles of new users"),
        choices=[pair for pair in User.Role.choices if pair[0] in mapping.ROLES],
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("Nobody can sign in before an admin invites them."),
    )
    negative_is_credit = forms.BooleanField(label=_("Negative amounts are credit notes"), required=False)
    save_as = forms.CharField(
        label=_("Keep columns and options as"),
        max_length=80,
        required=False,
        help_text=_(
            "For the next file like this one; all admins can use it. A name that is taken is replaced."
        ),
    )

    contact_kind = forms.ChoiceField(
        label=_("Rows that do not say their kind are"),
        choices=[("", _("notes")), *Interaction.Kind.choices],
        required=False,
        help_text=_("Files of calls alone, or of meetings alone, seldom have a column for it."),
    )

    def __init__(self, data: Any = None, *, batch: ImportBatch) -> None:
        stored = {name: value for name, value in batch.options.items() if value not in (None, "")}
        fresh = {"as_of": company_today(), "currency": Company.get().currency, "roles": ["salesperson"]}
        super().__init__(data, initial=fresh | stored)
        shown = [*OF_KIND[batch.kind], "save_as"]
        for name in set(self.fields) - set(shown):
            del self.fields[name]
        self._ask_who_they_are(batch)
        self.order_fields([*shown[:-1], *self.named, "save_as"])
        if "default_owner" in self.fields:
            self.fields["default_owner"].choices = [("", _("nobody")), *_owners()]
            if batch.kind in HISTORY:
                self.fields["default_owner"].label = _("Stands for people who are no users here")
                self.fields["default_owner"].help_text = HISTORY[batch.kind]
        _dress(self)

    def _ask_who_they_are(self, batch: ImportBatch) -> None:
        """Per owner whom the check did not know, and whom somebody has chosen already: who is meant."""
        self.named: dict[str, str] = {}
        if batch.kind != ImportBatch.Kind.ACCOUNTS:
            return
        chosen = batch.options.get("people", {})
        strangers = [one["name"] for one in batch.layout.get("strangers", [])]
        for number, name in enumerate(dict.fromkeys([*chosen, *strangers])):
            unsaid = (
                _("not said: comes in without owner")
                if is_name(name)
                else _("not said: its rows are refused")
            )
            self.named[f"who{number}"] = name
            self.fields[f"who{number}"] = forms.ChoiceField(
                label=gettext("The owner “%s” is") % name[:60],
                choices=[("", unsaid), (NOBODY, _("nobody: comes in without owner")), *_owners()],
                required=False,
                initial=chosen[name] or NOBODY if name in chosen else "",
            )

    def options(self) -> dict[str, Any]:
        said = {name: value for name, value in self.cleaned_data.items() if value not in (None, "", [])}
        said.pop("save_as", None)
        people = {name: said.pop(field) for field, name in self.named.items() if field in said}
        if people:
            said["people"] = {name: None if ref == NOBODY else ref for name, ref in people.items()}
        return said


class ReadingForm(forms.Form):
    """How the file is written, where the first look was wrong."""

    encoding = forms.ChoiceField(label=_("Encoding"), choices=ENCODINGS, required=False)
    delimiter = forms.ChoiceField(label=_("Delimiter"), choices=DELIMITERS, required=False)
    sheet = forms.ChoiceField(label=_("Sheet"), required=False)

    def __init__(self, data: Any = None, *, batch: ImportBatch) -> None:
        names = ("encoding", "delimiter", "sheet")
        found = {name: batch.options.get(name) or batch.layout.get(name) for name in names[2:]}
        super().__init__(data, initial={name: batch.options.get(name) for name in names[:2]} | found)
        written = batch.layout.get("format", sources.TEXT)
        for name in set(names) - AS_WRITTEN.get(written, set()):
            del self.fields[name]
        if "sheet" in self.fields:
            self.fields["sheet"].choices = [(name, name) for name in batch.layout.get("sheets", [])]
        _dress(self)


class ColumnsForm(forms.Form):
    """One choice per column of the file: the field it becomes, or nothing."""

    def __init__(self, data: Any = None, *, batch: ImportBatch) -> None:
        super().__init__(data)
        self.header: list[str] = batch.layout.get("header", [])
        self.read, self.blamed = columns_read(batch), batch.error_at
        chosen = {column: key for key, column in batch.mapping.items()}
        kept = batch.options.get("policies", {})
        self.known = fields.of(batch.kind)
        choices = [
            ("", _("not imported")),
            *[(key, _choice(field)) for key, field in self.known.items()],
        ]
        for index, name in enumerate(self.header):
            self.fields[f"c{index}"] = forms.ChoiceField(
                label=name, choices=choices, required=False, initial=chosen.get(name, "")
            )
            words = gettext("What happens where “%(name)s” has a value already")
            self.fields[f"p{index}"] = forms.ChoiceField(
                label=words % {"name": name},
                choices=POLICIES,
                required=False,
                initial=kept.get(chosen.get(name, ""), ""),
            )
            if (read := self.read.get(name)) and read.is_asked:
                words = gettext("How “%(name)s” is read")
                self.fields[f"h{index}"] = forms.ChoiceField(
                    label=words % {"name": name},
                    choices=HABITS[read.field.sql],
                    required=False,
                    initial=read.chosen,
                )
        _dress(self)
        self.examples: list[list[str]] = batch.layout.get("examples", [])

    def rows(self) -> list[dict[str, Any]]:
        """Per column: its bound field and what stands in it."""
        examples = [*self.examples, *[[] for _name in self.header]]
        return [
            {
                "field": self[f"c{i}"],
                "policy": self[f"p{i}"],
                "examples": examples[i],
                "readings": self.read[name].cells if name in self.read else [],
                "habit": self[f"h{i}"] if f"h{i}" in self.fields else None,
                "is_blamed": self.blamed == f"h{i}",
            }
            for i, name in enumerate(self.header)
        ]

    def clean(self) -> dict[str, Any]:
        found: dict[str, str] = {}
        self.policies: dict[str, str] = {}
        self.habits: dict[str, str] = {}
        for index, name in enumerate(self.header):
            key = self.cleaned_data.get(f"c{index}")
            if key and key in found:
                text = gettext("“%(other)s” becomes this already. Choose it for one column only.")
                self.add_error(f"c{index}", ValidationError(text % {"other": found[key]}))
            elif key:
                found[key] = name
                if rule := self.cleaned_data.get(f"p{index}"):
                    self.policies[key] = rule
                habit = self.cleaned_data.get(f"h{index}")
                if habit and habit in mapping.HABITS.get(self.known[key].sql, ()):
                    self.habits[key] = habit
        self.columns = found
        return self.cleaned_data


def _choice(field: fields.Field) -> str:
    return f"{field.label} *" if field.required else str(field.label)


def _owners() -> list[tuple[str, str]]:
    people = User.objects.who_may_own_accounts().by_name()
    named = people.values_list("external_id", "email", "display_name")
    return [(external_id or email, name) for external_id, email, name in named if external_id or email]


def _dress(form: forms.Form) -> None:
    """Our controls' classes, and what describes them for screen readers."""
    for name, field in form.fields.items():
        widget = field.widget
        if name[0] in "ph" and name[1:].isdigit():
            widget.attrs["aria-label"] = str(field.label)
        if isinstance(widget, forms.CheckboxInput | forms.CheckboxSelectMultiple):
            widget.attrs["class"] = "form-check-input"
        elif isinstance(widget, forms.Select):
            widget.attrs["class"] = "form-select"
        else:
            widget.attrs["class"] = "form-control"
        if form.is_bound and name in form.errors:
            widget.attrs["aria-invalid"] = "true"


def blame(form: forms.Form, error: BadMappingError) -> None:
    """Put what a service refused beside the field it is about, where there is one."""
    form.add_error(error.field if error.field in form.fields else None, str(error))

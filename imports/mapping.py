"""What a person decided about a file: which column becomes which field, and the options."""

from __future__ import annotations

import difflib
from collections.abc import Mapping as AnyMapping
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from dataclasses import fields as dataclass_fields
from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from contacts.models import Interaction
from imports import cells, fields, policy, ready
from imports.errors import BadMappingError, RefusedError

ROLES = ("salesperson", "manager", "reader")
"""Roles that an import may give. Admins are made by admins, one by one."""


_FINDING = {policy.NAME_COUNTRY: {"account.name"}, policy.PHONE: {"account.phone"}}
"""What must be in every row that finds its account so; of e-mails one of two is enough."""

HABITS = {"date": cells.ORDERS, "numeric": cells.MARKS}
_HABITS = (*cells.ORDERS, *cells.MARKS)


@dataclass(frozen=True)
class Options:
    """Everything beside the columns; empty means: find out, or the company's own."""

    as_of: date | None = None
    currency: str = ""
    encoding: str = ""
    delimiter: str = ""
    sheet: str = ""
    date_order: str = ""
    decimal_mark: str = ""
    default_owner: str = ""
    roles: tuple[str, ...] = ("salesperson",)
    negative_is_credit: bool = False
    contact_kind: str = ""
    mode: str = ""
    match: str = ""
    policies: dict[str, str] = field(default_factory=dict)
    habits: dict[str, str] = field(default_factory=dict)
    people: dict[str, str | None] = field(default_factory=dict)

    def as_json(self) -> dict[str, Any]:
        """What differs from the default, in JSON's types."""
        plain = {f.name: getattr(self, f.name) for f in dataclass_fields(self)}
        plain["as_of"] = self.as_of.isoformat() if self.as_of else None
        plain["roles"] = list(self.roles)
        default: dict[str, Any] = {
            "as_of": None,
            "roles": ["salesperson"],
            "negative_is_credit": False,
            "policies": {},
            "habits": {},
            "people": {},
        }
        return {name: value for name, value in plain.items() if value != default.get(name, "")}


@dataclass(frozen=True)
class Mapping:
    """``columns`` is ``{field: column}``. Made by :func:`parse`, completed by :meth:`fit`."""

    kind: str
    columns: dict[str, str]
    options: Options = Options()

    @property
    def needed(self) -> frozenset[str]:
        """Fields without which a row is refused: what new records need, and what finds the old ones."""
        required = {field.key for field in fields.OF_KIND[self.kind] if field.required}
        if self.kind == "accounts":
            if self.options.match not in ("", policy.EXTERNAL_ID):
                required.discard("account.external_id")
            if self.options.mode == policy.UPDATE:
                required.discard("account.name")
        return frozenset(required | _FINDING.get(self.options.match, set()))

    def fit(self, header: Sequence[str]) -> Mapping:
        """The mapping, or the guess where nothing was mapped, checked against the header."""
        if not self.columns and (known_export := ready.find(header, self.kind)):
            options = replace(
                self.options, contact_kind=self.options.contact_kind or known_export.kind_of_rows
            )
            return replace(self, columns=known_export.columns(header), options=options).fit(header)
        if not self.columns and (guessed := fields.guess(self.kind, header)):
            options = without_ids(self.kind, guessed, self.options)
            return replace(self, columns=guessed, options=options).fit(header)
        columns = self.columns
        known = fields.of(self.kind)
        for key, column in columns.items():
            if column not in header:
                raise BadMappingError(_no_such_column(column, header), key)
        needed = self.needed
        missing = [field for field in known.values() if field.key in needed and field.key not in columns]
        if missing:
            raise BadMappingError(_missing(missing[0], header), missing[0].key)
        if self.kind == "users":
            _check_users(columns, header)
        if self.kind == "contacts" and not columns.keys() & {"contact.name", "contact.last_name"}:
            raise BadMappingError(
                _("No column becomes “Whole name” or “Last name”. Choose one of: %s.") % _listed(header),
                "contact.name",
            )
        if self.options.match == policy.EMAIL and not columns.keys() & {"account.email", "contact.email"}:
            raise BadMappingError(
                _("Accounts are to be found by e-mail, but no column becomes an e-mail. Choose one of: %s.")
                % _listed(header),
                "match",
            )
        return replace(self, columns=columns)


def without_ids(kind: str, columns: AnyMapping[str, str], options: Options) -> Options:
    """Of accounts in a file without a column of ids: they are found by name and country."""
    is_named = kind == "accounts" and "account.name" in columns and "account.external_id" not in columns
    return replace(options, match=policy.NAME_COUNTRY) if is_named and not options.match else options


def _no_such_column(column: str, header: Sequence[str]) -> str:
    near = difflib.get_close_matches(column, header, n=1, cutoff=0.6)
    text = _("The file has no column “%s”.") % column[:120]
    if near:
        return f"{text} {_('Did you mean “%s”?') % near[0]}"
    return f"{text} {_('It has: %s.') % _listed(header)}"


def _missing(field: fields.Field, header: Sequence[str]) -> str:
    text = _("No column becomes “%(label)s” (%(key)s), which is needed. Choose one of: %(columns)s.")
    return text % {"label": field.label, "key": field.key, "columns": _listed(header)}


def _listed(names: Sequence[str]) -> str:
    shown = ", ".join(name[:40] for name in names[:20])
    return f"{shown}, …" if len(names) > 20 else shown


def _check_users(columns: dict[str, str], header: Sequence[str]) -> None:
    if not columns.keys() & {"user.external_id", "user.email"}:
        raise BadMappingError(
            _("No column becomes “User id” or “E-mail”; one of them tells users apart. Choose one of: %s.")
            % _listed(header),
            "user.external_id",
        )
    if not columns.keys() & {"user.display_name", "user.last_name"}:
        raise BadMappingError(
            _("No column becomes “Name” or “Last name”. Choose one of: %s.") % _listed(header),
            "user.display_name",
        )


def parse(kind: str, raw: Any, **overrides: Any) -> Mapping:
    """A mapping from JSON: fields with a dot, options without one or below "options". Raises BadMappingError.

    ``overrides``: options given elsewhere (on the command line, in a form); empty ones do not count.
    """
    if not isinstance(raw, AnyMapping):
        raise BadMappingError(_('A mapping is a JSON object such as {"account.name": "company_name"}.'))
    known = fields.of(kind)
    columns: dict[str, str] = {}
    options: dict[str, Any] = {}
    for key, found in raw.items():
        if key == "options" and isinstance(found, AnyMapping):
            options |= found
        elif "." in str(key):
            _add_column(columns, known, key, found)
        else:
            options[key] = found
    options |= {name: found for name, found in overrides.items() if found not in (None, "", ())}
    chosen = parse_options(options)
    for key in (*chosen.policies, *chosen.habits):
        _check_field(known, key)
    for key, found in chosen.habits.items():
        if found not in HABITS.get(known[key].sql, ()):
            text = _("“%(habit)s” is no way to write “%(label)s”.")
            raise BadMappingError(text % {"habit": found, "label": known[key].label}, "habits")
    if chosen.match and kind != "accounts":
        raise BadMappingError(_("The option “match” is for files of accounts only."), "match")
    return Mapping(kind, columns, chosen)


def _add_column(columns: dict[str, str], known: dict[str, fields.Field], key: str, column: Any) -> None:
    _check_field(known, key)
    if column is None or column == "":
        return
    if not isinstance(column, str):
        raise BadMappingError(
            _("The column for “%s” must be a text, the name in line 1 of the file.") % key, key
        )
    columns[key] = column.strip()


def _check_field(known: dict[str, fields.Field], key: str) -> None:
    if key not in known:
        near = difflib.get_close_matches(key, known, n=1, cutoff=0.5)
        hint = _("Did you mean “%s”?") % near[0] if near else _("Known are: %s.") % ", ".join(known)
        raise BadMappingError(f"{_('Unknown field “%s”.') % key[:80]} {hint}", key)


def parse_options(raw: AnyMapping[str, Any]) -> Options:
    """Checked options. Raises BadMappingError naming the option and what it may be."""
    known = {f.name for f in dataclass_fields(Options)}
    found: dict[str, Any] = {}
    for name, value in raw.items():
        if name not in known:
            raise BadMappingError(
                _("Unknown option “%(name)s”. Known are: %(known)s.")
                % {"name": str(name)[:60], "known": ", ".join(sorted(known))},
                str(name),
            )
        if value not in (None, ""):
            found[name] = _CHECKS[name](name, value)
    return Options(**found)


def _as_date(name: str, value: Any) -> date:
    try:
        return value if isinstance(value, date) else cells.to_date(str(value).strip())
    except RefusedError as refused:
        raise BadMappingError(f"{name}: {refused.reason}", name) from None


def _as_currency(name: str, value: Any) -> str:
    try:
        code: str = fields.currency(str(value).strip(), fields.Habits())
    except RefusedError as refused:
        raise BadMappingError(f"{name}: {refused.reason}", name) from None
    return code


def _as_text(name: str, value: Any) -> str:
    if not isinstance(value, str):
        raise BadMappingError(_("The option “%s” must be a text.") % name, name)
    return value if value == "\t" else value.strip()


def _one_of(*allowed: str) -> Any:
    def check(name: str, value: Any) -> str:
        if value not in allowed:
            known = ", ".join(allowed)
            raise BadMappingError(
                _("The option “%(name)s” is one of: %(known)s.") % {"name": name, "known": known}, name
            )
        return str(value)

    return check


def _as_roles(name: str, value: Any) -> tuple[str, ...]:
    roles = (
        tuple([value] if isinstance(value, str) else value) if isinstance(value, str | list | tuple) else ()
    )
    if not roles or any(role not in ROLES for role in roles):
        raise BadMappingError(_("The option “roles” is a list of: %s.") % ", ".join(ROLES), name)
    return tuple(sorted(set(roles)))


def _as_policies(name: str, value: Any) -> dict[str, str]:
    """``{field: policy}``; "overwrite" is what happens without one."""
    fits = isinstance(value, AnyMapping) and all(
        found in (*policy.POLICIES, "overwrite") for found in value.values()
    )
    if not fits:
        raise BadMappingError(_("The option “policies” gives fields one of: overwrite, fill, never."), name)
    return {str(key): found for key, found in value.items() if found != "overwrite"}


def _as_habits(name: str, value: Any) -> dict[str, str]:
    """``{field: order of dates or decimal mark}`` of single columns."""
    if not isinstance(value, AnyMapping) or not all(found in _HABITS for found in value.values()):
        raise BadMappingError(
            _("The option “habits” gives fields one of: day_first, month_first, “.”, “,”."), name
        )
    return {str(key): str(found) for key, found in value.items()}


def _as_people(name: str, value: Any) -> dict[str, str | None]:
    """``{owner as the file has it: user id or e-mail, or null for nobody}``."""
    fits = isinstance(value, AnyMapping) and all(
        found is None or isinstance(found, str) for found in value.values()
    )
    if not fits:
        raise BadMappingError(
            _("The option “people” gives names of owners a user id, an e-mail, or null."), name
        )
    return {str(key): found.strip() or None if found else None for key, found in value.items()}


def _as_mode(name: str, value: Any) -> str:
    return str(_one_of(*policy.MODES, "both")(name, value)).replace("both", "")


def _as_bool(name: str, value: Any) -> bool:
    if not isinstance(value, bool):
        raise BadMappingError(_("The option “%s” is true or false.") % name, name)
    return value


_CHECKS: dict[str, Any] = {
    "as_of": _as_date,
    "currency": _as_currency,
    "encoding": _as_text,
    "delimiter": _as_text,
    "sheet": _as_text,
    "date_order": _one_of(*cells.ORDERS),
    "decimal_mark": _one_of(*cells.MARKS),
    "default_owner": _as_text,
    "roles": _as_roles,
    "negative_is_credit": _as_bool,
    "contact_kind": _one_of(*Interaction.Kind.values),
    "mode": _as_mode,
    "match": _one_of(*policy.MATCHES),
    "policies": _as_policies,
    "habits": _as_habits,
    "people": _as_people,
}

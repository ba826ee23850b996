"""What a column of a file can become: its fields, their checks and usual spellings, by kind of file."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import URLValidator, validate_email
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core.currencies import is_currency
from imports import cells
from imports.countries import fold, to_country
from imports.errors import RefusedError

Clean = Callable[[str, "Habits"], Any]


@dataclass(frozen=True)
class Habits:
    """How this file writes dates and numbers, settled before the first row is taken."""

    date_order: str = ""
    decimal_mark: str = "."


@dataclass(frozen=True)
class Field:
    """One thing a column can become. ``key`` stands in mappings; ``sql`` is its type in the stage."""

    key: str
    label: Any
    clean: Clean
    spellings: frozenset[str]
    sql: str = "text"
    required: bool = False
    help: Any = ""

    @property
    def column(self) -> str:
        """Its name in the stage table."""
        return self.key.replace(".", "_")


def normal(name: str) -> str:
    """A column name without case, accents, blanks and signs: customerID, Customer Id, customer_id agree."""
    return re.sub(r"[^a-z0-9]", "", fold(name))


# -- cleaners --------------------------------------------------------------------------------------------


def text(longest: int) -> Clean:
    """A line of text of at most so many characters."""

    def clean(cell: str, _habits: Habits) -> str:
        line = cells.one_line(cell) if "\n" in cell or "\r" in cell or "\t" in cell else cell
        if len(line) > longest:
            words = _("%(n)d characters long, more than the %(max)d we keep. Shorten it.")
            raise RefusedError(words % {"n": len(line), "max": longest})
        return line

    return clean


def prose(cell: str, _habits: Habits) -> str:
    if len(cell) > 10_000:
        raise RefusedError(
            _("%(n)d characters long, more than the %(max)d we keep. Shorten it.")
            % {"n": len(cell), "max": 10_000}
        )
    return cell


def email(cell: str, _habits: Habits) -> str:
    address = cell.lower().removeprefix("mailto:")
    try:
        validate_email(address)
    except ValidationError:
        raise RefusedError(
            _("“%s” is no e-mail address. Write it as name@example.com, or leave it empty.") % cell[:60]
        ) from None
    if len(address) > 254:
        raise RefusedError(_("An e-mail address has at most 254 characters."))
    return address


def person(cell: str, _habits: Habits) -> str:
    """How a file names a user: an id as it is written, or an e-mail, kept in lower case like ours."""
    if len(cell) > 254:
        raise RefusedError(_("“%s…” is no id or e-mail of a user.") % cell[:40])
    return cell.lower() if "@" in cell else cell


def buyer(cell: str, _habits: Habits) -> str:
    """How a file names a contact of the account: by e-mail, id or name."""
    if len(cell) > 254:
        raise RefusedError(_("“%s…” is no e-mail, id or name of a contact.") % cell[:40])
    return cells.one_line(cell)


def website(cell: str, _habits: Habits) -> str:
    address = cell if "://" in cell else f"https://{cell}"
    try:
        URLValidator(schemes=["http", "https"])(address)
    except ValidationError:
        raise RefusedError(
            _("“%s” is no web address. Write it as https://example.com.") % cell[:60]
        ) from None
    if len(address) > 200:
        raise RefusedError(_("A web address has at most 200 characters."))
    return address


def country(cell: str, _habits: Habits) -> str:
    return to_country(cell)


def day(cell: str, habits: Habits) -> Any:
    return cells.to_date(cell, habits.date_order)


def number(places: int, digits: int = 18) -> Clean:
    return lambda cell, habits: cells.to_decimal(cell, habits.decimal_mark, places, digits)


def whole(lowest: int, highest: int) -> Clean:
    """A whole number within bounds."""

    def clean(cell: str, habits: Habits) -> int:
        found = cells.to_decimal(cell, habits.decimal_mark, 4, 18)
        if found != int(found) or not lowest <= found <= highest:
            words = _("“%(cell)s” is no whole number from %(low)d to %(high)d.")
            raise RefusedError(words % {"cell": cell[:40], "low": lowest, "high": highest})
        return int(found)

    return clean


def share(cell: str, habits: Habits) -> Any:
    return cells.to_share(cell, habits.decimal_mark)


def yes_no(cell: str, _habits: Habits) -> bool:
    return cells.to_bool(cell)


def currency(cell: str, _habits: Habits) -> str:
    code = cell.upper()
    if not is_currency(code):
        raise RefusedError(_("“%s” is no currency. Write its code, such as EUR.") % cell[:20])
    return code


def language(cell: str, _habits: Habits) -> str:
    code = cell.lower().replace("_", "-")
    if not re.fullmatch(r"[a-z]{2,3}(-[a-z0-9]{2,4})?", code):
        raise RefusedError(_("“%s” is no language. Write its code, such as de.") % cell[:20])
    return code


# -- the fields ------------------------------------------------------------------------------------------

L = gettext_lazy


def _field(key: str, label: Any, clean: Clean, spellings: str, **more: Any) -> Field:
    words = frozenset(normal(word) for word in spellings.split())
    return Field(key, label, clean, words | {normal(key), normal(key.split(".")[1])}, **more)


DATE: dict[str, Any] = {"sql": "date"}
NUMBER: dict[str, Any] = {"sql": "numeric"}
BOOL: dict[str, Any] = {"sql": "boolean"}
REQUIRED: dict[str, Any] = {"required": True}

CUSTOMER_IDS = (
    "customer_id customer_no customer_number cust_id cust_no account_id account_no account_number "
    "kundennummer client_id debitor debtor_no"
)
USER_IDS = (
    "employee_id employee employee_no sales_rep salesperson seller seller_id rep_id user_id salesman "
    "verkaeufer"
)
ORDER_IDS = (
    "order_id order_no order_number order purchase_id purchase_no invoice_id invoice_no invoice_number "
    "sale_id bestellnummer"
)

USERS = (
    _field("user.external_id", L("User id"), text(60), f"{USER_IDS} id personnel_no staff_id"),
    _field("user.display_name", L("Name"), text(120), "name full_name employee_name"),
    _field("user.first_name", L("First name"), text(80), "given_name forename vorname"),
    _field("user.last_name", L("Last name"), text(80), "surname family_name nachname"),
    _field("user.email", L("E-mail"), email, "mail e_mail email_address"),
    _field("user.job_title", L("Job title"), text(120), "title position role_title"),
    _field("user.department", L("Department"), text(80), "dept division"),
    _field("user.language", L("Language"), language, "lang locale"),
)
ACCOUNTS = (
    _field("account.external_id", L("Account id"), text(60), f"{CUSTOMER_IDS} id code", **REQUIRED),
    _field(
        "account.name",
        L("Account name"),
        text(200),
        "company_name company account customer customer_name firma name organisation organization",
        **REQUIRED,
    ),
    _field(
        "account.street", L("Street"), text(200), "address address1 address_line_1 street_address strasse"
    ),
    _field("account.city", L("City"), text(100), "town ort place"),
    _field("account.region", L("Region"), text(100), "state province county state_province"),
    _field("account.postal_code", L("Postal code"), text(20), "zip zip_code zipcode postcode plz post_code"),
    _field("account.country", L("Country"), country, "country_code country_name land nation"),
    _field("account.phone", L("Phone"), text(60), "telephone tel phone_number company_phone telefon"),
    _field("account.fax", L("Fax"), text(60), "fax_number telefax"),
    _field("account.email", L("Company e-mail"), email, "company_email"),
    _field("account.website", L("Website"), website, "url web homepage www site"),
    _field("account.industry", L("Industry"), text(100), "branch sector branche"),
    _field(
        "account.employees",
        L("Employees"),
        whole(0, 2_000_000_000),
        "employee_count headcount number_of_employees",
        **NUMBER,
    ),
    _field(
        "account.yearly_revenue",
        L("Yearly revenue"),
        number(2),
        "revenue annual_revenue turnover yearly_sales",
        **NUMBER,
    ),
    _field("account.network_value", L("Network value (0-5)"), whole(0, 5), "network", **NUMBER),
    _field("account.language", L("Language"), language, "lang"),
    _field("account.about", L("About"), prose, "notes remarks comment comments description"),
    _field("account.owner", L("Owner (user id or e-mail)"), person, f"{USER_IDS} account_owner owner_id"),
    _field(
        "account.last_contacted_on",
        L("Last contacted on"),
        day,
        "last_contact last_contacted last_call last_contact_date",
        **DATE,
    ),
    _field("contact.external_id", L("Contact id"), text(60), "contact_no person_id"),
    _field(
        "contact.name",
        L("Contact: whole name"),
        text(160),
        "contact_name contact contact_person ansprechpartner",
    ),
    _field(
        "contact.first_name",
        L("Contact: first name"),
        text(80),
        "contact_first_name given_name forename vorname",
    ),
    _field(
        "contact.last_name",
        L("Contact: last name"),
        text(80),
        "contact_last_name surname family_name nachname",
    ),
    _field("contact.job_title", L("Contact: job title"), text(120), "contact_title title position"),
    _field("contact.department", L("Contact: department"), text(80), "contact_department"),
    _field("contact.email", L("Contact: e-mail"), email, "email mail e_mail contact_email email_address"),
    _field("contact.phone", L("Contact: phone"), text(60), "contact_phone direct_phone direct_dial"),
    _field(
        "contact.mobile", L("Contact: mobile"), text(60), "mobile_phone cell cell_phone contact_mobile handy"
    ),
)
PURCHASES = (
    _field("purchase.external_id", L("Purchase id"), text(60), f"{ORDER_IDS} id", **REQUIRED),
    _field("purchase.account", L("Account id"), text(60), f"{CUSTOMER_IDS} customer account", **REQUIRED),
    _field(
        "purchase.purchased_on",
        L("Date"),
        day,
        "order_date purchase_date invoice_date sale_date date ordered_on bestelldatum",
        **DATE,
        **REQUIRED,
    ),
    _field("purchase.sold_by", L("Seller (user id or e-mail)"), person, USER_IDS),
    _field(
        "purchase.buyer",
        L("Buyer (e-mail, id or name of a contact)"),
        buyer,
        "buyer_email buyer_name buyer_id ordered_by purchaser contact_email contact_id "
        "besteller kaeufer einkaeufer",
    ),
    _field(
        "purchase.amount",
        L("Amount"),
        number(4),
        "total total_amount order_total net_amount value sum betrag",
        help=L("Not needed where lines follow: their sum is the amount."),
        **NUMBER,
    ),
    _field("purchase.currency", L("Currency"), currency, "currency_code waehrung"),
    _field(
        "purchase.credit_note",
        L("Is a credit note (yes or no)"),
        yes_no,
        "credit is_credit credit_memo gutschrift",
        **BOOL,
    ),
    _field("purchase.about", L("About"), text(200), "description subject reference notes"),
)
LINES = (
    _field("line.purchase", L("Purchase id"), text(60), ORDER_IDS, **REQUIRED),
    _field(
        "line.line_key",
        L("Line id (unique in its purchase)"),
        text(80),
        "product_id productid line_no line_number line_id position item_id sku article_no",
        **REQUIRED,
    ),
    _field("line.product", L("Product"), text(200), "product_name item article description artikel"),
    _field(
        "line.unit_price", L("Unit price"), number(4), "price unitprice einzelpreis", **NUMBER, **REQUIRED
    ),
    _field("line.quantity", L("Quantity"), number(4, 14), "qty units menge count", **NUMBER, **REQUIRED),
    _field("line.discount", L("Discount (0.15 or 15%)"), share, "discount_rate rabatt rebate", **NUMBER),
    _field(
        "line.credit_note",
        L("Is a credit note (yes or no)"),
        yes_no,
        "credit is_credit credit_memo gutschrift",
        **BOOL,
    ),
)
OF_KIND: dict[str, tuple[Field, ...]] = {
    "users": USERS,
    "accounts": ACCOUNTS,
    "purchases": PURCHASES,
    "purchase_lines": LINES,
}


def of(kind: str) -> dict[str, Field]:
    return {field.key: field for field in OF_KIND[kind]}


def guess(kind: str, header: Iterable[str]) -> dict[str, str]:
    """``{field: column}`` for the columns whose name is a usual spelling; each used once.

    The whole name of a field ("contact.email") counts before its usual spellings.
    """
    found: dict[str, str] = {}
    columns = {normal(name): name for name in reversed(list(header))}
    for exact in (True, False):
        for field in OF_KIND[kind]:
            spellings = {normal(field.key)} if exact else field.spellings
            match = next((name for word, name in columns.items() if word in spellings and name), None)
            if match and field.key not in found and match not in found.values():
                found[field.key] = match
    return found


def best_kind(header: Iterable[str]) -> str | None:
    """The kind of file whose required fields the header names, the most specific first."""
    names = list(header)
    for kind in ("purchase_lines", "purchases", "accounts", "users"):
        fits = guess(kind, names)
        needed = [field.key for field in OF_KIND[kind] if field.required]
        if kind == "users":
            needed = ["user.external_id", "user.last_name"]
        if all(key in fits for key in needed):
            return kind
    return None

"""What a column of a file can become: its fields and their usual spellings, by kind of file."""

from __future__ import annotations

from collections.abc import Iterable

from imports.cleaners import (
    BOOL,
    DATE,
    NUMBER,
    REQUIRED,
    Field,
    Habits,
    L,
    buyer,
    country,
    currency,
    day,
    email,
    field,
    language,
    normal,
    number,
    person,
    prose,
    share,
    text,
    website,
    whole,
    yes_no,
)
from imports.history_fields import COMMITMENTS, CONCERNS, CONTACTS, INTERACTIONS

__all__ = ["OF_KIND", "Field", "Habits", "L", "best_kind", "currency", "guess", "normal", "of"]

CUSTOMER_IDS = (
    "customer_id customer_no customer_number cust_id cust_no account_id account_no account_number "
    "kundennummer client_id debitor debtor_no"
)
USER_IDS = (
    "employee_id employee employee_no sales_rep salesperson seller seller_id rep_id user_id salesman "
    "verkaeufer"
)
CONTACT_OWNER = "contact_owner"
"""Who looks after one contact: in Tend that is whoever owns the account, which may be somebody else."""
ACCOUNT_OWNERS = (
    "account_owner owner_id owner owner_name company_owner assigned_user assigned_user_name account_manager "
    "kundenbetreuer betreuer"
)
ORDER_IDS = (
    "order_id order_no order_number order purchase_id purchase_no invoice_id invoice_no invoice_number "
    "sale_id bestellnummer"
)

USERS = (
    field("user.external_id", L("User id"), text(60), f"{USER_IDS} id personnel_no staff_id"),
    field("user.display_name", L("Name"), text(120), "name full_name employee_name"),
    field("user.first_name", L("First name"), text(80), "given_name forename vorname"),
    field("user.last_name", L("Last name"), text(80), "surname family_name nachname"),
    field("user.email", L("E-mail"), email, "mail e_mail email_address"),
    field("user.job_title", L("Job title"), text(120), "title position role_title"),
    field("user.department", L("Department"), text(80), "dept division"),
    field("user.language", L("Language"), language, "lang locale"),
)
ACCOUNTS = (
    field("account.external_id", L("Account id"), text(60), f"{CUSTOMER_IDS} id code", **REQUIRED),
    field(
        "account.name",
        L("Account name"),
        text(200),
        "company_name company account customer customer_name firma name organisation organization",
        **REQUIRED,
    ),
    field("account.street", L("Street"), text(200), "address address1 address_line_1 street_address strasse"),
    field("account.city", L("City"), text(100), "town ort place"),
    field("account.region", L("Region"), text(100), "state province county state_province"),
    field("account.postal_code", L("Postal code"), text(20), "zip zip_code zipcode postcode plz post_code"),
    field("account.country", L("Country"), country, "country_code country_name land nation"),
    field("account.phone", L("Phone"), text(60), "telephone tel phone_number company_phone telefon"),
    field("account.fax", L("Fax"), text(60), "fax_number telefax"),
    field("account.email", L("Company e-mail"), email, "company_email"),
    field("account.website", L("Website"), website, "url web homepage www site"),
    field("account.industry", L("Industry"), text(100), "branch sector branche"),
    field(
        "account.employees",
        L("Employees"),
        whole(0, 2_000_000_000),
        "employee_count headcount number_of_employees",
        **NUMBER,
    ),
    field(
        "account.yearly_revenue",
        L("Yearly revenue"),
        number(2),
        "revenue annual_revenue turnover yearly_sales",
        **NUMBER,
    ),
    field("account.network_value", L("Network value (0-5)"), whole(0, 5), "network", **NUMBER),
    field("account.language", L("Language"), language, "lang"),
    field("account.about", L("About"), prose, "notes remarks comment comments description"),
    field(
        "account.owner",
        L("Owner (id, e-mail or name)"),
        person,
        f"{USER_IDS} {ACCOUNT_OWNERS}",
    ),
    field(
        "account.last_contacted_on",
        L("Last contacted on"),
        day,
        "last_contact last_contacted last_call last_contact_date",
        **DATE,
    ),
    field("contact.external_id", L("Contact id"), text(60), "contact_no person_id"),
    field(
        "contact.name",
        L("Contact: whole name"),
        text(160),
        "contact_name contact contact_person ansprechpartner",
    ),
    field(
        "contact.first_name",
        L("Contact: first name"),
        text(80),
        "contact_first_name given_name forename vorname",
    ),
    field(
        "contact.last_name",
        L("Contact: last name"),
        text(80),
        "contact_last_name surname family_name nachname",
    ),
    field("contact.job_title", L("Contact: job title"), text(120), "contact_title title position"),
    field("contact.department", L("Contact: department"), text(80), "contact_department"),
    field("contact.email", L("Contact: e-mail"), email, "email mail e_mail contact_email email_address"),
    field("contact.phone", L("Contact: phone"), text(60), "contact_phone direct_phone direct_dial"),
    field(
        "contact.mobile", L("Contact: mobile"), text(60), "mobile_phone cell cell_phone contact_mobile handy"
    ),
)
PURCHASES = (
    field("purchase.external_id", L("Purchase id"), text(60), f"{ORDER_IDS} id", **REQUIRED),
    field("purchase.account", L("Account id"), text(60), f"{CUSTOMER_IDS} customer account", **REQUIRED),
    field(
        "purchase.purchased_on",
        L("Date"),
        day,
        "order_date purchase_date invoice_date sale_date date ordered_on bestelldatum",
        **DATE,
        **REQUIRED,
    ),
    field("purchase.sold_by", L("Seller (user id or e-mail)"), person, USER_IDS),
    field(
        "purchase.buyer",
        L("Buyer (e-mail, id or name of a contact)"),
        buyer,
        "buyer_email buyer_name buyer_id ordered_by purchaser contact_email contact_id "
        "besteller kaeufer einkaeufer",
    ),
    field(
        "purchase.amount",
        L("Amount"),
        number(4),
        "total total_amount order_total net_amount value sum betrag",
        help=L("Not needed where lines follow: their sum is the amount."),
        **NUMBER,
    ),
    field("purchase.currency", L("Currency"), currency, "currency_code waehrung"),
    field(
        "purchase.credit_note",
        L("Is a credit note (yes or no)"),
        yes_no,
        "credit is_credit credit_memo gutschrift",
        **BOOL,
    ),
    field("purchase.about", L("About"), text(200), "description subject reference notes"),
)
LINES = (
    field("line.purchase", L("Purchase id"), text(60), ORDER_IDS, **REQUIRED),
    field(
        "line.line_key",
        L("Line id (unique in its purchase)"),
        text(80),
        "product_id productid line_no line_number line_id position item_id sku article_no",
        **REQUIRED,
    ),
    field("line.product", L("Product"), text(200), "product_name item article description artikel"),
    field("line.unit_price", L("Unit price"), number(4), "price unitprice einzelpreis", **NUMBER, **REQUIRED),
    field("line.quantity", L("Quantity"), number(4, 14), "qty units menge count", **NUMBER, **REQUIRED),
    field("line.discount", L("Discount (0.15 or 15%)"), share, "discount_rate rabatt rebate", **NUMBER),
    field(
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
    "contacts": CONTACTS,
    "interactions": INTERACTIONS,
    "concerns": CONCERNS,
    "commitments": COMMITMENTS,
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
        for wanted in OF_KIND[kind]:
            spellings = {normal(wanted.key)} if exact else wanted.spellings
            match = next((name for word, name in columns.items() if word in spellings and name), None)
            if match and wanted.key not in found and match not in found.values():
                found[wanted.key] = match
    return found


NEEDED = {
    "purchase_lines": (),
    "interactions": ("interaction.kind", "interaction.summary"),
    "purchases": (),
    "accounts": (),
    "commitments": ("commitment.by_us",),
    "concerns": ("concern.severity",),
    "users": ("user.external_id", "user.last_name"),
    "contacts": ("contact.email",),
}
"""Beside the required fields: what tells a kind of file, the most specific first."""


def best_kind(header: Iterable[str]) -> str | None:
    """The kind of file whose required fields the header names, the most specific first."""
    names = list(header)
    for kind, needed in NEEDED.items():
        fits = guess(kind, names)
        required = [wanted.key for wanted in OF_KIND[kind] if wanted.required]
        if all(key in fits for key in (*required, *needed)):
            return kind
    return None

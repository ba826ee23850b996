"""EspoCRM: exports as CSV (names of attributes) or XLSX (labels)."""

from __future__ import annotations

from imports.ready.known import Ready

WHO = {
    "interaction.external_id": "id",
    "interaction.account": "accountId|accountName|Account|parentName|Parent",
    "interaction.contact": "contactId|contactName",
    "interaction.user": "assignedUserName|assignedUserId|Assigned User",
    "interaction.happened_on": "dateStart|Date Start",
    "interaction.outcome": "status",
    "interaction.subject": "name",
    "interaction.summary": "description",
}
FILES = (
    Ready(
        "EspoCRM",
        "accounts",
        "accounts",
        ("id", "name", "billingAddressStreet|billingAddressCity|sicCode"),
        {
            "account.external_id": "id",
            "account.name": "name",
            "account.street": "billingAddressStreet",
            "account.city": "billingAddressCity",
            "account.region": "billingAddressState",
            "account.postal_code": "billingAddressPostalCode",
            "account.country": "billingAddressCountry",
            "account.phone": "phoneNumber|Phone",
            "account.email": "emailAddress|Email",
            "account.website": "website",
            "account.industry": "industry",
            "account.owner": "assignedUserName|Assigned User",
            "account.about": "description",
        },
    ),
    Ready(
        "EspoCRM",
        "contacts",
        "contacts",
        ("id", "firstName", "lastName", "accountId|accountName|Account", "emailAddress|Email",
         "salutationName|accountRole|doNotCall|addressStreet|addressCity"),
        {
            "contact.external_id": "id",
            "contact.account": "accountId|accountName|Account",
            "contact.first_name": "firstName",
            "contact.last_name": "lastName",
            "contact.email": "emailAddress|Email",
            "contact.phone": "phoneNumber|Phone",
            "contact.job_title": "accountRole|title",
            "contact.about": "description",
        },
    ),
    Ready(
        "EspoCRM",
        "calls",
        "interactions",
        ("name", "status", "dateStart", "direction"),
        WHO | {"interaction.direction": "direction"},
        "call",
    ),
    Ready(
        "EspoCRM",
        "meetings",
        "interactions",
        ("name", "status", "dateStart", "dateEnd"),
        WHO,
        "meeting",
    ),
    Ready(
        "EspoCRM",
        "cases",
        "concerns",
        ("number", "name", "status", "priority", "accountId|accountName|Account"),
        {
            "concern.external_id": "id|number",
            "concern.account": "accountId|accountName|Account",
            "concern.contact": "contactId|contactName",
            "concern.owner": "assignedUserName|assignedUserId",
            "concern.what": "name",
            "concern.details": "description",
            "concern.severity": "priority",
            "concern.state": "status",
            "concern.opened_on": "createdAt|Created At",
        },
    ),
)  # fmt: skip

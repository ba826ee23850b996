"""Odoo: exports of partners and of what was said about them, by technical name or by label."""

from __future__ import annotations

from imports.ready.known import Ready

PARENT = "parent_id/id|Related Company/External ID|parent_id|Related Company|parent_name"
FILES = (
    Ready(
        "Odoo",
        "companies",
        "accounts",
        ("id|External ID", "name|Display Name|Complete Name",
         "is_company|Is a Company|company_type|Company Type|vat|Tax ID"),
        {
            "account.external_id": "External ID|id",
            "account.name": "name|Display Name|Complete Name",
            "account.street": "street",
            "account.city": "city",
            "account.region": "state_id|State",
            "account.postal_code": "zip",
            "account.country": "country_id|Country",
            "account.phone": "phone",
            "account.email": "email",
            "account.website": "website|Website Link",
            "account.industry": "industry_id|Industry",
            "account.language": "lang",
            "account.owner": "user_id|Salesperson",
            "account.about": "comment|Notes",
        },
    ),
    Ready(
        "Odoo",
        "contacts",
        "contacts",
        ("id|External ID", "name|Display Name|Complete Name", PARENT, "email|phone|function|Job Position"),
        {
            "contact.external_id": "External ID|id",
            "contact.account": PARENT,
            "contact.name": "name|Display Name|Complete Name",
            "contact.email": "email",
            "contact.phone": "phone",
            "contact.mobile": "mobile",
            "contact.job_title": "function|Job Position",
            "contact.about": "comment|Notes",
        },
    ),
    Ready(
        "Odoo",
        "messages",
        "interactions",
        ("date|Date", "body|Contents", "record_name|Message Record Name", "author_id|Author"),
        {
            "interaction.external_id": "External ID|id",
            "interaction.account": "record_name|Message Record Name",
            "interaction.user": "author_id|Author",
            "interaction.happened_on": "date",
            "interaction.kind": "mail_activity_type_id|Mail Activity Type",
            "interaction.subject": "subject",
            "interaction.summary": "body|Contents",
        },
    ),
    Ready(
        "Odoo",
        "activities",
        "commitments",
        ("date_deadline|Due Date", "activity_type_id|Activity Type", "res_name|Document Name", "summary"),
        {
            "commitment.external_id": "External ID|id",
            "commitment.account": "res_name|Document Name",
            "commitment.user": "user_id|Assigned to",
            "commitment.what": "summary",
            "commitment.due_on": "date_deadline|Due Date",
            "commitment.channel": "activity_type_id|Activity Type",
        },
    ),
)  # fmt: skip

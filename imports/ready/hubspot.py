"""HubSpot: exports of lists, with the labels of its pages."""

from __future__ import annotations

from imports.ready.known import Ready

COMPANY = (
    "Primary Associated Company ID|Associated Company IDs (Primary)|Associated Company IDs|"
    "Associated Company ID|Associated Company (Primary)|Associated Company|Company name"
)
CONTACT = "Associated Contact IDs|Associated Contact ID|Associated Contact"
ACTIVITY = {
    "interaction.external_id": "Record ID|Engagement ID|Activity ID",
    "interaction.account": COMPANY,
    "interaction.contact": CONTACT,
    "interaction.user": "Activity assigned to|Activity created by|Assigned to",
}
FILES = (
    Ready(
        "HubSpot",
        "companies",
        "accounts",
        ("Record ID|Company ID", "Company name", "Company owner|Company Domain Name|Lifecycle Stage"),
        {
            "account.external_id": "Record ID|Company ID",
            "account.name": "Company name",
            "account.street": "Street Address",
            "account.city": "City",
            "account.region": "State/Region",
            "account.postal_code": "Postal Code",
            "account.country": "Country/Region|Country",
            "account.phone": "Phone Number",
            "account.website": "Website URL|Company Domain Name",
            "account.industry": "Industry",
            "account.employees": "Number of Employees",
            "account.yearly_revenue": "Annual Revenue",
            "account.about": "Description|About Us",
            "account.owner": "Company owner",
            "account.last_contacted_on": "Last Contacted",
        },
    ),
    Ready(
        "HubSpot",
        "contacts",
        "contacts",
        ("Record ID|Record ID - Contact|Contact ID", "First Name", "Last Name", "Email", COMPANY),
        {
            "contact.external_id": "Record ID - Contact|Record ID|Contact ID",
            "contact.account": COMPANY,
            "contact.first_name": "First Name",
            "contact.last_name": "Last Name",
            "contact.email": "Email",
            "contact.phone": "Phone Number",
            "contact.mobile": "Mobile Phone Number",
            "contact.job_title": "Job Title",
        },
    ),
    Ready(
        "HubSpot",
        "calls",
        "interactions",
        ("Call Title|Call notes|Call Body", "Activity date|Call date", "Call outcome|Call direction"),
        ACTIVITY
        | {
            "interaction.happened_on": "Activity date|Call date",
            "interaction.outcome": "Call outcome",
            "interaction.direction": "Call direction",
            "interaction.subject": "Call Title",
            "interaction.summary": "Call notes|Call Body",
        },
        "call",
    ),
    Ready(
        "HubSpot",
        "meetings",
        "interactions",
        ("Meeting name|Meeting title", "Meeting start time|Activity date"),
        ACTIVITY
        | {
            "interaction.happened_on": "Meeting start time|Activity date",
            "interaction.outcome": "Meeting outcome",
            "interaction.subject": "Meeting name|Meeting title",
            "interaction.summary": "Internal meeting notes|Meeting notes|Meeting description",
        },
        "meeting",
    ),
    Ready(
        "HubSpot",
        "e-mails",
        "interactions",
        ("Email subject", "Email direction", "Activity date|Email send date"),
        ACTIVITY
        | {
            "interaction.happened_on": "Activity date|Email send date",
            "interaction.direction": "Email direction",
            "interaction.subject": "Email subject",
            "interaction.summary": "Email body",
        },
        "email",
    ),
    Ready(
        "HubSpot",
        "notes",
        "interactions",
        ("Note body", "Activity date"),
        ACTIVITY | {"interaction.happened_on": "Activity date", "interaction.summary": "Note body"},
        "note",
    ),
    Ready(
        "HubSpot",
        "tickets",
        "concerns",
        ("Ticket name", "Ticket status", "Create date"),
        {
            "concern.external_id": "Ticket ID|Record ID",
            "concern.account": COMPANY,
            "concern.contact": CONTACT,
            "concern.owner": "Ticket owner",
            "concern.what": "Ticket name",
            "concern.details": "Ticket description",
            "concern.severity": "Priority",
            "concern.state": "Ticket status",
            "concern.opened_on": "Create date",
            "concern.resolved_on": "Close date",
        },
    ),
)

"""The URL table: one line per app, so that an address can be found by reading."""

from importlib.util import find_spec

from django.conf import settings
from django.urls import URLPattern, URLResolver, include, path

from accounts.urls import urlpatterns as account_forms
from cadences.account_pages.urls import urlpatterns as account_pages
from cadences.lists.urls import urlpatterns as account_lists


def _app(prefix: str, module: str) -> list[URLResolver]:
    return [path(prefix, include(module))] if find_spec(module) else []


urlpatterns: list[URLPattern | URLResolver] = [
    *_app("", "cadences.home_urls"),  # the name `home`, where everybody starts
    *_app("", "cadences.urls"),  # My day at /, the engine at /engine/
    *_app("", "core.urls"),
    path("plan/", include("cadences.ladder.urls")),
    path("plan/", include("cadences.simulation.urls")),
    path("auth/", include("users.auth_urls")),
    *_app("users/", "users.urls"),
    # the account's forms and, from the right, its list and page: one namespace
    path("accounts/", include(([*account_forms, *account_lists, *account_pages], "accounts"))),
    *_app("tiers/", "cadences.tier_pages.urls"),
    *_app("calendars/", "cadences.calendar_pages.urls"),
    path("book/", include("cadences.book.urls")),
    path("ledger/", include("cadences.ledger_pages.urls")),
    path("feedback/contact/", include("surveys.contact_me.urls")),
    path("surveys/results/", include("surveys.results.urls")),
    path("reassign/", include("cadences.reassigning.urls")),
    path("campaigns/", include("cadences.campaigns.urls")),
    path("calendar/", include("cadences.meetings.urls")),
    path("mailings/", include("cadences.mailings.urls")),
    path("gifts/", include("cadences.gifts.urls")),
    path("planned/", include("cadences.planned.urls")),
    *_app("exceptions/", "cadences.exception_pages.urls"),
    *_app("contacts/", "contacts.urls"),
    path("people/", include("cadences.people_pages.urls")),  # who has left, who is back
    *_app("sales/", "sales.urls"),
    path("templates/", include("correspondence.texts.urls")),
    *_app("", "correspondence.urls"),  # the outbox, and the page that unsubscribes
    *_app("surveys/", "surveys.urls"),  # for managers alone
    *_app("imports/", "imports.urls"),
    path("duplicates/", include("imports.duplicates.urls")),
    path("leaving/", include("imports.leaving.urls")),
    path("changes/", include("imports.changes.urls")),
    path("data/", include("imports.taking_out.urls")),
    path("erase/", include("imports.erasing.urls")),
    *_app("bin/", "imports.bin.urls"),
]
handler404 = "imports.bin.missing.not_found"  # what was deleted says where it is

if settings.MAIL_SINK_DIR:
    from config import mailbox

    urlpatterns += [
        path("dev/mail/", mailbox.listing, name="mail_sink"),
        path("dev/mail/<str:name>/", mailbox.message, name="mail_sink_message"),
    ]

if settings.MAIL_PROVIDER and settings.MAIL_WEBHOOK_SECRET:
    from correspondence import webhooks

    urlpatterns += webhooks.urlpatterns()

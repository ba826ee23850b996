"""Where the configured provider reports bounces and complaints. Without a secret there is no such address."""

from __future__ import annotations

from django.conf import settings
from django.urls import URLPattern, path


def urlpatterns() -> list[URLPattern]:
    """The one address of the provider in use: anymail checks secret and signature there."""
    from anymail import urls  # noqa: PLC0415 - loads every provider, and only with one configured

    name = f"{settings.MAIL_PROVIDER}_tracking_webhook"
    return [
        path(f"mail/reports/{settings.MAIL_PROVIDER}/", pattern.callback, name="mail_reports")
        for pattern in urls.urlpatterns
        if pattern.name == name
    ]

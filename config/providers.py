"""Mail providers by name: which backend speaks to them and where their key belongs.

``MAIL_PROVIDER_OPTIONS`` adds what a provider needs besides (``NAME=value,NAME=value``), named as in
django-anymail's documentation.
"""

from typing import Any

from django.core.exceptions import ImproperlyConfigured

KEYS = {
    "brevo": "BREVO_API_KEY",
    "mailersend": "MAILERSEND_API_TOKEN",
    "mailgun": "MAILGUN_API_KEY",
    "mailjet": "MAILJET_API_KEY",  # and MAILJET_SECRET_KEY among the options
    "mailtrap": "MAILTRAP_API_TOKEN",
    "postal": "POSTAL_API_KEY",  # and POSTAL_API_URL
    "postmark": "POSTMARK_SERVER_TOKEN",
    "resend": "RESEND_API_KEY",
    "scaleway": "SCALEWAY_SECRET_KEY",  # and SCALEWAY_PROJECT_ID; it has no reports
    "sparkpost": "SPARKPOST_API_KEY",
}


def backend(provider: str) -> str:
    """The path of the provider's mail backend. Raises ImproperlyConfigured for a name we do not know."""
    if provider not in KEYS:
        raise ImproperlyConfigured(f"Set MAIL_PROVIDER to one of {', '.join(KEYS)}; it is “{provider}”.")
    return f"anymail.backends.{provider}.EmailBackend"


def settings(provider: str, *, key: str, options: dict[str, str], webhook_secret: str) -> dict[str, Any]:
    """The ANYMAIL setting."""
    return {
        KEYS[provider]: key,
        # Some providers cannot switch off tracking per mail, or have no envelope sender: send all the same.
        "IGNORE_UNSUPPORTED_FEATURES": True,
        "REQUESTS_TIMEOUT": 20,
        **({"WEBHOOK_SECRET": webhook_secret} if webhook_secret else {}),
        **options,
    }

"""Words and links of My day."""

from __future__ import annotations

from django import template
from django.utils.safestring import SafeString

from accounts.models import Account
from core.phones import tel_uri
from users.models import User

register = template.Library()


@register.filter
def hours(minutes: int) -> dict[str, str]:
    """130 -> {"hours": 2, "minutes": "10"}: planned time as people say it."""
    whole, rest = divmod(int(minutes), 60)
    return {"hours": str(whole) if whole else "", "minutes": f"{rest:02d}" if whole else str(rest)}


@register.simple_tag
def is_bare(user: User) -> bool:
    """Whether there is no account yet, as in a new installation; one query."""
    return not Account.objects.visible_to(user).exists()


@register.simple_tag
def tel_href(phone: str, e164: str = "") -> str | SafeString:
    """What a Call button dials."""
    return tel_uri(phone, e164)


@register.filter
def chosen(value: object, choice: object) -> bool:
    """Whether a radio choice is the form's value; both as people's forms send them."""
    return str(value) == str(choice)

"""Surveys of the demo company: switched on where there is a ballot box, so that the first night asks."""

from __future__ import annotations

from imports.demo.people import COMPANY, DOMAIN
from surveys import ballots
from surveys.models import Programme
from surveys.services import programmes
from users.models import User


def switch_on(manager: User) -> int:
    """Both programmes with a neutral sender; off where nothing could be sent. Returns how many are on."""
    programmes.seed()
    for programme in Programme.objects.order_by("id"):
        programmes.change(
            manager,
            programme,
            rule=programme.who,
            sender_name=f"{COMPANY} feedback",
            sender_address=f"feedback@{DOMAIN}",
            reply_to=f"quality@{DOMAIN}",
        )
        if ballots.is_set_up():
            programmes.switch(manager, programme, on=True)
    return Programme.objects.filter(is_on=True).count()

"""What the ballot box knows of a wave: written when its key is there, and again when it is settled."""

from __future__ import annotations

from pathlib import Path

from django.conf import settings
from django.urls import reverse

from ballotbox import bundle
from ballotbox.policy import DEFAULT
from ballotbox.sealing import fingerprint
from surveys.ballots import Standing
from surveys.models import Wave
from users.models import Company


def write(wave: Wave, standing: Standing, ticket_key: bytes | None) -> None:
    """The wave's file for the box. Without ``ticket_key`` it takes no more ballots."""
    company = Company.get()
    public = {"state": standing.state, "held_for": standing.held_for} | contact_page()
    facts = {
        "released_on": standing.released_on, "key_destroyed_on": standing.key_destroyed_on,
        "next_release_on": standing.next_release,
    }  # fmt: skip
    public |= {name: day.isoformat() for name, day in facts.items() if day is not None}
    bundle.write(
        folder(),
        bundle.Bundle(
            wave=wave.pk, programme=wave.programme.name, label=wave.label, company=company.name,
            time_zone=company.time_zone, opens=wave.opens_on, closes=wave.closes_on,
            questionnaire=wave.questions.asked, policy=DEFAULT, ticket_key=ticket_key,
            public_key=standing.public_key if ticket_key else None,
            fingerprint=fingerprint(standing.public_key) if standing.public_key else "",
            contact_address=wave.programme.reply_to, public=public,
        ),
    )  # fmt: skip


def contact_page() -> dict[str, str]:
    """Where customers ask to be contacted, apart from their answers."""
    return {"contact_url": str(settings.SITE_URL).rstrip("/") + reverse("contact_me:form")}


def opens_with(wave: Wave, ticket_key: bytes) -> bool:
    """Whether the box has a file of this wave that opens the tickets we make."""
    try:
        return bundle.read(folder(), wave.pk).ticket_key == ticket_key
    except bundle.BundleMissingError:
        return False


def folder() -> Path:
    return Path(settings.BOX_WAVES)

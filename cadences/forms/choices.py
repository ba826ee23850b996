"""What can come of a contact of each kind, in the order of the digit keys."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from contacts.models import Interaction

OUTCOME = Interaction.Outcome
NAMES = {
    OUTCOME.TALKED: _("Talked"),
    OUTCOME.NO_ANSWER: _("No answer"),
    OUTCOME.WRONG_NUMBER: _("Wrong number"),
    OUTCOME.CALL_BACK: _("Call back"),
    OUTCOME.VOICEMAIL: _("Voicemail"),
    OUTCOME.HELD: _("Took place"),
    OUTCOME.SENT: _("Sent"),
    OUTCOME.NOTED: _("Done"),
}
SPOKEN = [OUTCOME.TALKED, OUTCOME.NO_ANSWER, OUTCOME.WRONG_NUMBER, OUTCOME.CALL_BACK, OUTCOME.VOICEMAIL]
WRITTEN = [OUTCOME.SENT, OUTCOME.TALKED]
IN_PERSON = [OUTCOME.HELD, OUTCOME.NO_ANSWER, OUTCOME.CALL_BACK]
BY_KIND = {
    "email": WRITTEN,
    "letter": [OUTCOME.SENT],
    "text": WRITTEN,
    "social": WRITTEN,
    "gift": [OUTCOME.SENT, OUTCOME.HELD],
    "meeting": IN_PERSON,
    "visit": IN_PERSON,
    "lunch": IN_PERSON,
    "todo": [OUTCOME.NOTED],
    "note": [OUTCOME.NOTED],
}
FOR_MEETINGS = {OUTCOME.NO_ANSWER: _("Nobody came"), OUTCOME.CALL_BACK: _("Another day")}
FOR_WRITTEN = {OUTCOME.TALKED: _("They answered")}

MOODS = [
    (1, _("angry")),
    (2, _("unhappy")),
    (3, _("so-so")),
    (4, _("content")),
    (5, _("delighted")),
]


def outcomes(kind: str) -> list[tuple[str, str]]:
    """Value and name of each outcome that fits this kind of contact."""
    values = BY_KIND.get(kind, SPOKEN)
    own = FOR_MEETINGS if values is IN_PERSON else FOR_WRITTEN if values is WRITTEN else {}
    return [(value.value, str(own.get(value, NAMES[value]))) for value in values]

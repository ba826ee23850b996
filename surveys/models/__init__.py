"""The tables of surveys. None of them says who answered, or when anything was opened."""

from surveys.models.contact_request import ContactRequest
from surveys.models.invitation import Asked, Invitation
from surveys.models.programme import MailText, Programme, Questions
from surveys.models.waiting import Exclusion, HeldBack
from surveys.models.wave import Wave

__all__ = [
    "Asked",
    "ContactRequest",
    "Exclusion",
    "HeldBack",
    "Invitation",
    "MailText",
    "Programme",
    "Questions",
    "Wave",
]

from contacts.models.ask import Ask
from contacts.models.commitment import Commitment
from contacts.models.concern import Concern, ConcernNote
from contacts.models.contact import Contact
from contacts.models.expectation import Expectation
from contacts.models.interaction import Channel, Interaction

__all__ = [
    "Ask",
    "Channel",
    "Commitment",
    "Concern",
    "ConcernNote",
    "Contact",
    "Expectation",
    "Interaction",
]

from contacts.models.ask import Ask
from contacts.models.commitment import Commitment
from contacts.models.concern import Concern, ConcernNote
from contacts.models.contact import Contact
from contacts.models.expectation import Expectation
from contacts.models.influence import Influence
from contacts.models.interaction import Channel, Interaction
from contacts.models.part import Attitude, DecisionRole, Placed, Weight

__all__ = [
    "Ask",
    "Attitude",
    "Channel",
    "Commitment",
    "Concern",
    "ConcernNote",
    "Contact",
    "DecisionRole",
    "Expectation",
    "Influence",
    "Interaction",
    "Placed",
    "Weight",
]

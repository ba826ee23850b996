from contacts.models.ask import Ask
from contacts.models.commitment import Commitment
from contacts.models.concern import Concern
from contacts.models.contact import Contact
from contacts.models.interaction import Channel, Interaction

__all__ = ["Ask", "Channel", "Commitment", "Concern", "Contact", "Interaction"]

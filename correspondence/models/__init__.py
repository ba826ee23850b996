"""Tables of the outbox. Machine-made rows: they keep no history of changes."""

from correspondence.models.message import Message, State, Topic
from correspondence.models.running import DeliveryReport, Halt, Outage, Throttle
from correspondence.models.suppression import Suppression

__all__ = [
    "DeliveryReport",
    "Halt",
    "Message",
    "Outage",
    "State",
    "Suppression",
    "Throttle",
    "Topic",
]

"""Tables of the outbox, machine-made rows that keep no history of changes; and of what people write:
templates, pieces, identities.
"""

from correspondence.models.identity import Identity
from correspondence.models.letters import Letterhead, PrintBatch, PrintLine
from correspondence.models.mailing import Exclusion, Mailing, Outcome, Recipient, Whom
from correspondence.models.message import Message, State, Topic
from correspondence.models.piece import Piece
from correspondence.models.piece_file import PieceFile
from correspondence.models.running import DeliveryReport, Halt, Outage, Throttle
from correspondence.models.suppression import Suppression
from correspondence.models.template import Medium, Template, TemplateText, Use

__all__ = [
    "DeliveryReport",
    "Exclusion",
    "Halt",
    "Identity",
    "Letterhead",
    "Mailing",
    "Medium",
    "Message",
    "Outage",
    "Outcome",
    "Piece",
    "PieceFile",
    "PrintBatch",
    "PrintLine",
    "Recipient",
    "State",
    "Suppression",
    "Template",
    "TemplateText",
    "Throttle",
    "Topic",
    "Use",
    "Whom",
]

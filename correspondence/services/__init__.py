"""The verbs of the outbox."""

from correspondence.services.enqueueing import Draft, Identity, enqueue, enqueue_many
from correspondence.services.managing import bring_back, forget_old, mark_sent, resend, resume
from correspondence.services.sending import send_due

__all__ = [
    "Draft",
    "Identity",
    "bring_back",
    "enqueue",
    "enqueue_many",
    "forget_old",
    "mark_sent",
    "resend",
    "resume",
    "send_due",
]

from cadences.models.appointment import Appointment, CalendarFeed, Guest
from cadences.models.campaign import Campaign
from cadences.models.departure import NotedDeparture
from cadences.models.digest import Digest
from cadences.models.gift import Gift, GiftBudget
from cadences.models.lists import BulkChange, BulkRow, DefaultView, Figures, SavedView
from cadences.models.plan import SLOT_AGREED, SLOT_TODO, Override, Plan, PlanItem, Purpose, Slot
from cadences.models.schedule import Schedule
from cadences.models.simulation import Simulation
from cadences.models.touchpoint import Touchpoint

__all__ = [
    "SLOT_AGREED",
    "SLOT_TODO",
    "Appointment",
    "BulkChange",
    "BulkRow",
    "CalendarFeed",
    "Campaign",
    "DefaultView",
    "Digest",
    "Figures",
    "Gift",
    "GiftBudget",
    "Guest",
    "NotedDeparture",
    "Override",
    "Plan",
    "PlanItem",
    "Purpose",
    "SavedView",
    "Schedule",
    "Simulation",
    "Slot",
    "Touchpoint",
]

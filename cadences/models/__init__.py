from cadences.models.plan import Override, Plan, PlanItem, Purpose, Slot
from cadences.models.schedule import Schedule
from cadences.models.touchpoint import Touchpoint

__all__ = ["Override", "Plan", "PlanItem", "Purpose", "Schedule", "Slot", "Touchpoint"]

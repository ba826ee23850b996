"""The verbs on the plan: seed and start it, edit it as a draft, compare, activate, roll back."""

from cadences.plans.cells import StaleError, clear_cell, set_cell, set_track, switch_off_cell, token_of
from cadences.plans.comparing import Difference, compare, effective_items, oddities
from cadences.plans.drafts import discard, draft_of, name_draft
from cadences.plans.sheets import SheetText, write_sheet
from cadences.plans.slots import add_slot, delete_slot, edit_slot, move_slot, users_of_slot
from cadences.plans.starting import seed, start_plan, switch_off, switch_on
from cadences.plans.versions import (
    accounts_concerned,
    activate,
    check_first_day,
    is_at_once,
    roll_back,
    start_scheduled,
    unschedule,
    version_before,
)

__all__ = [
    "Difference",
    "SheetText",
    "StaleError",
    "accounts_concerned",
    "activate",
    "add_slot",
    "check_first_day",
    "clear_cell",
    "compare",
    "delete_slot",
    "discard",
    "draft_of",
    "edit_slot",
    "effective_items",
    "is_at_once",
    "move_slot",
    "name_draft",
    "oddities",
    "roll_back",
    "seed",
    "set_cell",
    "set_track",
    "start_plan",
    "start_scheduled",
    "switch_off",
    "switch_off_cell",
    "switch_on",
    "token_of",
    "unschedule",
    "users_of_slot",
    "version_before",
    "write_sheet",
]

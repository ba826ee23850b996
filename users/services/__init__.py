"""What can be done with users, teams and absences. Pages, import and commands call the same verbs."""

from users.services.absences import (
    add_absence,
    edit_absence,
    is_running,
    may_plan_absences_of,
    remove_absence,
)
from users.services.calendars import (
    add_closure,
    delete_calendar,
    make_company_calendar,
    remove_closure,
    save_calendar,
    set_calendars,
    set_capacities,
    set_company_capacity,
)
from users.services.company import set_company
from users.services.invitations import (
    accept_invitation,
    create_admin,
    find_invited,
    invitation_link,
    invite,
)
from users.services.passwords import set_password
from users.services.people import (
    create_user,
    deactivate,
    edit_profile,
    edit_user,
    reactivate,
    when_deactivated,
)
from users.services.teams import create_team, delete_team, edit_team

__all__ = [
    "accept_invitation",
    "add_absence",
    "add_closure",
    "create_admin",
    "create_team",
    "create_user",
    "deactivate",
    "delete_calendar",
    "delete_team",
    "edit_absence",
    "edit_profile",
    "edit_team",
    "edit_user",
    "find_invited",
    "invitation_link",
    "invite",
    "is_running",
    "make_company_calendar",
    "may_plan_absences_of",
    "reactivate",
    "remove_absence",
    "remove_closure",
    "save_calendar",
    "set_calendars",
    "set_capacities",
    "set_company",
    "set_company_capacity",
    "set_password",
    "when_deactivated",
]

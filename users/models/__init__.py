from users.models.calendars import Absence, Calendar, Closure, PublicHoliday
from users.models.company import Company
from users.models.people import Team, User
from users.models.sessions import Session

__all__ = ["Absence", "Calendar", "Closure", "Company", "PublicHoliday", "Session", "Team", "User"]

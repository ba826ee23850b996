from users.models.calendars import Absence, Calendar, Closure, PublicHoliday
from users.models.company import Company
from users.models.people import Team, User

__all__ = ["Absence", "Calendar", "Closure", "Company", "PublicHoliday", "Team", "User"]

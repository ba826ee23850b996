"""Pages about users: parse, call one verb or queryset, render."""

from users.views import absences, invitation, people, profile, teams

__all__ = ["absences", "invitation", "people", "profile", "teams"]

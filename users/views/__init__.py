"""Pages about users: parse, call one verb or queryset, render."""

from users.views import invitation, people, profile, teams

__all__ = ["invitation", "people", "profile", "teams"]

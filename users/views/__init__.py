"""Pages about users: parse, call one verb or queryset, render."""

from users.views import company, invitation, people, profile, teams

__all__ = ["company", "invitation", "people", "profile", "teams"]

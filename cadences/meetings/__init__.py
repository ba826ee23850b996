"""Meetings with customers, the calendar that shows them, invitations, and the feed for other calendars."""

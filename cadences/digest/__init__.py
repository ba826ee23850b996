"""Mails about the day and the team: late, today, promises, concerns, silence. Never an empty one."""

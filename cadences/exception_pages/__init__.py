"""Exceptions: where one account is served otherwise than the plan says, with a reason and perhaps an end."""

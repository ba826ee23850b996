"""Mailings on pages: the audience is the account list's, right of which these pages therefore stand."""

"""Surveys: mails through the outbox beside a bare loop, and a crowd at the ballot box."""

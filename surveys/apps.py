"""Surveys: who is asked, when and in which words. What they answer never comes here."""

from django.apps import AppConfig


class SurveysConfig(AppConfig):
    name = "surveys"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """The outbox asks here for the texts of survey mails."""
        from surveys import mailing  # noqa: PLC0415 - models are ready now

        mailing.register()

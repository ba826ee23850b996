"""Correspondence: the outbox, whom not to write to, and what providers report back."""

from django.apps import AppConfig


class CorrespondenceConfig(AppConfig):
    name = "correspondence"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Mail handed in through Django's mail API is a kind; providers' reports are listened to."""
        from correspondence import kinds, reports, stored  # noqa: PLC0415 - models are ready now

        kinds.register(stored.KIND, render=stored.render, once=False, label=stored.LABEL)
        reports.listen()

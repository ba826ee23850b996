from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class AccountsConfig(AppConfig):
    name = "accounts"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """The Engine page says when removed files stay on the disk."""
        from accounts import stored_files  # noqa: PLC0415 - models are ready only now
        from core import jobs  # noqa: PLC0415

        jobs.tell(stored_files.JOB, _("Removed files could not be deleted from the disk:"))

from django.apps import AppConfig
from django.db.models.signals import post_migrate


class CoreConfig(AppConfig):
    name = "core"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Whenever migrations have run, the history's functions are ours."""
        from core import history_functions  # noqa: PLC0415 - apps are ready only now

        post_migrate.connect(history_functions.install, sender=self, dispatch_uid="history functions")

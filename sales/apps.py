from django.apps import AppConfig


class SalesConfig(AppConfig):
    name = "sales"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """What people and purchases tell of the five W's."""
        from accounts import five_ws as verbs  # noqa: PLC0415 - models are ready only now
        from sales import five_ws  # noqa: PLC0415

        verbs.register(told=five_ws.told, still_open=five_ws.five_ws_open)

from django.apps import AppConfig


class AccountsConfig(AppConfig):
    name = "accounts"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from accounts.holdings import owned_accounts  # noqa: PLC0415 - models are ready only now
        from users import holdings  # noqa: PLC0415

        holdings.register(owned_accounts)

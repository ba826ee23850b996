from django.apps import AppConfig


class ImportsConfig(AppConfig):
    name = "imports"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """What lies in the recycle bin keeps its files; who is erased is erased everywhere."""
        from accounts import stored_files  # noqa: PLC0415 - models are ready only now
        from imports.bin.emptying import files_in_bin  # noqa: PLC0415
        from imports.erasing import elsewhere  # noqa: PLC0415

        stored_files.register_keeper(files_in_bin)
        elsewhere.register()

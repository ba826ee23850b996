from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

from core import doors


class ImportsConfig(AppConfig):
    name = "imports"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """What lies in the recycle bin keeps its files; who is erased is erased everywhere."""
        from accounts import stored_files  # noqa: PLC0415 - models are ready only now
        from imports.bin.emptying import files_in_bin  # noqa: PLC0415
        from imports.erasing import elsewhere  # noqa: PLC0415
        from imports.leaving import sorts  # noqa: PLC0415

        stored_files.register_keeper(files_in_bin)
        elsewhere.register()
        sorts.register()
        _tell_doors()
        _tell_troubles()


def _tell_doors() -> None:
    """How the history says by which of our verbs something was changed."""
    doors.register("import", _("by an import"), reason="import")
    doors.register("import undo", _("by an import, taken back"))
    doors.register("leaving", _("when somebody left"))
    doors.register("merge", _("by merging"))
    doors.register("merge undo", _("by merging, taken back"))
    doors.register("bin", _("put into the recycle bin"))
    doors.register("bin restore", _("restored from the recycle bin"))
    doors.register("erasing", _("by erasing"))


def _tell_troubles() -> None:
    """What the Engine page says when a job of ours has failed."""
    from core import jobs  # noqa: PLC0415 - models are ready only now
    from imports.bin import emptying  # noqa: PLC0415
    from imports.duplicates import finding  # noqa: PLC0415
    from imports.erasing import retention  # noqa: PLC0415

    jobs.tell(retention.JOB, _("Words that are kept too long could not be forgotten:"))
    jobs.tell(emptying.JOB, _("The recycle bin could not be emptied:"))
    jobs.tell(finding.JOB, _("What is there twice could not be looked for:"))

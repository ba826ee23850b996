"""Correspondence: the outbox, whom not to write to, and what providers report back."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class CorrespondenceConfig(AppConfig):
    name = "correspondence"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Mail handed in through Django's mail API is a kind; providers' reports are listened to."""
        from accounts import stored_files  # noqa: PLC0415
        from correspondence import kinds, reports, stored  # noqa: PLC0415 - models are ready now
        from correspondence.identities import services as identities  # noqa: PLC0415
        from correspondence.mailings import turns  # noqa: PLC0415
        from correspondence.models.piece_file import FOLDER, PieceFile  # noqa: PLC0415
        from correspondence.pieces import mail  # noqa: PLC0415
        from users.services import when_deactivated  # noqa: PLC0415

        stored_files.register(FOLDER, PieceFile)
        kinds.register(stored.KIND, render=stored.render, once=False, label=stored.LABEL)
        kinds.register(
            mail.KIND, render=mail.render, once=True, label=_("Correspondence"),
            may_send=mail.may_send, held=turns.held, on_handed_over=mail.on_handed_over,
        )  # fmt: skip
        reports.listen()
        when_deactivated(identities.end)

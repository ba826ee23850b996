"""Cadences: what is owed to whom, and when."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class CadencesConfig(AppConfig):
    name = "cadences"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Listen for facts: settle what logs closed, reconcile, let meetings and drafts follow, count."""
        from accounts import handing_over  # noqa: PLC0415
        from accounts.services import when_former  # noqa: PLC0415
        from cadences import nightly, survey_night, worth_night  # noqa: PLC0415
        from cadences.campaigns.services import end_for_former  # noqa: PLC0415
        from cadences.digest import mails  # noqa: PLC0415
        from cadences.lists import figures  # noqa: PLC0415
        from cadences.meetings import invitations  # noqa: PLC0415
        from cadences.meetings.following import follow  # noqa: PLC0415
        from cadences.planned import following, night  # noqa: PLC0415
        from cadences.reassigning.services import take_along  # noqa: PLC0415
        from cadences.reconcile import on_facts_changed  # noqa: PLC0415
        from cadences.services.withdrawn import settle_withdrawn  # noqa: PLC0415 - models are ready now
        from cadences.services.zones import keep_moments  # noqa: PLC0415
        from cadences.writing import next_contact  # noqa: PLC0415
        from core import doors, facts, jobs  # noqa: PLC0415
        from correspondence import placeholders  # noqa: PLC0415
        from correspondence.pieces import leaving  # noqa: PLC0415
        from users import zones  # noqa: PLC0415

        facts.register(settle_withdrawn)
        facts.register(on_facts_changed)
        facts.register(follow)
        facts.register(following.on_facts_changed)  # after the reconciler: drafts follow what is owed
        facts.register(figures.on_facts_changed)
        leaving.on_left(following.on_left)
        zones.register(keep_moments)
        mails.register()
        invitations.register()
        placeholders.register(next_contact.values)
        handing_over.register(take_along)
        when_former(end_for_former)
        doors.register("bulk", _("in bulk"))
        doors.register("bulk undo", _("in bulk, taken back"))
        doors.nightly(nightly.REASON, night.REASON, survey_night.REASON)
        jobs.tell(worth_night.JOB, _("Shares and ranks of the accounts could not be counted:"))

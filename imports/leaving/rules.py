"""What becomes of each row that names a user when that user leaves. Pure: imports nothing of Django.

A test holds it against the models: a new key to a user needs its line here.
"""

from __future__ import annotations

from enum import Enum


class Fate(Enum):
    """``GIVEN``: somebody takes it over. ``ENDS``: theirs alone, it ends with them. ``STAYS``: history."""

    GIVEN = "given"
    ENDS = "ends"
    STAYS = "stays"


FATES: dict[str, Fate] = {
    # -- somebody takes it over (``imports.leaving.sorts``) ------------------------------------------
    "accounts.Account.owner": Fate.GIVEN,
    "cadences.Appointment.host": Fate.GIVEN,
    "cadences.SavedView.owner": Fate.GIVEN,  # those that colleagues use
    "cadences.Touchpoint.assignee": Fate.GIVEN,  # to-dos; what the plan owes follows the account
    "contacts.Commitment.user": Fate.GIVEN,
    "contacts.Concern.owner": Fate.GIVEN,
    "correspondence.Mailing.created_by": Fate.GIVEN,
    "correspondence.Mailing.sender": Fate.GIVEN,
    "correspondence.Piece.sender": Fate.GIVEN,  # what has not left
    "correspondence.Recipient.sender": Fate.GIVEN,  # whose turn is still to come
    "users.Absence.deputy": Fate.GIVEN,  # of absences that are not over
    "users.Team.manager": Fate.GIVEN,
    "users.User.deputy": Fate.GIVEN,
    # -- ends in the same transaction ------------------------------------------------------------------
    "cadences.Appointment.colleagues": Fate.ENDS,  # of meetings that are still to come
    "cadences.CalendarFeed.user": Fate.ENDS,
    "correspondence.Identity.user": Fate.ENDS,
    "users.Session.user": Fate.ENDS,
    # -- stays as it is: who did what, and what is read by nobody else ---------------------------------
    "account.EmailAddress.user": Fate.STAYS,  # of the sign-in pages, which ask whether they are active
    "accounts.Account.owner_before": Fate.STAYS,
    "accounts.AccountFile.added_by": Fate.STAYS,
    "accounts.AccountFile.removed_by": Fate.STAYS,
    "accounts.BookEntry.user": Fate.STAYS,  # the hand-over of its account takes it out of the book
    "accounts.BookFinish.user": Fate.STAYS,
    "accounts.FiveWAnswer.said_by": Fate.STAYS,
    "cadences.Appointment.made_by": Fate.STAYS,
    "cadences.BulkChange.user": Fate.STAYS,
    "cadences.Campaign.ended_by": Fate.STAYS,
    "cadences.Campaign.started_by": Fate.STAYS,  # its calls follow the account
    "cadences.DefaultView.user": Fate.STAYS,
    "cadences.Digest.user": Fate.STAYS,
    "cadences.NotedDeparture.noted_by": Fate.STAYS,
    "cadences.Plan.activated_by": Fate.STAYS,
    "cadences.Plan.made_by": Fate.STAYS,  # every admin edits a draft of the plan
    "cadences.Simulation.asked_by": Fate.STAYS,
    "cadences.Touchpoint.closed_by": Fate.STAYS,
    "contacts.Ask.asked_by": Fate.STAYS,
    "contacts.Concern.confirmed_by": Fate.STAYS,
    "contacts.Concern.raised_by": Fate.STAYS,
    "contacts.Concern.resolved_by": Fate.STAYS,
    "contacts.ConcernNote.user": Fate.STAYS,
    "contacts.Expectation.judged_by": Fate.STAYS,
    "contacts.Expectation.led_by": Fate.STAYS,
    "contacts.Interaction.user": Fate.STAYS,
    "contacts.Interaction.withdrawn_by": Fate.STAYS,
    "correspondence.Piece.created_by": Fate.STAYS,
    "correspondence.PrintBatch.posted_by": Fate.STAYS,
    "correspondence.PrintBatch.user": Fate.STAYS,  # managers act for whoever has left
    "correspondence.TemplateText.written_by": Fate.STAYS,
    "imports.AccountPair.decided_by": Fate.STAYS,
    "imports.BinUnit.deleted_by": Fate.STAYS,
    "imports.BinUnit.owner": Fate.STAYS,  # who acts for them may restore, and admins
    "imports.ContactPair.decided_by": Fate.STAYS,
    "imports.Erasure.by": Fate.STAYS,
    "imports.ImportBatch.confirmed_by": Fate.STAYS,
    "imports.ImportBatch.created_by": Fate.STAYS,
    "imports.ImportBatch.undone_by": Fate.STAYS,
    "imports.Merge.undone_by": Fate.STAYS,
    "imports.Merge.user": Fate.STAYS,
    "imports.SavedMapping.created_by": Fate.STAYS,  # every admin uses it
    "imports.TakeOut.asked_by": Fate.STAYS,
    "imports.TakeOut.fetched_by": Fate.STAYS,
    "imports.ImportedOwner.owner": Fate.STAYS,  # what a file said: the next one may say another
    "sales.Purchase.sold_by": Fate.STAYS,
    "surveys.ContactRequest.handled_by": Fate.STAYS,
    "surveys.Exclusion.by": Fate.STAYS,
    "surveys.HeldBack.decided_by": Fate.STAYS,
    "users.Absence.user": Fate.STAYS,
}
"""Model and field -> what becomes of it."""

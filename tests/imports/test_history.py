"""History of another CRM: contacts that happened, worries, promises, and the people they were with."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from accounts.models import Account
from contacts.models import Commitment, Concern, Contact, Interaction
from tests.factories import make_account, make_company, make_contact, make_user
from users.models import User

Bring = Callable[..., dict[str, Any]]
Write = Callable[..., Path]


@pytest.fixture
def kari(admin: User) -> User:
    return make_user(display_name="Kari Holm", email="kari@example.com", external_id="U7")


@pytest.fixture
def acme(kari: User) -> Account:
    return make_account(kari, name="Acme Machining", external_id="A1")


@pytest.fixture
def eva(acme: Account) -> Contact:
    return make_contact(acme, first_name="Eva", last_name="Lind", email="eva@acme.example", external_id="P9")


def reasons(report: dict[str, Any]) -> dict[int, str]:
    return {refusal["row"]: refusal["reason"] for refusal in report["refused"]}


CALLS = """id,date,type,company,contact,owner,result,subject,notes
1,2024-03-05,Call,A1,eva@acme.example,Kari Holm,Connected,Pump,<p>The seal<br>leaks &amp; drips</p>
2,2024-03-06,Phone,acme machining,Eva Lind,kari@example.com,No answer,,
3,2024-03-07,Marketing Email,A1,,U7,,Newsletter,
4,2024-03-08,Meeting,,P9,Sam Who,Completed,Quarterly talk,
5,2024-03-09,E-mail,A1,Per Vik,U7,,Price list,
"""


class TestInteractions:
    def test_are_found_by_id_mail_or_name_and_count_as_here(
        self, bring: Bring, write: Write, acme: Account, kari: User, eva: Contact
    ) -> None:
        report = bring("interactions", write(CALLS))
        assert (report["exit"], report["counts"]["new"]) == (0, 5)
        call, silent, bulk, meeting, mail = Interaction.objects.order_by("happened_on")
        assert (call.account, call.contact, call.user, call.summary) == (
            acme, eva, kari, "Pump\nThe seal\nleaks & drips",
        )  # fmt: skip
        assert (call.kind, call.outcome, call.reached, call.by_owner_side) == ("call", "talked", True, True)
        assert (silent.contact, silent.outcome, silent.reached) == (eva, "no_answer", False)
        assert (bulk.kind, bulk.outcome, bulk.reached) == ("email", "sent", False)
        assert (meeting.account, meeting.contact, meeting.user) == (acme, eva, None)
        assert (meeting.outcome, meeting.reached, meeting.source) == ("held", True, "import")
        assert meeting.summary == "Quarterly talk\nBy Sam Who."
        assert (mail.contact, mail.summary, mail.reached) == (None, "Price list\nWith Per Vik.", False)
        assert "1 row names somebody who is no user here (Sam Who)" in report["notes"][0]
        assert "no contact of the account (Per Vik)" in report["notes"][1]

    def test_again_changes_nothing_and_a_correction_changes_one(
        self, bring: Bring, write: Write, eva: Contact
    ) -> None:
        bring("interactions", write(CALLS))
        stamps = list(Interaction.objects.order_by("id").values_list("updated_at"))
        assert bring("interactions", write(CALLS))["counts"]["unchanged"] == 5
        assert list(Interaction.objects.order_by("id").values_list("updated_at")) == stamps
        better = CALLS.replace("Connected", "Voicemail")
        assert bring("interactions", write(better))["counts"] == {
            "new": 0, "changed": 1, "unchanged": 4, "refused": 0,
        }  # fmt: skip
        assert Interaction.objects.get(external_id="1").reached is False

    def test_what_is_usual_undoes_no_correction_and_what_is_said_counts(
        self, bring: Bring, write: Write, acme: Account
    ) -> None:
        text = "id,date,company,notes\n1,2024-03-05,A1,Rang them\n"
        as_calls = {"options": {"contact_kind": "call"}}
        bring("interactions", write(text), as_calls)
        Interaction.objects.update(outcome="no_answer", reached=False, direction="in")
        again = bring("interactions", write(text), as_calls)
        assert again["counts"]["unchanged"] == 1
        said = bring("interactions", write(text.replace("Rang them", "Rang them twice")), as_calls)
        assert said["counts"]["changed"] == 1
        talk = Interaction.objects.get()
        assert (talk.summary, talk.outcome, talk.reached, talk.direction) == (
            "Rang them twice", "no_answer", False, "in",
        )  # fmt: skip
        told = "id,date,company,result\n1,2024-03-05,A1,Connected\n"
        bring("interactions", write(told), as_calls)
        talk.refresh_from_db()
        assert (talk.outcome, talk.reached, talk.direction) == ("talked", True, "in")

    def test_rows_without_an_id_are_known_by_what_they_say(
        self, bring: Bring, write: Write, acme: Account
    ) -> None:
        text = "date,company,notes\n2024-03-05,A1,tried\n2024-03-05,A1,tried\n2024-03-06,A1,\n"
        path = write(text)
        flags = {"options": {"contact_kind": "call"}}
        mapping = {
            "interaction.happened_on": "date",
            "interaction.account": "company",
            "interaction.summary": "notes",
        }  # fmt: skip
        assert bring("interactions", path, mapping | flags)["counts"]["new"] == 3
        assert bring("interactions", path, mapping | flags)["counts"]["unchanged"] == 3
        assert set(Interaction.objects.values_list("kind", "outcome")) == {("call", "talked")}

    def test_a_default_owner_stands_for_people_who_are_not_here(
        self, bring: Bring, write: Write, acme: Account, kari: User
    ) -> None:
        bring("interactions", write(CALLS), {
            "interaction.external_id": "id", "interaction.happened_on": "date",
            "interaction.account": "company",
            "interaction.contact": "contact", "interaction.user": "owner", "interaction.summary": "subject",
            "options": {"default_owner": "kari@example.com"},
        })  # fmt: skip
        found = Interaction.objects.get(external_id="5")
        assert found.user == kari

    def test_what_cannot_be_history_is_refused_with_a_cure(
        self, bring: Bring, write: Write, acme: Account
    ) -> None:
        make_account(name="Twin", city="Oslo", external_id="T1")
        make_account(name="Twin", city="Bergen", external_id="T2")
        report = bring("interactions", write(
            "id,date,type,company,status,notes\n"
            "1,2024-03-05,Cal,A1,,x\n"
            "2,2024-03-05,Call,Acme Machning,,x\n"
            "3,2024-03-05,Call,Twin,,x\n"
            "4,2024-03-05,Meeting,A1,Planned,x\n"
            "5,2099-03-05,Call,A1,,x\n"
            "6,2024-03-05,Call,,,x\n"
            "7,2024-03-05,Call,Zzyzx,,x\n"
        ))  # fmt: skip
        assert report["exit"] == 2
        found = reasons(report)
        assert "Did you mean “Call”?" in found[2]
        assert "Did you mean “Acme Machining”?" in found[3]
        assert "Twin (T1), Twin (T2)" in found[4]
        assert "Import it once it has" in found[5]
        assert "still to come" in found[6]
        assert "Name the account" in found[7]
        assert "Import accounts first" in found[8]
        assert not Interaction.objects.exists()

    def test_an_instant_falls_on_the_day_at_our_place(
        self, bring: Bring, write: Write, acme: Account
    ) -> None:
        make_company(time_zone="Europe/Oslo")
        bring("interactions", write(
            "id,date,company,notes,type\n1,2024-03-05T23:30:00.000Z,A1,x,note\n2,2024-03-05 23:30,A1,y,note\n"
        ))  # fmt: skip
        days = Interaction.objects.order_by("id").values_list("happened_on", flat=True)
        assert list(days) == [date(2024, 3, 6), date(2024, 3, 5)]

    def test_what_was_withdrawn_here_stays_withdrawn(self, bring: Bring, write: Write, eva: Contact) -> None:
        bring("interactions", write(CALLS))
        Interaction.objects.filter(external_id="1").update(
            withdrawn_at="2024-04-01T00:00Z", withdrawn_reason="wrong account"
        )
        counts = bring("interactions", write(CALLS.replace("Connected", "Busy")))["counts"]
        assert counts["changed"] == 0


class TestConcerns:
    FILE = (
        "id,company,subject,description,priority,status,created,closed_on,assigned_to,solution\n"
        "1,A1,Seal leaks,since May,Urgent,Open,2024-03-05,,Kari Holm,\n"
        "2,A1,Late invoice,,Low,Closed,2024-01-05,2024-01-09,,Sent again\n"
        "3,Acme Machining,Noise,,Medium,Solved,2024-02-01,,Nobody Here,\n"
    )

    def test_open_ones_have_somebody_and_closed_ones_are_history(
        self, bring: Bring, write: Write, acme: Account, kari: User
    ) -> None:
        report = bring("concerns", write(self.FILE), None, "--as-of", "2024-04-01")
        assert report["counts"]["new"] == 3
        leak, invoice, noise = Concern.objects.order_by("external_id")
        assert (leak.what, leak.severity, leak.owner, leak.is_open) == (
            "Seal leaks\nsince May", 3, kari, True,
        )  # fmt: skip
        assert (invoice.resolved_on, invoice.resolution, invoice.is_unconfirmed) == (
            date(2024, 1, 9), "Sent again", False,
        )  # fmt: skip
        assert (noise.resolved_on, noise.owner) == (date(2024, 4, 1), kari)
        assert noise.resolution

    def test_again_on_another_day_changes_nothing(self, bring: Bring, write: Write, acme: Account) -> None:
        bring("concerns", write(self.FILE), None, "--as-of", "2024-04-01")
        report = bring("concerns", write(self.FILE), None, "--as-of", "2024-05-01")
        assert report["counts"]["unchanged"] == 3

    def test_what_was_resolved_here_is_not_opened_by_an_older_file(
        self, bring: Bring, write: Write, acme: Account
    ) -> None:
        bring("concerns", write(self.FILE))
        Concern.objects.filter(external_id="1").update(resolved_on=date(2024, 5, 1), resolution="new seal")
        assert bring("concerns", write(self.FILE))["counts"]["unchanged"] == 3
        assert Concern.objects.get(external_id="1").confirmed_on is None


class TestPromises:
    FILE = (
        "id,company,what,due_on,state,by_us,completed_on,user\n"
        "1,A1,Send a quote,2024-03-05,open,us,,\n"
        "2,A1,Pay,2024-01-05,done,them,2024-01-09,Sam Who\n"
        "3,A1,Visit,2024-02-01,completed,us,,U7\n"
        "4,A1,Call,2024-02-01,cancelled,us,,U7\n"
    )

    def test_come_with_what_became_of_them(
        self, bring: Bring, write: Write, acme: Account, kari: User
    ) -> None:
        assert bring("commitments", write(self.FILE))["counts"]["new"] == 4
        found = Commitment.objects.order_by("external_id").values_list("state", "by_us", "closed_on", "user")
        assert list(found) == [
            ("open", True, None, kari.pk),
            ("late", False, date(2024, 1, 9), kari.pk),
            ("kept", True, date(2024, 2, 1), kari.pk),
            ("broken", True, date(2024, 2, 1), kari.pk),
        ]
        assert Commitment.objects.get(external_id="2").what == "Pay By Sam Who."
        assert bring("commitments", write(self.FILE))["counts"]["unchanged"] == 4

    def test_what_was_closed_here_stays_closed(self, bring: Bring, write: Write, acme: Account) -> None:
        bring("commitments", write(self.FILE))
        Commitment.objects.filter(external_id="1").update(state="kept", closed_on=date(2024, 3, 4))
        assert bring("commitments", write(self.FILE))["counts"]["unchanged"] == 4

    def test_a_file_that_does_not_say_when_undoes_no_correction_of_the_day(
        self, bring: Bring, write: Write, acme: Account
    ) -> None:
        bring("commitments", write(self.FILE))
        Commitment.objects.filter(external_id="3").update(state="late", closed_on=date(2024, 2, 9))
        assert bring("commitments", write(self.FILE))["counts"]["unchanged"] == 4
        said = self.FILE.replace("completed,us,,U7", "completed,us,2024-02-01,U7")
        assert bring("commitments", write(said))["counts"]["changed"] == 1
        found = Commitment.objects.get(external_id="3")
        assert (found.state, found.closed_on) == ("kept", date(2024, 2, 1))


class TestContacts:
    FILE = (
        "uid,name,organization,e-mail,phone,title\n"
        "c1,Eva Lind,Acme Machining,eva@acme.example,+47 22 12 34 56,Buyer\n"
        ",Per Vik,A1,per@acme.example,,\n"
        ",Siri Moe,A1,,,\n"
    )

    def test_join_accounts_that_are_here(self, bring: Bring, write: Write, acme: Account) -> None:
        old = make_contact(acme, first_name="Per", last_name="Vik", phone="1")
        report = bring("contacts", write(self.FILE))
        assert report["counts"] == {"new": 2, "changed": 1, "unchanged": 0, "refused": 0}
        old.refresh_from_db()
        assert (old.email, old.phone) == ("per@acme.example", "1")
        eva = Contact.objects.get(external_id="c1")
        assert (eva.account, eva.first_name, eva.phone_e164) == (acme, "Eva", "+4722123456")
        assert Contact.objects.filter(is_main=True).count() == 1
        assert bring("contacts", write(self.FILE))["counts"]["unchanged"] == 3

    @pytest.mark.parametrize(
        ("rows", "refused"),
        [
            (",Åse Lind,A1,,,\n,ASE LIND,Acme Machining,,,\n", [2, 3]),
            (",Eva Lind,A1,eva@acme.example,,\n,Eva Lind,A1,,,\n", [2, 3]),
            (",Eva Lind,A1,eva@acme.example,,\n,Eva Lind,A1,eva.lind@acme.example,,\n", []),
            ("1,Eva Lind,A1,,,\n2,Eva Lind,A1,,,\n", []),
        ],
    )
    def test_two_rows_for_one_new_person(
        self, bring: Bring, write: Write, acme: Account, rows: str, refused: list[int]
    ) -> None:
        """Neither is taken, and both are named; told apart as people are found who are here."""
        text = self.FILE.split("\n", maxsplit=1)[0] + f"\n{rows},Per Vik,A1,,,\n"
        report = bring("contacts", write(text))
        assert [refusal["row"] for refusal in report["refused"]] == refused
        assert all("Lines 2, 3 of this file" in refusal["reason"] for refusal in report["refused"])
        again = bring("contacts", write(text))
        assert (again["counts"]["new"], again["counts"]["unchanged"]) == (0, 3 - len(refused))

    def test_a_number_is_dialled_from_the_country_of_the_account(
        self, bring: Bring, write: Write, admin: User
    ) -> None:
        make_account(name="Borg", country="NO")
        path = write("name,company,email,phone,mobile\nPer Vik,Borg,,22 12 34 56,+46 8 123 456 78\n")
        bring("contacts", path)
        found = Contact.objects.get()
        assert (found.phone_e164, found.mobile_e164) == ("+4722123456", "+46812345678")
        assert bring("contacts", path)["counts"]["unchanged"] == 1

    def test_an_account_that_is_not_here_is_named(self, bring: Bring, write: Write, acme: Account) -> None:
        report = bring("contacts", write("name,company,email\nEva Lind,Acme Machning AS,\nPer,Borg,\n"))
        assert "Did you mean “Acme Machining”?" in reasons(report)[2]
        assert "Import accounts first" in reasons(report)[3]
        assert not Contact.objects.exists()

"""The people of an account: the part they play, the table, the map and its words, who may say so."""

import re
from datetime import date, timedelta

import pytest
import time_machine
from django.core.exceptions import PermissionDenied, ValidationError
from django.urls import reverse

from contacts import services
from contacts.models import Contact, Influence
from contacts.people_pages import rows
from core.history_reading import changes_of
from tests.factories import make_account, make_contact, make_influence, make_interaction, make_user

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("today")]
TODAY = date(2026, 11, 24)


@pytest.fixture
def today():
    with time_machine.travel("2026-11-24 09:00:00+00:00", tick=False):
        yield


@pytest.fixture
def kari():
    return make_user(display_name="Kari Holm")


@pytest.fixture
def account(kari):
    return make_account(kari, name="Acme")


@pytest.fixture
def eva(account):
    return make_contact(
        account, first_name="Eva", last_name="Lind", job_title="Head of purchasing", is_main=True,
        decision_roles=["pays", "decides"], influence=3, attitude=5, placed=4,
    )  # fmt: skip


@pytest.fixture
def per(account, eva):
    return make_contact(
        account, first_name="Per", last_name="Vik", decision_roles=["champions"], attitude=2, reports_to=eva
    )


def text(answer):
    return answer.content.decode().replace("\xa0", " ")


@pytest.fixture
def look(client, kari, account):
    def get(**params):
        client.force_login(kari)
        answer = client.get(reverse("contacts:people", args=[account.pk]), params)
        assert answer.status_code == 200
        return answer

    return get


def words_of(html):
    """The list of the map in words; each link of the drawing says aloud what its lines show."""
    listed = re.findall(r"<li>(.*?)</li>", html[html.index("map-words") :])
    aloud = re.findall(r'class="visually-hidden">([^<]*)</span></a></foreignObject>', html)
    assert len(aloud) == len(listed)
    assert all(said.endswith(lines) for said, lines in zip(listed, aloud, strict=True))
    return listed


class TestPage:
    def test_says_who_decides_how_they_stand_and_whom_we_have_not_spoken_to(
        self, look, account, kari, eva, per
    ):
        make_interaction(account, kari, contact=per, happened_on=TODAY - timedelta(days=120), kind="meeting")
        html = text(look())
        for words in (
            "Decides",
            "Pays",
            "High",
            "For us",
            "They ask our advice",
            "meeting, Kari Holm",
            "Sceptical",
        ):
            assert words in html, words
        assert "Per Vik champions us; last spoken to" in html
        assert "We do not know who decides" not in html

    def test_the_map_and_its_words_say_the_same(self, look, eva, per):
        make_influence(per, eva, note="wrote the specification")
        html = text(look())
        assert html.count('class="map-report"') == 2  # one line, one in the legend
        assert html.count('class="map-influence"') == 2
        assert words_of(html) == [
            "Eva Lind, Head of purchasing, Decides, Pays, For us.",
            "Per Vik, Champions us, Sceptical. Reports to Eva Lind. "
            "Influences Eva Lind (wrote the specification).",
        ]
        assert "style=" not in html

    def test_who_left_stands_at_the_bottom_and_not_on_the_map(self, look, account, eva, per):
        gone = make_contact(account, last_name="Aas", left_on=TODAY, decision_roles=["decides"])
        later = make_contact(make_account(name="Borg & Co"), last_name="Aas", formerly=gone)
        make_influence(gone, eva)
        for sort in (*rows.SORTS, *(f"-{name}" for name in rows.SORTS)):
            assert look(sort=sort).context["page"].rows[-1] == gone, sort
        html = text(look())
        assert len(words_of(html)) == 2
        assert html.count('class="map-influence"') == 1
        assert reverse("contacts:detail", args=[later.pk]) in html

    @pytest.mark.parametrize(
        ("sort", "names"),
        [
            ("name", ["Ada", "Eva", "Per"]),
            ("role", ["Eva", "Per", "Ada"]),
            ("-influence", ["Eva", "Ada", "Per"]),
            ("attitude", ["Per", "Eva", "Ada"]),
            ("placed", ["Eva", "Per", "Ada"]),
            ("-last", ["Ada", "Eva", "Per"]),
            ("nonsense", ["Eva", "Per", "Ada"]),
        ],
    )
    def test_sorts_with_the_unknown_last(self, look, account, kari, eva, per, sort, names):
        ada = make_contact(account, first_name="Ada", last_name="Aas", influence=1)
        make_interaction(account, kari, contact=ada, happened_on=TODAY)
        assert [one.first_name for one in look(sort=sort).context["page"].rows] == names

    def test_forty_people_cost_what_three_cost(
        self, client, kari, account, eva, per, django_assert_num_queries
    ):
        make_influence(per, eva)
        make_contact(account, left_on=TODAY)
        client.force_login(kari)
        at = reverse("contacts:people", args=[account.pk])
        with django_assert_num_queries(8):
            # session, user, account, everybody, influence, count, rows, where they went
            client.get(at)
        people = [make_contact(account, reports_to=eva, attitude=3) for _ in range(40)]
        for n, one in enumerate(people[1:]):
            make_influence(one, people[n])
        with django_assert_num_queries(8):
            answer = client.get(at)
        assert len(words_of(text(answer))) == 42

    def test_more_than_fit_on_a_map_are_said_to_be_missing(self, look, account, eva):
        for _ in range(rows.MOST_DRAWN + 2):
            make_contact(account)
        make_contact(account, last_name="Zz", reports_to=eva)
        html = text(look())
        assert "4 more people are in the table only" in html
        assert len(words_of(html)) == rows.MOST_DRAWN
        assert "Eva Lind" in words_of(html)[0]
        assert any("Zz" in words for words in words_of(html))

    def test_without_any_line_there_is_no_map_but_a_hint(self, look, client, account, eva):
        assert "open a person, say whom they report to" in text(look())
        client.force_login(make_user("reader"))
        html = text(client.get(reverse("contacts:people", args=[account.pk])))
        assert "Those who look after the account draw them" in html
        assert "<svg" not in html

    def test_a_reader_sees_it_and_an_empty_account_says_what_to_do(self, client, account):
        client.force_login(make_user("reader"))
        assert "Nobody here yet" in text(client.get(reverse("contacts:people", args=[account.pk])))
        assert client.get(reverse("contacts:people", args=[account.pk + 9])).status_code == 404

    def test_the_account_page_warns_too(self, client, kari, account):
        make_contact(account, first_name="Eva", last_name="Lind")
        client.force_login(kari)
        html = text(client.get(reverse("accounts:detail", args=[account.pk])))
        for words in (
            "We know only Eva Lind",
            "We do not know who decides",
            "Nobody is chosen as the one to call",
        ):
            assert words in html, words

    def test_the_panel_of_the_account_names_who_is_not_shown(self, client, kari, account):
        for _ in range(12):
            make_contact(account)
        client.force_login(kari)
        assert "All 12 people" in text(client.get(reverse("accounts:detail", args=[account.pk])))


class TestPart:
    def test_is_said_on_the_form_and_kept_in_the_history(self, client, kari, eva, per):
        client.force_login(kari)
        typed = {
            "last_name": "Vik", "decision_roles": ["champions", "uses"], "influence": "2", "attitude": "4",
            "placed": "3", "reports_to": "",
        }  # fmt: skip
        assert client.post(reverse("contacts:edit", args=[per.pk]), typed).status_code == 302
        per.refresh_from_db()
        assert (per.decision_roles, per.influence, per.attitude) == (["champions", "uses"], 2, 4)
        assert (per.placed, per.reports_to) == (3, None)
        said = {(change.field, change.before, change.after) for change in changes_of(per)}
        assert ("Decision roles", "Champions us", "Champions us, Uses") in said
        assert ("Attitude", "Sceptical", "In favour") in said
        assert ("Reports to", "Eva Lind", "") in said

    def test_the_second_save_is_told_what_the_first_changed(self, client, kari, eva, per):
        client.force_login(kari)
        at = reverse("contacts:edit", args=[per.pk])
        version = client.get(at).context["form"]["version"].value()
        with time_machine.travel("2026-11-24 09:05:00+00:00", tick=False):
            services.edit_contact(kari, per, attitude=5)
            typed = {"last_name": "Vik", "attitude": "1", "version": version, "decision_roles": ["champions"]}
            answer = client.post(at, typed | {"reports_to": eva.pk})
        assert answer.status_code == 422
        assert "Attitude: For us" in text(answer)
        per.refresh_from_db()
        assert per.attitude == 5

    def test_nobody_stands_above_themself(self, client, kari, account, eva, per):
        ola = make_contact(account, last_name="Moe", reports_to=per)
        client.force_login(kari)
        at = reverse("contacts:edit", args=[eva.pk])
        answer = client.post(at, {"last_name": "Lind", "reports_to": ola.pk})
        assert answer.status_code == 422
        assert "directly or through others" in text(answer)
        for boss in (eva, make_contact(make_account()), make_contact(account, left_on=TODAY)):
            with pytest.raises(ValidationError):
                services.edit_contact(kari, eva, reports_to=boss)
        eva.refresh_from_db()
        assert eva.reports_to is None

    def test_nonsense_is_refused_by_field(self, kari, eva):
        for fields in ({"decision_roles": ["rules"]}, {"attitude": 9}, {"influence": 0}, {"placed": 6}):
            with pytest.raises(ValidationError) as refused:
                services.edit_contact(kari, eva, **fields)
            assert set(refused.value.error_dict) == set(fields)

    def test_the_last_day_is_corrected_and_not_taken_back_on_the_form(self, client, kari, account, per):
        gone = make_contact(account, last_name="Aas", left_on=TODAY)
        client.force_login(kari)
        at = reverse("contacts:edit", args=[gone.pk])
        assert client.post(at, {"last_name": "Aas", "left_on": ""}).status_code == 422
        assert client.post(at, {"last_name": "Aas", "left_on": "2026-11-20"}).status_code == 302
        gone.refresh_from_db()
        assert gone.left_on == date(2026, 11, 20)
        assert 'name="left_on"' not in text(client.get(reverse("contacts:edit", args=[per.pk])))


class TestInfluence:
    def test_is_drawn_and_ended_on_the_page_of_a_person(self, client, kari, eva, per):
        client.force_login(kari)
        at = reverse("contacts:influence_add", args=[per.pk])
        assert client.post(at, {"whom": "", "note": "x"}).status_code == 422
        client.post(at, {"whom": eva.pk, "note": "wrote the specification"})
        link = Influence.objects.get()
        assert (link.who, link.whom, link.note) == (per, eva, "wrote the specification")
        html = text(client.get(reverse("contacts:detail", args=[eva.pk])))
        assert "is influenced by" in html
        assert "wrote the specification" in html
        client.post(reverse("contacts:influence_end", args=[link.pk]))
        assert not Influence.objects.exists()

    def test_said_again_it_is_one_link_with_the_new_note(self, kari, eva, per):
        for note in ("first", "second"):
            services.add_influence(kari, per, eva, note)
        assert Influence.objects.get().note == "second"

    def test_is_between_two_people_who_work_there(self, kari, account, eva):
        others = [eva, make_contact(make_account(kari)), make_contact(account, left_on=TODAY)]
        for other in others:
            with pytest.raises(ValidationError):
                services.add_influence(kari, eva, other)
        assert not Influence.objects.exists()

    def test_colleagues_do_not_draw(self, eva, per):
        link = make_influence(per, eva)
        for user in (make_user(), make_user("reader"), make_user(is_active=False)):
            with pytest.raises(PermissionDenied):
                services.add_influence(user, eva, per)
            with pytest.raises(PermissionDenied):
                services.end_influence(user, link)
        assert Influence.objects.get() == link


def test_leaving_ends_the_lines_of_reporting(kari, account, eva, per):
    assert Contact.objects.get(pk=per.pk).reports_to == eva
    services.edit_contact(kari, eva, left_on=TODAY)
    per.refresh_from_db()
    assert per.reports_to is None
    assert ("Reports to", "Eva Lind") in {(change.field, change.before) for change in changes_of(per)}

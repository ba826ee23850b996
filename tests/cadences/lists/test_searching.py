"""Finding anything: what is found, in which order, and why; and that each step has its index."""

from datetime import date

import pytest
from django.db import connection
from django.urls import reverse

from accounts.models import Account
from cadences.lists.search import search
from contacts.models import Interaction
from tests.factories import make_account, make_contact, make_interaction

pytestmark = pytest.mark.django_db


@pytest.fixture
def world(people):
    verft = make_account(people.kari, name="Åsgård Verft", city="Tønsberg", external_id="K-77",
                         email="post@asgard.example", phone="+47 22 33 44 55")  # fmt: skip
    make_account(people.bo, name="Verftet i Bodø")
    make_account(people.bo, name="Müller Söhne GmbH", city="Verft")
    zoe = make_contact(verft, first_name="Zoë", last_name="Lindqvist", email="zoe.l@asgard.example",
                       mobile="+47 900 11 222")  # fmt: skip
    make_interaction(verft, people.kari, contact=zoe, happened_on=date(2026, 11, 3),
                     summary="Pumpen lekker igjen, nytt tilbud på pakninger før jul.")  # fmt: skip
    return people


def found(user, text):
    """Label of the group -> names, each with its reason."""
    return {
        str(group.label): [
            ("".join(piece.text for piece in hit.title), hit.why, "".join(piece.text for piece in hit.text))
            for hit in group.hits
        ]
        for group in search(user, text, most=5)
    }


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("asgard verft", {"Accounts": [("Åsgård Verft", "", "")]}),
        ("tonsb", {"Accounts": [("Åsgård Verft", "place", "Tønsberg")]}),
        ("k-77", {"Accounts": [("Åsgård Verft", "number", "K-77")]}),
        ("post@asg", {"Accounts": [("Åsgård Verft", "e-mail", "post@asgard.example")]}),
        ("2233 44", {"Accounts": [("Åsgård Verft", "phone", "+47 22 33 44 55")]}),
        ("90011", {"People": [("Zoë Lindqvist", "phone", "+47 900 11 222")]}),
        ("zoe lind", {"People": [("Zoë Lindqvist", "", "")]}),
        ("zoe.l@", {"People": [("Zoë Lindqvist", "e-mail", "zoe.l@asgard.example")]}),
        ("lindkvist", {"People": [("Zoë Lindqvist", "spelled alike", "")]}),
        ("mullre sohne", {"Accounts": [("Müller Söhne GmbH", "spelled alike", "")]}),
        ("zzzz", {}),
        ("'; DROP TABLE x --", {}),
        ("%%", {}),
        ("a", {}),
    ],
)
def test_finds_and_says_why(world, text, expected):
    assert found(world.reader, text) == expected


def test_names_that_begin_so_stand_first(world):
    assert [name for name, _why, _text in found(world.kari, "verft")["Accounts"]] == [
        "Verftet i Bodø", "Åsgård Verft", "Müller Söhne GmbH"
    ]  # fmt: skip


@pytest.mark.parametrize("text", ["pakning", "TILBUD pumpen", "før ju", "for jul"])
def test_finds_words_of_notes_by_their_beginning(world, text):
    (name, _why, shown), = found(world.kari, text)["Notes and logs"]  # fmt: skip
    assert name == "Åsgård Verft"
    assert "tilbud" in shown


def test_a_withdrawn_note_is_not_found(world):
    Interaction.objects.update(withdrawn_at="2026-11-20T00:00Z", withdrawn_reason="typo")
    assert found(world.kari, "pakning") == {}


def test_notes_are_found_behind_the_latest(world, monkeypatch):
    account = Account.objects.first()
    for _ in range(3):
        make_interaction(account, world.kari, summary="Nothing special")
    monkeypatch.setattr("cadences.lists.search.LATEST_NOTES", 2)
    assert "Notes and logs" in found(world.kari, "pakninger")


def test_the_page_and_the_list_while_typing_mark_what_was_found(browse, world):
    for name in ("accounts:search", "accounts:quick"):
        html = browse(world.reader, reverse(name), {"q": "asg"}).content.decode()
        assert "<mark>Åsg</mark>ård Verft" in html
        assert "Nothing found" in browse(world.reader, reverse(name), {"q": "zzzz"}).content.decode()
    assert "What do you look for?" in browse(world.reader, reverse("accounts:search")).content.decode()


def test_what_is_found_is_text(browse, people):
    make_account(people.kari, name="<script>alert(1)</script> Ltd")
    html = browse(people.kari, reverse("accounts:search"), {"q": "script>alert"}).content.decode()
    assert "<script>alert(1)" not in html
    assert "&lt;<mark>script&gt;alert</mark>" in html


def test_twenty_hits_cost_what_two_cost(client, world, django_assert_num_queries):
    client.force_login(world.kari)
    for count in (2, 18):
        for number in range(count):
            account = make_account(world.kari, name=f"Common {count} {number}")
            make_contact(account, last_name=f"Common {count} {number}")
            make_interaction(account, world.kari, summary="common words")
        with django_assert_num_queries(8 if count == 18 else 9):
            # session, user; accounts and people: ids, rows; notes: the latest, the index unless they do, rows
            client.get(reverse("accounts:search"), {"q": "common"})


@pytest.mark.parametrize(
    ("sql", "index"),
    [
        ("SELECT 1 FROM accounts_account WHERE 'mullre' <%% search_folded", "account_search"),
        ("SELECT 1 FROM contacts_contact WHERE 'mullre' <%% search_folded", "contact_search"),
        ("SELECT 1 FROM contacts_interaction WHERE to_tsvector('simple', COALESCE(tend_fold(summary), ''))"
         " @@ to_tsquery('simple', 'pump:*') AND withdrawn_at IS NULL AND NOT summary = ''",
         "interaction_words"),
    ],
)  # fmt: skip
def test_every_step_has_its_index(sql, index):
    with connection.cursor() as cursor:
        for scan in ("seqscan", "indexscan", "indexonlyscan"):  # trigrams and words are read as bitmaps
            cursor.execute(f"SET LOCAL enable_{scan} = off")
        cursor.execute(f"EXPLAIN {sql}", [])
        assert index in str(cursor.fetchall())

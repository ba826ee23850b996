"""The pages of templates: what is missing is seen, words become versions, nobody overwrites anybody."""

from __future__ import annotations

from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from correspondence.models import Template, TemplateText
from correspondence.placeholders import PLACEHOLDERS
from correspondence.texts.differences import Line, differences
from tests import factories as make

pytestmark = pytest.mark.django_db


@pytest.fixture
def manager(client):
    user = make.make_user("manager", display_name="Birgit Kjær")
    client.force_login(user)
    return user


@pytest.fixture
def thanks(manager):
    return make.make_template().template


def page_of(client, template, **query):
    return client.get(reverse("templates:detail", args=[template.pk]), query)


def save(client, template, *, medium="email", language="en", based_on=1, **words):
    address = reverse("templates:detail", args=[template.pk])
    sent = {"subject": "Thanks", "body": "{{salutation}}\n\nThank you.", "based_on": based_on, **words}
    return client.post(f"{address}?medium={medium}&language={language}", sent)


def current(template, medium="email", language="en"):
    return template.texts.of(medium, language).first()


class TestList:
    def test_what_is_missing_in_which_language_is_seen(self, client, thanks):
        make.make_template(use="gift", language="de")
        page = client.get(reverse("templates:list")).content.decode().partition("<main")[2]
        assert page.index("Thank-you") < page.index("Gift")
        link = reverse("templates:detail", args=[thanks.pk])
        assert f"{link}?medium=email&amp;language=de" in page
        assert page.count("missing</span>") == 6  # two places of each medium, the two written ones apart

    def test_two_and_twenty_cost_the_same(self, client, manager):
        costs = []
        for count in (2, 20):
            while Template.objects.count() < count:
                make.make_template(template=make.make_template().template, language="de")
            client.get(reverse("templates:list"))
            with CaptureQueriesContext(connection) as asked:
                client.get(reverse("templates:list"))
            costs.append(len(asked))
        assert costs[0] == costs[1]
        assert costs[1] < 14

    def test_retired_ones_stand_apart(self, client, thanks):
        client.post(reverse("templates:retire", args=[thanks.pk]))
        assert thanks.name not in client.get(reverse("templates:list")).content.decode().split("toasts")[0]
        assert thanks.name in client.get(reverse("templates:list"), {"retired": "1"}).content.decode()
        client.post(reverse("templates:bring_back", args=[thanks.pk]))
        thanks.refresh_from_db()
        assert not thanks.is_retired

    def test_empty(self, client, manager):
        assert "No template yet" in client.get(reverse("templates:list")).content.decode()


class TestSaving:
    def test_saving_is_a_new_version_with_its_writer(self, client, thanks, manager):
        assert save(client, thanks, body="{{salutation}}\r\n\r\nnew words").status_code == 302
        text = current(thanks)
        assert (text.number, text.written_by, text.body) == (2, manager, "{{salutation}}\n\nnew words")

    def test_the_same_words_again_are_no_version(self, client, thanks):
        save(client, thanks)
        save(client, thanks, based_on=2)
        save(client, thanks)  # a double click
        assert current(thanks).number == 2

    def test_another_language_begins_with_these_words(self, client, thanks):
        page = page_of(client, thanks, medium="email", language="nb", **{"from": "en"}).content.decode()
        assert "thank you for your time." in page
        assert not thanks.texts.filter(language="nb").exists()
        save(client, thanks, language="nb", based_on=0, body="{{salutation}}\n\nTusen takk.")
        assert current(thanks, language="nb").number == 1
        assert current(thanks).number == 1

    @pytest.mark.parametrize(
        ("words", "said"),
        [
            (
                {"body": "Dear {{contact_nmae}}"},
                "{{contact_nmae}}. Is {{contact_name}} meant?",
            ),
            ({"subject": "{{ Account }}"}, "Is {{account}} meant?"),
            ({"body": "{{7*7}}"}, "no placeholder {{7*7}}: choose one from the menu"),
            ({"body": "{{account|upper}} and {{gift"}, "Is {{gift}} meant?"),
            ({"body": "  "}, "Write something first."),
            ({"subject": ""}, "Give it a subject."),
            ({"subject": "x" * 201}, "At most 200 letters; these are 201."),
            ({"body": "x" * 20_001}, "At most 20000 letters"),
        ],
    )
    def test_bad_words_name_the_cure_and_keep_what_was_typed(self, client, thanks, words, said):
        reply = save(client, thanks, **{"subject": "My subject", **words})
        page = reply.content.decode()
        assert reply.status_code == 422
        assert said in page.replace("&#x27;", "'").replace(" ", " ")
        assert "My subject" in page or "subject" in words
        assert current(thanks).number == 1

    def test_the_second_of_two_is_told_what_changed(self, client, thanks):
        colleague = make.make_user("admin", display_name="Nadia Keller")
        client.force_login(colleague)
        save(client, thanks, body="{{salutation}}\n\nNadia's words.")
        client.force_login(make.make_user("manager"))
        reply = save(client, thanks, body="{{salutation}}\n\nmine, later")
        page = reply.content.decode()
        assert reply.status_code == 422
        assert "Version 2 was saved while you were writing" in page
        assert "Nadia Keller" in page
        assert "Nadia&#x27;s words." in page  # what came
        assert "thank you for your time." in page  # what went
        assert "mine, later" in page
        assert 'name="based_on" value="2"' in page
        save(client, thanks, body="{{salutation}}\n\nmine, later", based_on=2)
        assert current(thanks).number == 3

    def test_the_page_begins_with_the_mail_in_the_templates_language(self, client, thanks):
        make.make_template(template=thanks, medium="letter", body="A letter.")
        make.make_template(template=thanks, language="de", body="Eine Mail.")
        make.make_template(template=thanks, body="{{salutation}}\n\nThe second mail.")
        assert "The second mail." in page_of(client, thanks).content.decode()

    def test_places_that_there_are_not(self, client, thanks):
        for query in ({"medium": "fax"}, {"language": "xx"}, {"language": "../en"}, {"language": "DE"}):
            assert page_of(client, thanks, **query).status_code == 404

    def test_a_reader_reads(self, client, thanks):
        client.force_login(make.make_user("reader"))
        page = page_of(client, thanks).content.decode()
        assert "readonly" in page
        assert "Save as a new version" not in page
        assert save(client, thanks).status_code == 403


class TestSettings:
    def test_made_and_changed(self, client, manager):
        sent = {"name": " Welcome  aboard ", "use": "welcome", "language": "de"}
        client.post(reverse("templates:create"), sent)
        made = Template.objects.get()
        assert (made.name, made.use, made.language) == ("Welcome aboard", "welcome", "de")
        address = reverse("templates:settings", args=[made.pk])
        client.post(address, sent | {"name": "Welcome", "version": made.updated_at.isoformat()})
        made.refresh_from_db()
        assert made.name == "Welcome"
        late = client.post(address, sent | {"name": "Late", "version": "2020-01-01T00:00:00+00:00"})
        assert "A colleague saved this" in late.content.decode()

    def test_a_name_is_given_once(self, client, thanks):
        sent = {"name": thanks.name.upper(), "use": "gift", "language": "en"}
        reply = client.post(reverse("templates:create"), sent)
        assert reply.status_code == 422
        assert "There is a template of that name" in reply.content.decode()


class TestVersions:
    def test_back_to_an_old_one_is_a_new_one(self, client, thanks):
        first = current(thanks)
        save(client, thanks, body="{{salutation}}\n\nA mistake.")
        client.post(reverse("templates:go_back", args=[first.pk]))
        assert current(thanks).number == 3
        assert current(thanks).body == first.body
        client.post(reverse("templates:go_back", args=[first.pk]))
        assert current(thanks).number == 3  # those words count already

    def test_an_old_one_with_a_placeholder_of_long_ago_is_refused(self, client, manager):
        old = make.make_template(body="{{fax_of_the_contact}}")
        make.make_template(template=old.template)
        page = client.post(reverse("templates:go_back", args=[old.pk]), follow=True).content.decode()
        assert "There is no placeholder" in page
        assert current(old.template).number == 2

    def test_two_are_compared_line_by_line(self, client, thanks):
        save(client, thanks, subject="Thank you, {{contact_name}}", body="{{salutation}}\n\nnew words.")
        page = client.get(reverse("templates:compare", args=[thanks.pk])).content.decode()
        assert "<del>" in page
        assert "new words." in page
        save(client, thanks, based_on=2)
        query = {"medium": "email", "language": "en", "older": "1", "newer": "2"}
        assert (
            "new words." in client.get(reverse("templates:compare", args=[thanks.pk]), query).content.decode()
        )

    def test_lines(self):
        assert differences("a\nb\nc", "a\nx\nc") == [
            Line("same", "a"), Line("gone", "b"), Line("new", "x"), Line("same", "c"),
        ]  # fmt: skip
        assert differences("", "a") == [Line("new", "a")]

    def test_many_are_not_cut_silently(self, client, thanks):
        for n in range(10):
            make.make_template(template=thanks, body=f"Words {n}")
        assert "Show all versions" in page_of(client, thanks).content.decode()
        assert "Show all versions" not in page_of(client, thanks, all="").content.decode()


class TestPreview:
    def ask(self, client, template, contact=None, medium="email", **words):
        sent = {"subject": "For {{account}}", "body": "{{salutation}}", "medium": medium, "language": "en"}
        number = {"contact": contact.pk} if contact else {}
        address = reverse("templates:preview", args=[template.pk])
        return client.post(address, sent | number | words).content.decode()

    @pytest.fixture
    def eva(self, manager):
        account = make.make_account(manager, name="Borg & Co", became_customer_on=date(2025, 1, 15))
        return make.make_contact(account, last_name="Lind")

    def test_real_values_in_both_forms(self, client, thanks, eva):
        shown = self.ask(client, thanks, eva, body="{{salutation}}\n\n- **{{account}}**\n- {{sender}}")
        assert "For Borg &amp; Co" in shown
        assert "<strong>Borg &amp; Co</strong>" in shown
        assert "- Birgit Kjær" in shown
        assert not TemplateText.objects.filter(number=2).exists()

    def test_what_the_account_lacks_is_named_and_marked(self, client, thanks, eva):
        shown = self.ask(client, thanks, eva, body="Grüße nach {{account_city}}")
        assert "Missing for Borg &amp; Co: City of the account." in shown
        assert "<mark>{{account_city}}</mark>" in shown

    def test_talks_meetings_and_gifts_are_examples_until_there_are_some(self, client, thanks, eva):
        shown = self.ask(client, thanks, eva, body="{{gift}}: {{talk_summary}}")
        assert "a box of summer fruit: Two new pumps in spring." in shown
        assert "Examples stand in for: What was said, as it was logged, What we send." in shown
        make.make_interaction(eva.account, contact=eva, summary="Three pumps", reached=True)
        assert "Three pumps" in self.ask(client, thanks, eva, body="{{talk_summary}}")

    def test_unknown_ones_are_told_while_typing(self, client, thanks, eva):
        shown = self.ask(client, thanks, eva, body="{{contactname}}")
        assert "Is {{contact_name}} meant?" in shown
        assert "Missing for" not in shown

    def test_without_any_contact_there_are_examples(self, client, thanks):
        everything = " ".join("{{" + each.name + "}}" for each in PLACEHOLDERS)
        shown = self.ask(client, thanks, body=everything)
        assert "Acme Machining" in shown
        assert "Missing" not in shown

    def test_a_letter_is_one_sheet(self, client, thanks, eva):
        assert "Plain text" not in self.ask(client, thanks, eva, medium="letter")

    def test_people_are_found_by_their_name_or_their_account(self, client, thanks, eva):
        make.make_contact(make.make_account(name="Fjord Kraft"), first_name="Siri", last_name="Moe")
        for words, found in (("Borg", "Eva Lind"), ("Siri", "Fjord Kraft"), ("Fjord", "Siri Moe")):
            page = client.get(reverse("templates:people"), {"q": words, "contact": eva.pk}).content.decode()
            assert found in page
            assert page.count("checked") == 1
        assert "Nobody else found" in client.get(
            reverse("templates:people"), {"q": "zzzz", "contact": eva.pk}
        ).content.decode()  # fmt: skip

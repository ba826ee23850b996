"""Pages of tiers: everybody reads why, an admin changes rules and sees first what that does."""

from __future__ import annotations

from datetime import date
from types import SimpleNamespace
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import Account, Tag, Tier, TierLift
from cadences import plans, tiers
from cadences.models import Override, Plan, PlanItem, Slot, Touchpoint
from cadences.tiering import retier
from tests.factories import make_account, make_company, make_purchase, make_schedule, make_tier

TODAY = date(2026, 11, 24)


@pytest.fixture
def ladder(people: SimpleNamespace) -> dict[str, Tier]:
    plans.seed()
    make_company(currency="EUR")
    return {tier.name: tier for tier in Tier.objects.all()}


@pytest.fixture
def admin(client: Client, people: SimpleNamespace) -> Client:
    client.force_login(people.admin)
    return client


def bought(amount: str, **fields: Any) -> Account:
    account = make_account(**fields)
    make_purchase(account, date(2026, 10, 1), amount)
    return account


def sent(tier: Tier | None = None, *rows: dict[str, str], **fields: str) -> dict[str, str]:
    """What the form of a tier sends, with these conditions."""
    data = {
        "tier": str(tier.pk) if tier else "",
        "name": tier.name if tier else "Key",
        "description": "",
        "colour": "amber",
        "match": "all",
        "demote_after_months": "3",
        "place": str(tier.rank - 1 if tier else 3),
        "rows": str(len(rows)),
        **fields,
    }
    for place, row in enumerate(rows):
        data |= {f"c-{place}-{name}": value for name, value in row.items()}
    return data


def number(fact: str, at_least: str = "", at_most: str = "") -> dict[str, str]:
    return {"fact": fact, "at_least": at_least, "at_most": at_most, "words": ""}


def words(fact: str, typed: str) -> dict[str, str]:
    return {"fact": fact, "at_least": "", "at_most": "", "words": typed}


def text(answer: Any) -> str:
    return " ".join(answer.content.decode().replace("\xa0", " ").split())


class TestLadder:
    def test_everybody_reads_the_rules_and_only_admins_get_buttons(
        self, client: Client, people: SimpleNamespace, ladder: dict[str, Tier]
    ) -> None:
        make_account(tier=ladder["Large"])
        client.force_login(people.desk)
        page = text(client.get(reverse("tiers:list")))
        assert page.index("Large") < page.index("Medium") < page.index("Small")
        assert "Purchases of the last 12 months: at least 25,000 EUR" in page
        assert "leaves after 3 months" in page
        assert "From network value 4: 1 tier up." in page
        assert "New tier" not in page
        client.force_login(people.admin)
        assert "New tier" in text(client.get(reverse("tiers:list")))

    def test_an_empty_ladder_says_what_belongs_there(self, admin: Client) -> None:
        assert "No tier yet" in text(admin.get(reverse("tiers:list")))

    @pytest.mark.parametrize("count", [3, 12])
    def test_twelve_tiers_cost_what_three_cost(
        self, admin: Client, count: int, django_assert_max_num_queries: Any
    ) -> None:
        for rank in range(1, count + 1):
            tier = make_tier(rank)
            if rank > 1:
                tier.conditions.create(fact="purchases_12m", at_least=rank * 1000)
            make_account(tier=tier)
        admin.get(reverse("tiers:list"))
        with django_assert_max_num_queries(11):
            admin.get(reverse("tiers:list"))

    def test_a_step_up_is_refused_where_nobody_would_reach_the_other(
        self, admin: Client, ladder: dict[str, Tier]
    ) -> None:
        answer = admin.post(reverse("tiers:move", args=[ladder["Medium"].pk]), {"up": "1"}, follow=True)
        assert "No account can be in Large: whoever meets its rule also meets that of Medium" in text(answer)
        assert list(Tier.objects.values_list("name", flat=True)) == ["Small", "Medium", "Large"]

    def test_tiers_change_places(self, admin: Client, ladder: dict[str, Tier]) -> None:
        ladder["Large"].conditions.update(fact="employees", at_least=100)
        admin.post(reverse("tiers:move", args=[ladder["Medium"].pk]), {"up": "1"})
        assert list(Tier.objects.values_list("name", "rank")) == [("Small", 1), ("Large", 2), ("Medium", 3)]
        admin.post(reverse("tiers:move", args=[ladder["Medium"].pk]), {"up": "1"})  # higher there is nothing
        admin.post(reverse("tiers:move", args=[ladder["Medium"].pk]), {"up": "0"})
        assert list(Tier.objects.values_list("name", "rank")) == [("Small", 1), ("Medium", 2), ("Large", 3)]


class TestRule:
    def test_a_new_tier_takes_its_place_and_moves_nobody(
        self, admin: Client, ladder: dict[str, Tier]
    ) -> None:
        account = bought("9000", country="NO", tier=ladder["Small"])
        Tag.objects.create(name="Partner")
        rows = [number("purchases_12m", "8 000"), words("country", "norway, DK"), words("tag", "partner")]
        answer = admin.post(reverse("tiers:create"), sent(None, *rows, place="2", match="any"), follow=True)
        assert "No account has moved yet" in text(answer)
        names = list(Tier.objects.values_list("name", flat=True))
        assert names == ["Small", "Medium", "Key", "Large"]
        key = Tier.objects.get(name="Key")
        stored = [(each.fact, each.at_least, each.words) for each in key.conditions.all()]
        assert stored == [
            ("purchases_12m", 8000, []),
            ("country", None, ["NO", "DK"]),
            ("tag", None, ["Partner"]),
        ]
        account.refresh_from_db()
        assert account.tier == ladder["Small"]
        page = text(admin.get(reverse("tiers:edit", args=[key.pk])))
        assert "Norway; Denmark" in page
        assert "above Medium" in page

    def test_conditions_are_changed_and_taken_away(self, admin: Client, ladder: dict[str, Tier]) -> None:
        large = ladder["Large"]
        row = large.conditions.get()
        rows = [number("purchases_12m", "60000"), number("employees", "50", "500")]
        admin.post(reverse("tiers:edit", args=[large.pk]), sent(large, *rows))
        assert [each.at_least for each in large.conditions.all()] == [60000, 50]
        assert row.events.count() == 1  # the history tells what the threshold was
        admin.post(reverse("tiers:edit", args=[large.pk]), sent(large))
        assert not large.conditions.exists()
        assert "Large has no rule" in text(admin.get(reverse("tiers:list")))

    def test_tiers_without_a_rule_share_one_sentence(self, admin: Client, ladder: dict[str, Tier]) -> None:
        for tier in (ladder["Large"], ladder["Medium"]):
            tier.conditions.all().delete()
        page = text(admin.get(reverse("tiers:list")))
        assert "Medium and Large have no rule: only a person's choice" in page.replace("&#x27;", "'")
        assert page.partition("</main>")[0].count("tone-soon") == 1

    def test_a_new_tier_begins_with_a_colour_that_none_has(
        self, admin: Client, ladder: dict[str, Tier]
    ) -> None:
        for tier, colour in zip(ladder.values(), ("slate", "teal", "indigo"), strict=True):
            Tier.objects.filter(pk=tier.pk).update(colour=colour)
        assert '<option value="green" selected>' in text(admin.get(reverse("tiers:create")))

    @pytest.mark.parametrize(
        ("row", "said"),
        [
            (words("country", " "), "Country: say which, or take this condition away."),
            (number("employees", ""), "Employees: say at least or at most how many, or take"),
        ],
    )
    def test_a_chosen_fact_without_a_value_is_not_left_out_silently(
        self, admin: Client, ladder: dict[str, Tier], row: dict[str, str], said: str
    ) -> None:
        large = ladder["Large"]
        form = sent(large, number("purchases_12m", "60000"), row)
        answer = admin.post(reverse("tiers:edit", args=[large.pk]), form)
        assert answer.status_code == 422
        assert said in text(answer)
        assert said in text(admin.post(reverse("tiers:preview"), form))
        assert large.conditions.get().at_least == 25000

    @pytest.mark.parametrize(
        ("row", "said"),
        [
            (number("purchases_12m", "50k"), "“50k” is no number. Write it in digits, such as 50000."),
            (number("purchases_12m", "-5"), "A threshold is 0 or more"),
            (number("purchases_12m", "500", "100"), "Nobody has at least 500 and at most 100."),
            (number("employees", "1.5"), "Employees: a whole number, please."),
            (number("network", "7"), "The network value is between 0 and 5"),
            (number("purchases_12m", "1e400"), "is more than anybody has"),
            (number("purchases_12m", "NaN"), "is no number"),
            (words("country", "Norwegia"), "“Norwegia” is no country we know"),
            (words("tag", "unheard"), "No account has the tag “unheard”. Tags are: none yet."),
            (number("shoe_size", "5"), "Select a valid choice"),
        ],
    )
    def test_bad_input_is_said_beside_its_field_and_kept(
        self, admin: Client, ladder: dict[str, Tier], row: dict[str, str], said: str
    ) -> None:
        answer = admin.post(reverse("tiers:create"), sent(None, row))
        assert answer.status_code == 422
        assert said in text(answer)
        typed = next(value for name, value in row.items() if name != "fact" and value)
        assert f'value="{typed}"' in text(answer)
        assert said in text(admin.post(reverse("tiers:preview"), sent(None, row)))
        assert Tier.objects.count() == 3

    @pytest.mark.parametrize(
        ("fields", "said"),
        [
            ({"name": " "}, "This field is required"),
            ({"name": "LARGE"}, "There is a tier Large already"),
            ({"demote_after_months": "99"}, "less than or equal to 60"),
            ({"place": "77"}, "Select a valid choice"),
        ],
    )
    def test_wrong_fields_of_the_tier(
        self, admin: Client, ladder: dict[str, Tier], fields: dict[str, str], said: str
    ) -> None:
        data = sent(None, number("employees", "9"), **fields)
        answer = admin.post(reverse("tiers:create"), data)
        assert answer.status_code == 422
        assert said in text(answer)

    @pytest.mark.parametrize(
        ("name", "rows", "said"),
        [
            ("Large", [number("purchases_12m", "4000")], "No account can be in Medium"),
            ("Medium", [number("purchases_12m", "30000")], "No account can be in Medium"),
            ("Large", [words("country", "NO"), words("country", "SE")], "exclude each other"),
            ("Large", [number("employees", "9"), number("employees", "", "5")], "exclude each other"),
        ],
    )
    def test_contradictions_are_refused_with_the_cure(
        self, admin: Client, ladder: dict[str, Tier], name: str, rows: list[dict[str, str]], said: str
    ) -> None:
        answer = admin.post(reverse("tiers:edit", args=[ladder[name].pk]), sent(ladder[name], *rows))
        assert answer.status_code == 422
        assert said in text(answer)
        assert said in text(admin.post(reverse("tiers:preview"), sent(ladder[name], *rows)))
        assert ladder[name].conditions.get().fact == "purchases_12m"

    def test_rows_come_and_go_without_saving(self, admin: Client, ladder: dict[str, Tier]) -> None:
        data = sent(None, number("employees", "9"), words("country", "NO"))
        more = text(admin.post(reverse("tiers:conditions"), data | {"add": "1"}))
        assert 'name="rows" value="3"' in more
        assert 'value="NO"' in more
        less = admin.post(reverse("tiers:conditions"), data | {"remove": "0"})
        assert 'name="rows" value="1"' in text(less)
        assert 'name="c-0-words" value="NO"' in text(less)
        assert less["HX-Trigger-After-Settle"] == "tend:rule"
        assert Tier.objects.count() == 3


class TestPreview:
    def test_it_tells_what_the_night_would_do_and_writes_nothing(
        self, admin: Client, ladder: dict[str, Tier]
    ) -> None:
        accounts = [bought("9000", name=f"Firm {place:02}") for place in range(12)]
        retier(None, TODAY)
        before = list(Account.objects.order_by("pk").values())
        data = sent(ladder["Large"], number("purchases_12m", "8000"), place="2")
        ladder["Medium"].conditions.update(at_least=5000)
        shown = text(admin.post(reverse("tiers:preview"), data))
        assert "the next night moves <b>12</b> of 12 accounts" in shown
        assert "Medium → Large <b>12</b>" in shown
        assert "Firm 00" in shown
        assert "Firm 10" not in shown
        assert "Medium → Large: 9,000 EUR in 12 months, threshold 8,000" in shown
        later = text(admin.post(reverse("tiers:preview"), data | {"page": "2", "move": "2-3"}))
        assert "Firm 10" in later
        assert "11–12 of 12" in later
        assert list(Account.objects.order_by("pk").values()) == before
        admin.post(reverse("tiers:edit", args=[ladder["Large"].pk]), data)
        assert retier(None, TODAY) == len(accounts)

    def test_a_row_that_says_nothing_yet_is_left_out(self, admin: Client, ladder: dict[str, Tier]) -> None:
        rows = [number("purchases_12m", "25000"), number("purchases_12m")]
        assert "moves no account" in text(admin.post(reverse("tiers:preview"), sent(ladder["Large"], *rows)))

    def test_lifts_are_weighed_too(self, admin: Client, ladder: dict[str, Tier]) -> None:
        make_account(network_value=2)
        retier(None, TODAY)
        lifts = {"network_2": "1", "network_4": "1"}
        assert "moves <b>1</b> of 1" in text(admin.post(reverse("tiers:preview_lifts"), lifts))
        wrong = admin.post(reverse("tiers:lifts"), {"network_2": "2", "network_4": "1"})
        assert wrong.status_code == 422
        assert "a higher value cannot lift by less" in text(wrong)
        admin.post(reverse("tiers:lifts"), lifts)
        assert list(TierLift.objects.values_list("network", "tiers")) == [(2, 1), (4, 1)]
        admin.post(reverse("tiers:lifts"), {})
        assert not TierLift.objects.exists()


class TestApply:
    def test_accounts_move_now_and_what_they_are_owed_with_them(
        self, admin: Client, ladder: dict[str, Tier]
    ) -> None:
        make_schedule()
        plans.start_plan(date(2026, 1, 1))
        account = make_account(status="customer", tier=ladder["Small"])
        make_purchase(account, date(2025, 11, 26), "9000")  # its track is over
        shown = text(admin.get(reverse("tiers:tonight")))
        assert "The next night moves 1 account" in shown
        answer = admin.post(reverse("tiers:apply"), follow=True)
        assert "1 account has moved." in text(answer)
        account.refresh_from_db()
        assert account.tier == ladder["Medium"]
        call = Touchpoint.objects.get(account=account, slot__key="relationship-call")
        assert call.item.tier == ladder["Medium"]
        assert "moves no account" in text(admin.get(reverse("tiers:tonight")))
        assert "No account had to move" in text(admin.post(reverse("tiers:apply"), follow=True))

    def test_very_many_are_a_workers_task(
        self, admin: Client, ladder: dict[str, Tier], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        asked: list[str] = []
        monkeypatch.setattr(tiers, "AT_ONCE", 1)
        monkeypatch.setattr("cadences.tasks.run_now.delay", lambda **said: asked.append(said["asked_by"]))
        for _ in range(2):
            bought("9000", tier=ladder["Small"])
        assert "Apply in the background" in text(admin.get(reverse("tiers:tonight")))
        answer = admin.post(reverse("tiers:apply"))
        assert answer["Location"].startswith(reverse("cadences:engine"))
        assert asked == ["Ada Min"]
        assert not Account.objects.filter(tier=ladder["Medium"]).exists()


class TestDelete:
    def test_everything_that_uses_it_is_named_with_the_cure(
        self, admin: Client, ladder: dict[str, Tier]
    ) -> None:
        large = ladder["Large"]
        account = make_account(tier=large)
        slot = Slot.objects.get(key="meeting")
        Override.objects.create(account=account, slot=slot, as_tier=large, reason="asked for it")
        answer = text(admin.post(reverse("tiers:delete", args=[large.pk]), follow=True))
        assert "1 account is in Large. Take its rule away, let accounts leave after 0 months" in answer
        assert "Draft 1 of the plan has contacts for Large" in answer
        assert "1 exception serves an account like Large" in answer
        assert Tier.objects.filter(pk=large.pk).exists()

    def test_one_without_a_rule_names_what_else_brings_accounts_there(
        self, admin: Client, ladder: dict[str, Tier]
    ) -> None:
        ladder["Large"].conditions.all().delete()
        make_account(tier=ladder["Large"])
        said = text(admin.get(reverse("tiers:edit", args=[ladder["Large"].pk])))
        assert "1 account is in Large. Only the network lifts accounts there: change that" in said

    @pytest.mark.parametrize(
        ("state", "said"), [("running", "It stays as long as"), ("retired", "which is kept")]
    )
    def test_a_plan_that_served_it_keeps_it(
        self, admin: Client, ladder: dict[str, Tier], state: str, said: str
    ) -> None:
        Plan.objects.update(state=state, effective_from=date(2026, 1, 1))
        page = text(admin.post(reverse("tiers:delete", args=[ladder["Large"].pk]), follow=True))
        assert said in page

    def test_what_nothing_uses_goes(self, admin: Client, ladder: dict[str, Tier]) -> None:
        PlanItem.objects.all().delete()
        answer = admin.post(reverse("tiers:delete", args=[ladder["Medium"].pk]), follow=True)
        assert "Medium is gone." in text(answer)
        ladder["Large"].delete()
        assert "the only tier" in tiers.uses(ladder["Small"])[0]

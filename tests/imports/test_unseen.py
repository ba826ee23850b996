"""Files nobody has seen before: slips of the pen, two spellings, sums that say their currency."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from imports.spelling import pairs_of
from sales.models import Purchase
from tests.factories import make_account
from users.models import User

Bring = Callable[..., dict[str, Any]]
Write = Callable[..., Path]


class TestSpelling:
    def test_a_slip_is_paired_with_the_usual_word(self) -> None:
        said = ["Machinery", "Manufacturing", "Manufcturing", "machinery", "Food"]
        assert pairs_of(said, []) == [("machinery", "Machinery"), ("Manufcturing", "Manufacturing")]

    def test_what_was_there_before_is_the_usual_word(self) -> None:
        assert pairs_of(["Maschinery"], ["Machinery", "Food"]) == [("Maschinery", "Machinery")]

    def test_other_numbers_and_short_words_are_other_things(self) -> None:
        assert pairs_of(["Pump 100", "Pump 200", "Oil", "Oils", "Beer", "Bear"], []) == []

    def test_many_products_are_compared_by_their_letters_alone(self) -> None:
        said = [f"Part {number}x" for number in range(1000)]
        assert pairs_of([*said, "PART-7X"], []) == [("PART-7X", "Part 7x")]

    def test_is_told_with_the_check(self, bring: Bring, write: Write, admin: User) -> None:
        make_account(name="Old", industry="Machinery", external_id="O")
        report = bring("accounts", write(
            "customer_id,company_name,industry\n1,A,Machinery\n2,B,Machinry\n3,C,Food\n"
        ), None, "--dry-run")  # fmt: skip
        assert "“Machinry” – “Machinery”" in report["notes"][0]
        assert report["counts"]["new"] == 3


class TestSums:
    HEADER = "order_id,customer_id,order_date,total\n"

    def test_say_their_currency_by_themselves(self, bring: Bring, write: Write, admin: User) -> None:
        make_account(external_id="A")
        bring("purchases", write(self.HEADER + (
            '1,A,2024-03-05,"1,200.50"\n2,A,2024-03-06,"USD 1,200.50"\n3,A,2024-03-07,£30.00\n'
            "4,A,2024-03-08,40.00 EUR\n"
        )))  # fmt: skip
        found = Purchase.objects.order_by("external_id").values_list("currency", flat=True)
        assert list(found) == ["EUR", "USD", "GBP", "EUR"]

    def test_of_any_dollar_are_asked_for(self, bring: Bring, write: Write, admin: User) -> None:
        make_account(external_id="A")
        path = write(self.HEADER + "1,A,2024-03-05,$30.00\n2,A,2024-03-05,QQQ 3.00\n")
        report = bring("purchases", path)
        assert "may be any of USD, CAD" in report["refused"][0]["reason"]
        assert "“QQQ” is no currency" in report["refused"][1]["reason"]
        assert bring("purchases", path, None, "--currency", "CAD")["counts"]["new"] == 1
        assert Purchase.objects.get().currency == "CAD"

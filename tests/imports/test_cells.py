"""What one cell means. No database."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from imports import cells, countries, fields
from imports.errors import RefusedError


class TestDates:
    @pytest.mark.parametrize(
        "text",
        [
            "1996-07-04",
            "1996-07-04 00:00:00.000",
            "1996-07-04T10:00:00Z",
            "1996/07/04",
            "19960704",
            "4 Jul 1996",
        ],
    )
    def test_without_doubt(self, text: str) -> None:
        assert cells.to_date(text) == date(1996, 7, 4)

    def test_the_order_decides(self) -> None:
        assert cells.to_date("04/07/1996", cells.DAY_FIRST) == date(1996, 7, 4)
        assert cells.to_date("04/07/1996", cells.MONTH_FIRST) == date(1996, 4, 7)
        assert cells.to_date("4.7.1996 08:00", cells.DAY_FIRST) == date(1996, 7, 4)

    @pytest.mark.parametrize(
        ("text", "words"),
        [
            ("04/07/1996", "two ways"),
            ("1996-02-30", "no calendar"),
            ("0001-01-01", "year"),
            ("4/7/96", "no date we know"),
            ("soon", "no date we know"),
        ],
    )
    def test_refused_with_words(self, text: str, words: str) -> None:
        with pytest.raises(RefusedError, match=words):
            cells.to_date(text)

    @pytest.mark.parametrize(
        ("texts", "verdict"),
        [
            (["01/02/1996", "13/02/1996"], cells.DAY_FIRST),
            (["01/02/1996", "02/13/1996"], cells.MONTH_FIRST),
            (["01/02/1996", "03/04/1996"], None),
            (["13/02/1996", "02/13/1996"], None),
            (["1996-02-01", "02/02/1996"], cells.DAY_FIRST),
        ],
    )
    def test_a_column_shows_its_order(self, texts: list[str], verdict: str | None) -> None:
        habit = cells.DateHabit()
        for line, text in enumerate(texts, start=2):
            habit.see(line, text)
        assert habit.verdict() == verdict


class TestNumbers:
    @pytest.mark.parametrize(
        ("text", "mark", "number"),
        [
            ("14", ".", "14"),
            ("9.8", ".", "9.8"),
            ("1,234.50", ".", "1234.5"),
            ("1.234,50", ",", "1234.5"),
            ("1 234,50 €", ",", "1234.5"),
            ("$1,234", ".", "1234"),
            ("USD 12.5", ".", "12.5"),
            ("(12.50)", ".", "-12.5"),
            ("12.50-", ".", "-12.5"),
            ("9.800000190734863", ".", "9.8"),
            ("1'234.5", ".", "1234.5"),
            ("1e3", ".", "1000"),
        ],
    )
    def test_read_exactly(self, text: str, mark: str, number: str) -> None:
        assert cells.to_decimal(text, mark) == Decimal(number)

    @pytest.mark.parametrize(
        "text", ["", "twelve", "1.2.3", "NaN", "Infinity", "1e99", "9" * 20, "--5", "5-5"]
    )
    def test_refused(self, text: str) -> None:
        with pytest.raises(RefusedError):
            cells.to_decimal(text)

    @pytest.mark.parametrize(
        ("texts", "verdict"),
        [
            (["14", "9.8"], "."),
            (["14", "9,8"], ","),
            (["1.234", "12,50"], ","),
            (["1,234", "12.50"], "."),
            (["1,234"], None),
            (["1.234"], None),
            (["0.125"], "."),
            (["12.5", "12,5"], None),
            (["1,234,567"], "."),
        ],
    )
    def test_a_column_shows_its_mark(self, texts: list[str], verdict: str | None) -> None:
        habit = cells.NumberHabit()
        for line, text in enumerate(texts, start=2):
            habit.see(line, text)
        assert habit.verdict() == verdict

    @pytest.mark.parametrize(("text", "share"), [("0.15", "0.15"), ("15%", "0.15"), ("0", "0"), ("1", "1")])
    def test_discounts(self, text: str, share: str) -> None:
        assert cells.to_share(text) == Decimal(share)

    @pytest.mark.parametrize("text", ["15", "-0.1", "150%", "x"])
    def test_discounts_out_of_bounds(self, text: str) -> None:
        with pytest.raises(RefusedError):
            cells.to_share(text)


@pytest.mark.parametrize(
    ("whole", "first", "last"),
    [
        ("Maria Anders", "Maria", "Anders"),
        ("José Pedro Freyre", "José Pedro", "Freyre"),
        ("Maria de la Cruz", "Maria", "de la Cruz"),
        ("Piet van den Berg", "Piet", "van den Berg"),
        ("Van Morrison", "Van", "Morrison"),
        ("Lind, Eva", "Eva", "Lind"),
        ("Cher", "", "Cher"),
        ("  Eva   Lind ", "Eva", "Lind"),
    ],
)
def test_names_are_split(whole: str, first: str, last: str) -> None:
    assert cells.split_name(whole) == (first, last)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("Germany", "DE"), ("germany ", "DE"), ("DE", "DE"), ("deu", "DE"), ("UK", "GB"), ("USA", "US"),
        ("U.S.A.", "US"), ("México", "MX"), ("Österreich", "AT"), ("Sverige", "SE"), ("Venezuela", "VE"),
        ("Holland", "NL"),
    ],
)  # fmt: skip
def test_countries_by_name_or_code(text: str, code: str) -> None:
    assert countries.to_country(text) == code


@pytest.mark.parametrize("text", ["67000", "05432-043", "B-6000", "Oslo", "Kongo", "XX"])
def test_what_is_no_country(text: str) -> None:
    with pytest.raises(RefusedError, match="no country"):
        countries.to_country(text)


class TestGuess:
    @pytest.mark.parametrize(
        "style", ["customer_id", "customerID", "Customer Id", "CUSTOMER-ID", "customer id"]
    )
    def test_spellings_of_one_name(self, style: str) -> None:
        assert fields.guess("accounts", [style, "company"]) == {
            "account.external_id": style,
            "account.name": "company",
        }

    def test_every_column_once(self) -> None:
        found = fields.guess(
            "accounts", ["id", "customer_id", "name", "company_name", "email", "contact_email"]
        )
        assert sorted(found.values()) == sorted(set(found.values()))
        assert found["contact.email"] == "contact_email"

    @pytest.mark.parametrize(
        ("header", "kind"),
        [
            (["employee_id", "last_name", "first_name"], "users"),
            (["customer_id", "company_name"], "accounts"),
            (["order_id", "customer_id", "order_date"], "purchases"),
            (["order_id", "product_id", "unit_price", "quantity"], "purchase_lines"),
            (["foo", "bar"], None),
        ],
    )
    def test_the_kind_shows_in_the_columns(self, header: list[str], kind: str | None) -> None:
        assert fields.best_kind(header) == kind

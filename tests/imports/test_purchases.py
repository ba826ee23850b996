"""Order histories and their lines, through the command."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from accounts.models import Account, BookEntry
from contacts.models import Contact
from sales.models import Purchase
from tests.factories import make_account, make_contact, make_user
from users.models import Company, User

Write = Callable[..., Path]
Bring = Callable[..., dict[str, Any]]
HEAD = "order_id,customer_id,employee_id,order_date,freight\n"
LINES = "order_id,product_id,unit_price,quantity,discount\n"


@pytest.fixture
def sellers(admin: User) -> dict[str, User]:
    return {name: make_user("salesperson", external_id=name) for name in ("1", "2")}


@pytest.fixture
def acme(admin: User) -> Account:
    return make_account(external_id="ACME", status="prospect", became_customer_on=None, owner=None)


@pytest.mark.usefixtures("sellers")
class TestPurchases:
    def test_lines_make_the_amount_and_the_customer(self, bring: Bring, write: Write, acme: Account) -> None:
        report = bring(
            "purchases", write(HEAD + "10,ACME,1,1996-07-04 00:00:00.000,32.38\n"), None, "--currency", "USD"
        )
        assert report["exit"] == 0
        acme.refresh_from_db()
        assert acme.status == "prospect"  # nothing is known of its worth yet
        report = bring("purchase_lines", write(LINES + "10,11,14,12,0\n10,42,9.8,10,0.15\n10,72,34.8,5,5%\n"))
        assert report["exit"] == 0
        purchase = Purchase.objects.get()
        assert purchase.amount == Decimal("168") + Decimal("83.3") + Decimal("165.3")
        assert (purchase.currency, purchase.purchased_on, purchase.sold_by.external_id) == (
            "USD",
            date(1996, 7, 4),
            "1",
        )
        acme.refresh_from_db()
        assert (acme.status, acme.became_customer_on) == ("customer", date(1996, 7, 4))
        assert acme.figures.last_sale_on == date(1996, 7, 4)

    def test_the_same_again_changes_nothing(self, bring: Bring, write: Write, acme: Account) -> None:
        orders, lines = HEAD + "10,ACME,1,1996-07-04,1\n", LINES + "10,11,14,12,0\n"
        bring("purchases", write(orders))
        bring("purchase_lines", write(lines))
        before = list(Purchase.objects.values()) + list(Account.objects.values())
        assert bring("purchases", write(orders))["counts"]["unchanged"] == 1
        assert bring("purchase_lines", write(lines))["counts"]["unchanged"] == 1
        assert list(Purchase.objects.values()) + list(Account.objects.values()) == before

    def test_discounts_that_are_rounded_change_nothing_the_second_time(
        self, bring: Bring, write: Write, acme: Account
    ) -> None:
        bring("purchases", write(HEAD + "10,ACME,1,1996-07-04,1\n"))
        lines = LINES + "10,11,9.800000190734863,12,33.3333333%\n"
        bring("purchase_lines", write(lines))
        assert Purchase.objects.get().amount == Decimal("78.4000")
        assert bring("purchase_lines", write(lines))["counts"]["unchanged"] == 1

    def test_a_line_changed_changes_the_amount(self, bring: Bring, write: Write, acme: Account) -> None:
        bring("purchases", write(HEAD + "10,ACME,1,1996-07-04,1\n"))
        bring("purchase_lines", write(LINES + "10,11,14,12,0\n10,12,1,1,0\n"))
        bring("purchase_lines", write(LINES + "10,11,14,10,0\n"))
        assert Purchase.objects.get().amount == 141

    def test_the_first_import_sets_the_currency_of_the_company(
        self, bring: Bring, write: Write, acme: Account
    ) -> None:
        report = bring(
            "purchases", write(HEAD + "10,ACME,1,1996-07-04,1\n"), None, "--currency", "USD", "--dry-run"
        )
        assert "currency becomes USD (it was EUR)" in report["notes"][0]
        assert Company.get().currency == "EUR"
        bring("purchases", write(HEAD + "10,ACME,1,1996-07-04,1\n"), None, "--currency", "USD")
        assert Company.get().currency == "USD"
        report = bring("purchases", write(HEAD + "11,ACME,1,1996-07-05,1\n"), None, "--currency", "NOK")
        assert (report["notes"], Company.get().currency) == ([], "USD")

    def test_the_usual_currency_undoes_no_correction_and_what_is_said_counts(
        self, bring: Bring, write: Write, acme: Account
    ) -> None:
        head = "order_id,customer_id,order_date,amount\n"
        bring("purchases", write(head + "10,ACME,1996-07-04,5\n"))
        Purchase.objects.update(currency="SEK")
        for more in ((), ("--currency", "EUR")):
            again = bring("purchases", write(head + "10,ACME,1996-07-04,5\n"), None, *more)
            assert again["counts"]["unchanged"] == 1
        bring("purchases", write(head + "10,ACME,1996-07-04,7\n"))
        assert Purchase.objects.values_list("amount", "currency").get() == (7, "SEK")
        bring("purchases", write(head + "10,ACME,1996-07-04,NOK 7\n"))
        assert Purchase.objects.get().currency == "NOK"
        bring("purchases", write(head.replace("amount", "amount,currency") + "10,ACME,1996-07-04,7,DKK\n"))
        assert Purchase.objects.get().currency == "DKK"

    @pytest.mark.parametrize(
        ("row", "column", "words"),
        [
            ("10,NOBODY,1,1996-07-04,1", "customer_id", "No account has the id “NOBODY”"),
            ("10,ACME,9,1996-07-04,1", "employee_id", "No user has the id or e-mail “9”"),
            ("10,ACME,1,NULL,1", "order_date", "Empty, but needed"),
            ("10,ACME,1,1996-02-30,1", "order_date", "no calendar"),
            ("10,ACME,1,1996-07-04,1\n10,ACME,1,1996-07-05,1", "order_id", "Lines 2, 3"),
        ],
    )
    def test_a_refused_row_says_where_and_why(
        self, bring: Bring, write: Write, acme: Account, row: str, column: str, words: str
    ) -> None:
        report = bring("purchases", write(f"{HEAD}{row}\n"))
        assert report["exit"] == 2  # not one row could be taken
        assert report["refused"][0]["column"] == column
        assert words in report["refused"][0]["reason"]
        assert not Purchase.objects.exists()

    def test_day_first_is_told_by_one_clear_date(self, bring: Bring, write: Write, acme: Account) -> None:
        bring("purchases", write(HEAD + "10,ACME,1,03/04/1996,1\n11,ACME,1,25/12/1996,1\n"))
        assert set(Purchase.objects.values_list("purchased_on", flat=True)) == {
            date(1996, 4, 3),
            date(1996, 12, 25),
        }

    def test_contradicting_dates_are_a_question(self, bring: Bring, write: Write, acme: Account) -> None:
        report = bring("purchases", write(HEAD + "10,ACME,1,12/25/1996,1\n11,ACME,1,25/12/1996,1\n"))
        assert (report["exit"], report["field"]) == (2, "purchase.purchased_on")
        assert "Line 3" in report["error"]
        assert "line 2" in report["error"]


class TestBuyers:
    HEAD = "order_id,customer_id,order_date,amount,buyer\n"

    @pytest.fixture
    def people(self, acme: Account) -> dict[str, Contact]:
        make_contact(
            make_account(external_id="ELSE"), first_name="Tor", last_name="Dahl", email="t@else.example"
        )
        return {
            "eva": make_contact(acme, first_name="Eva", last_name="Lind", email="Eva@Acme.example"),
            "jose": make_contact(acme, first_name="José", last_name="Ríos", external_id="C7"),
            "gone": make_contact(acme, first_name="Per", last_name="Vik", left_on=date(1996, 8, 1)),
        }

    @pytest.mark.parametrize(
        ("said", "who"),
        [
            ("eva@acme.example", "eva"),
            ("EVA LIND", "eva"),
            ("C7", "jose"),
            ("jose rios", "jose"),
            ('"Ríos, José"', "jose"),
            ("Per Vik", "gone"),
        ],
    )
    def test_named_by_mail_id_or_name(
        self, bring: Bring, write: Write, people: dict[str, Contact], said: str, who: str
    ) -> None:
        assert bring("purchases", write(f"{self.HEAD}10,ACME,1996-07-04,5,{said}\n"))["exit"] == 0
        assert Purchase.objects.get().buyer == people[who]
        again = bring("purchases", write(f"{self.HEAD}10,ACME,1996-07-04,5,{said}\n"))
        assert again["counts"]["unchanged"] == 1
        bring("purchases", write(f"{self.HEAD}10,ACME,1996-07-04,6,\n"))  # an empty cell leaves what is there
        assert Purchase.objects.get().buyer == people[who]

    def test_of_two_with_one_name_the_one_who_works_there(
        self, bring: Bring, write: Write, acme: Account, people: dict[str, Contact]
    ) -> None:
        now = make_contact(acme, first_name="Per", last_name="Vik")
        bring("purchases", write(f"{self.HEAD}10,ACME,1996-07-04,5,Per Vik\n"))
        assert Purchase.objects.get().buyer == now

    @pytest.mark.usefixtures("people")
    @pytest.mark.parametrize("said", ["Tor Dahl", "t@else.example", "Nobody"])
    def test_an_unknown_one_refuses_the_row(self, bring: Bring, write: Write, said: str) -> None:
        report = bring("purchases", write(f"{self.HEAD}10,ACME,1996-07-04,5,{said}\n11,ACME,1996-07-05,5,\n"))
        assert (report["exit"], report["refused"][0]["row"], report["refused"][0]["column"]) == (
            1,
            2,
            "buyer",
        )
        assert (
            f"No contact of this account has the e-mail, id or name “{said}”"
            in report["refused"][0]["reason"]
        )
        assert Purchase.objects.get().external_id == "11"

    def test_a_purchase_that_moves_to_another_account_leaves_its_buyer(
        self, bring: Bring, write: Write, people: dict[str, Contact]
    ) -> None:
        bring("purchases", write(f"{self.HEAD}10,ACME,1996-07-04,5,Eva Lind\n"))
        bring("purchases", write("order_id,customer_id,order_date,amount\n10,ELSE,1996-07-04,5\n"))
        purchase = Purchase.objects.get()
        assert (purchase.account.external_id, purchase.buyer) == ("ELSE", None)


class TestOwners:
    ORDERS = HEAD + "9,ACME,1,1996-07-04,1\n10,ACME,2,1996-07-04,1\n"

    def test_the_seller_of_the_latest_the_highest_number_on_a_day(
        self, bring: Bring, write: Write, acme: Account, sellers: dict[str, User]
    ) -> None:
        bring("purchases", write(self.ORDERS), None, "--as-of", "1998-01-30")
        acme.refresh_from_db()
        assert (acme.owner, acme.owner_since) == (sellers["2"], date(1998, 1, 30))
        bring("purchases", write(HEAD + "8,ACME,1,1996-07-05,1\n"), None, "--as-of", "1998-02-28")
        acme.refresh_from_db()
        assert (acme.owner, acme.owner_since) == (sellers["1"], date(1998, 2, 28))
        assert acme.owner_before is None  # supposed by imports alone: nobody has to introduce themself

    def test_an_owner_set_by_a_person_stays(
        self, bring: Bring, write: Write, acme: Account, sellers: dict[str, User]
    ) -> None:
        chosen = make_user("salesperson")
        Account.objects.update(owner=chosen)
        bring("purchases", write(self.ORDERS))
        acme.refresh_from_db()
        assert acme.owner == chosen

    def test_who_takes_over_from_the_book(
        self, bring: Bring, write: Write, acme: Account, sellers: dict[str, User]
    ) -> None:
        bring("purchases", write(self.ORDERS))
        BookEntry.objects.create(user=sellers["2"], account=acme, added_on=date(1998, 1, 1))
        bring("purchases", write(HEAD + "11,ACME,1,1996-07-06,1\n"))
        assert not BookEntry.objects.exists()

    def test_nobody_who_left_becomes_owner(
        self, bring: Bring, write: Write, acme: Account, sellers: dict[str, User]
    ) -> None:
        User.objects.filter(pk=sellers["2"].pk).update(is_active=False)
        bring("purchases", write(self.ORDERS))
        acme.refresh_from_db()
        assert acme.owner is None


@pytest.mark.usefixtures("sellers", "acme")
class TestCreditNotes:
    HEAD = "order_id,customer_id,order_date,amount,credit\n"

    def test_a_minus_without_a_mark_is_refused(self, bring: Bring, write: Write) -> None:
        report = bring("purchases", write(self.HEAD + "1,ACME,1996-07-04,100.5,\n2,ACME,1996-07-05,-20,no\n"))
        assert (report["exit"], report["refused"][0]["row"], report["refused"][0]["column"]) == (
            1,
            3,
            "amount",
        )
        assert "not marked as a credit note" in report["refused"][0]["reason"]
        assert Purchase.objects.get().amount == Decimal("100.5")

    def test_a_mark_or_the_option_makes_it_one(self, bring: Bring, write: Write) -> None:
        bring(
            "purchases",
            write(self.HEAD + "1,ACME,1996-07-04,100,\n2,ACME,1996-07-05,20,yes\n3,ACME,1996-07-05,-5,x\n"),
        )
        assert list(Purchase.objects.order_by("external_id").values_list("amount", flat=True)) == [
            100,
            -20,
            -5,
        ]
        report = bring(
            "purchases", write(self.HEAD + "4,ACME,1996-07-05,-7,\n"), {"negative_is_credit": True}
        )
        assert report["exit"] == 0
        assert Account.objects.get(external_id="ACME").status == "customer"

    def test_lines_of_credit_notes(self, bring: Bring, write: Write) -> None:
        bring("purchases", write(HEAD + "1,ACME,1,1996-07-04,1\n"))
        assert bring("purchase_lines", write(LINES + "1,a,10,-2,0\n"))["exit"] == 2
        bring("purchase_lines", write(LINES + "1,a,10,-2,0\n"), {"options": {"negative_is_credit": True}})
        assert Purchase.objects.get().amount == -20


@pytest.mark.usefixtures("sellers", "acme")
@pytest.mark.parametrize(
    ("row", "column", "words"),
    [
        ("99,1,1,1,0", "order_id", "No purchase has the id “99”"),
        ("1,1,1,1,2", "discount", "between 0 and 1"),
        ("1,1,abc,1,0", "unit_price", "no number"),
        ("1,1,99999999999999,99999,0", "quantity", "larger than we can keep"),
        ("1,1,1,1,0\n1,1,2,1,0", "product_id", "same key “1 1”"),
    ],
)
def test_refused_lines(bring: Bring, write: Write, row: str, column: str, words: str) -> None:
    bring("purchases", write(HEAD + "1,ACME,1,1996-07-04,1\n"))
    report = bring("purchase_lines", write(f"{LINES}{row}\n"))
    assert report["exit"] == 2
    assert report["refused"][0]["column"] == column
    assert words in report["refused"][0]["reason"]


@pytest.mark.usefixtures("sellers", "acme")
def test_decimal_commas_of_a_whole_column(bring: Bring, write: Write) -> None:
    bring(
        "purchases",
        write("order_id;customer_id;order_date;amount\n1;ACME;04.07.1996;1.234\n2;ACME;31.07.1996;12,50\n"),
    )
    assert list(Purchase.objects.order_by("id").values_list("amount", flat=True)) == [1234, Decimal("12.5")]

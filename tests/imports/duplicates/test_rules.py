"""Which names, addresses and numbers are the same, and when two records are shown as a pair."""

from __future__ import annotations

import pytest

from imports.duplicates import rules
from imports.duplicates.rules import Facts, Reason, judge, judge_people

SAME_NAMES = [
    ("Borg & Co", "Borg and Co."),
    ("Borg GmbH & Co. KG", "Borg"),
    ("Ærø Strøm A/S", "Aeroe Strom AS"),
    ("Müller Werkzeuge GmbH", "Werkzeuge Muller"),
    ("The Pump Company Ltd", "Pump Co"),
    ("Société Générale S.A.", "Societe Generale"),
    ("Officine Rossi S.p.A.", "Rossi Officine SpA"),
    ("NORTON LINES", "Nortonlines Inc."),
    ("Acme Holding AG", "ACME"),
    ("O’Neill Brothers", "O'Neill Brothers plc"),
    ("Łódź Stal sp. z o.o.", "Lodz Stal"),
]


@pytest.mark.parametrize(("one", "other"), SAME_NAMES)
def test_ways_to_write_one_name(one: str, other: str) -> None:
    assert judge(Facts(one), Facts(other)).is_likely


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Borg Pumps", "Borg Ventilation"),
        ("Acme Oslo", "Acme Bergen"),
        ("AS", "AB"),
        ("Nordic Steel", "Nordic Steam Baths"),
        ("Hansen & Sønn", "Jensen & Sønn"),
    ],
)
def test_names_of_two_companies(one: str, other: str) -> None:
    assert not judge(Facts(one), Facts(other)).is_likely


@pytest.mark.parametrize(
    ("one", "other"),
    [("Hollerbeck Tools", "Hollerbek Tools"), ("Philipp Maschinen", "Filip Maschinen"), ("Kjaer", "Kjær")],
)
def test_a_slip_needs_a_second_reason(one: str, other: str) -> None:
    phone = ("+47 22 33 44 55",)
    found = judge(Facts(one, phones=phone), Facts(other, phones=("022 334455",)))
    assert found.is_likely
    assert Reason.PHONE in found.reasons


def test_only_legal_forms_are_still_a_name() -> None:
    assert rules.name_key("AG & Co KG")
    assert rules.name_key("The Holding") == "holding"
    assert rules.name_key("") == ""


@pytest.mark.parametrize(
    ("address", "domain"),
    [
        ("eva@sales.borg.example", "borg.example"),
        ("https://www.borg.co.uk/shop?x=1", "borg.co.uk"),
        ("WWW.Borg.NO", "borg.no"),
        ("eva@gmail.com", ""),
        ("borg", ""),
        ("", ""),
        ("http://borg.example:8000", "borg.example"),
    ],
)
def test_whose_address(address: str, domain: str) -> None:
    assert rules.domain(address) == domain


def test_a_number_at_home_and_from_abroad() -> None:
    assert rules.phone("+47 22 33 44 55") == rules.phone("22334455") == rules.phone("0047-22 33 44 55 ext 12")
    assert rules.phone("112") == ""


def test_one_building() -> None:
    assert rules.place("Bahnhofstraße 7", "10115") == rules.place("Bahnhof-Str. 7", "10 115") != ""
    assert rules.place("Bahnhofstraße", "10115") == rules.place("", "10115") == ""


def test_the_same_name_in_another_country_is_another_account() -> None:
    assert not judge(Facts("Borg", country="NO"), Facts("Borg", country="SE")).is_likely
    mail = "post@borg.example"
    again = judge(Facts("Borg", country="NO", email=mail), Facts("Borg", country="SE", email=mail))
    assert again.is_likely


def test_a_neighbour_is_none() -> None:
    here = {"city": "Oslo", "street": "Storgata 1", "postal_code": "0155"}
    assert not judge(Facts("Borg", **here), Facts("Vik", **here)).is_likely


def test_two_names_with_one_house_and_one_number() -> None:
    here = {"street": "Storgata 1", "postal_code": "0155", "phones": ("22 33 44 55",)}
    found = judge(Facts("Borg", **here), Facts("Vik", **here))
    assert found.reasons == (Reason.PHONE, Reason.ADDRESS)
    assert found.is_likely


def test_the_judge_takes_no_sides() -> None:
    one = Facts("Borg & Co", "NO", "Oslo", "0155", "Storgata 1", ("22 33 44 55",), "a@borg.example")
    other = Facts("Borg Ltd", "NO", "Oslo", "0155", "Storgt. 1", ("+47 22334455",), "", "borg.example")
    assert judge(one, other) == judge(other, one)
    assert set(rules.keys(one)) & set(rules.keys(other))


@pytest.mark.parametrize(
    ("one", "other", "likely"),
    [
        (Facts("Eva Lind"), Facts("Lind, Eva"), True),
        (Facts("Eva Lind", email="eva@borg.example"), Facts("E. Lind", email="EVA@borg.example"), True),
        (Facts("Eva Lind", phones=("22334455",)), Facts("Per Vik", phones=("22334455",)), False),
        (Facts("Eva Lind", email="post@borg.example"), Facts("Per Vik", email="post@borg.example"), False),
        (Facts("E. Lind", phones=("91 00 11 22",)), Facts("Eva Lind", phones=("+47 91001122",)), True),
        (Facts("Eva Lind"), Facts("Eva Lindqvist"), False),
    ],
)
def test_people_of_one_account(one: Facts, other: Facts, likely: bool) -> None:
    assert judge_people(one, other).is_likely is likely

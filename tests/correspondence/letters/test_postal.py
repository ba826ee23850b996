"""Addresses as each country writes them, and what is wrong with them."""

from __future__ import annotations

from dataclasses import replace

import pytest

from correspondence.letters.postal import Place, address_lines, is_odd_code, missing

OSLO = Place("Storgata 1", "0150", "Oslo", "", "NO")


@pytest.mark.parametrize(
    ("place", "home", "lines"),
    [
        (OSLO, "NO", ("Storgata 1", "0150 Oslo")),
        (OSLO, "DE", ("Storgata 1", "0150 Oslo", "NORWEGEN")),
        (OSLO, "", ("Storgata 1", "0150 Oslo", "NORWAY")),
        (Place("10 Downing St", "SW1A 1AA", "London", "", "GB"), "NO",
         ("10 Downing St", "London", "SW1A 1AA", "STORBRITANNIA")),
        (Place("1 Main St", "78701", "Austin", "TX", "US"), "NO", ("1 Main St", "Austin, TX 78701", "USA")),
        (Place("Bahnhofstr. 1", "8001", "Zürich", "ZH", "CH"), "CH", ("Bahnhofstr. 1", "8001 Zürich")),
        (Place("Bahnhofstr. 1", "8001", "Zürich", "", "CH"), "DE",
         ("Bahnhofstr. 1", "CH-8001 Zürich", "SCHWEIZ")),
        (Place("Gedimino 9", "LT-01103", "Vilnius", "", "LT"), "NO",
         ("Gedimino 9", "LT-01103 Vilnius", "LITAUEN")),
        (Place("Rd 1", "", "Dubai", "Dubai", "AE"), "NO", ("Rd 1", "Dubai", "DE FORENTE ARABISKE EMIRATER")),
        (Place("Way 1", "12", "Somewhere", "", ""), "NO", ("Way 1", "12 Somewhere")),
    ],
)  # fmt: skip
def test_an_address_is_written_as_its_country_writes_it(place, home, lines):
    written = address_lines("Acme Machining", "Eva Lind", place, home)
    assert set(written[:2]) == {"Acme Machining", "Eva Lind"}
    assert written[2:] == lines


def test_nothing_typed_is_left_out_of_a_label():
    """City and postal code are there, whatever a country's format knows of them."""
    for country in ("NO", "GB", "HK", "SG", "JP", "AE", "IE", "US", "XX", "VA", "GI"):
        written = " ".join(address_lines("Acme", "Eva", Place("Way 7", "1234", "Newtown", "", country), "NO"))
        for one in ("Acme", "Eva", "Way 7", "1234", "Newtown"):
            assert one in written, country


@pytest.mark.parametrize(
    ("place", "lacks"),
    [
        (OSLO, ()),
        (replace(OSLO, street=" "), ("street",)),
        (replace(OSLO, postal_code="", city=""), ("postal_code", "city")),
        (replace(OSLO, country=""), ("country",)),
        (Place("1 Queen's Road", "", "Central", "", "HK"), ()),  # no postal codes there
        (Place("1 Quay", "", "Dublin", "", "IE"), ()),
        (Place("", "", "", "", ""), ("street", "postal_code", "city", "country")),
    ],
)
def test_what_an_address_lacks_depends_on_the_country(place, lacks):
    assert missing(place) == lacks


@pytest.mark.parametrize(
    ("country", "code", "is_odd"),
    [("NO", "0150", False), ("NO", "150", True), ("DE", "5066", True), ("GB", "sw1a 1aa", False),
     ("LT", "LT-01103", False), ("GR", "104 32", False), ("XX", "?", False), ("NO", "", False)],
)  # fmt: skip
def test_a_postal_code_that_no_such_country_has_is_seen(country, code, is_odd):
    assert is_odd_code(Place("Way 1", code, "Town", "", country)) is is_odd

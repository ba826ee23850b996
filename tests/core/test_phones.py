"""Phone numbers: as written and as dialled."""

import pytest

from core.phones import digits, e164, tel_uri
from core.places import zone_of


@pytest.mark.parametrize(
    ("written", "country", "dialled"),
    [
        ("22 12 34 56", "NO", "+4722123456"),
        ("+47 22 12 34 56", "", "+4722123456"),
        ("0047 22123456", "DE", "+4722123456"),
        ("(0)89 / 12 34-56", "DE", "+4989123456"),
        ("(5) 555-4729", "MX", ""),
        ("030-0074321", "DE", "+49300074321"),
        ("22 12 34 56", "", ""),
        ("call the desk", "NO", ""),
        ("12", "NO", ""),
        ("", "NO", ""),
        ("22123456", "XX", ""),
    ],
)
def test_e164_only_where_it_is_certain(written, country, dialled):
    assert e164(written, country) == dialled


@pytest.mark.parametrize(
    ("written", "known", "uri"),
    [
        ("22 12 34 56", "+4722123456", "tel:+4722123456"),
        ("(171) 555-7788", "", "tel:1715557788"),
        ("+1 206 555 ext. 4", "", "tel:+1206555"),
        ("n/a", "", ""),
        ("12", "", ""),
    ],
)
def test_what_a_tap_dials(written, known, uri):
    assert tel_uri(written, known) == uri


def test_digits():
    assert digits("+47 (22) 12-34") == "47221234"


ZONES = [
    ("NO", "Europe/Oslo"),
    ("no", "Europe/Oslo"),
    ("DE", "Europe/Berlin"),
    ("US", ""),
    ("", ""),
    ("ZZ", ""),
]


@pytest.mark.parametrize(("country", "zone"), ZONES)
def test_the_clock_on_the_wall_is_known_where_a_country_has_one_time(country, zone):
    assert zone_of(country) == zone

"""Where the demo's customers are: cities, streets, and telephone numbers nobody answers.

Numbers are valid for libphonenumber and come from ranges reserved for fiction where a country has
them (Germany, Sweden, France, United Kingdom), otherwise from the library's example blocks.
"""

from __future__ import annotations

from dataclasses import dataclass
from random import Random


@dataclass(frozen=True)
class Country:
    """One country of the demo. ``landline`` and ``mobile`` are patterns in which # is a digit."""

    code: str
    speech: str  # key into names and trades
    language: str
    zone: str
    weight: int
    forms: tuple[str, ...]
    cities: tuple[tuple[str, str], ...]  # postal code, city
    streets: tuple[str, ...]  # {n} is the house number
    landline: tuple[str, ...]
    mobile: tuple[str, ...]


NORTH = (
    Country(
        "DK",
        "da",
        "da",
        "Europe/Copenhagen",
        52,
        ("A/S", "ApS", "A/S", ""),
        (
            ("8000", "Aarhus C"),
            ("5000", "Odense C"),
            ("9000", "Aalborg"),
            ("7100", "Vejle"),
            ("2300", "København S"),
            ("6700", "Esbjerg"),
            ("8700", "Horsens"),
            ("4600", "Køge"),
        ),
        (
            "Havnegade {n}",
            "Industrivej {n}",
            "Møllevangen {n}",
            "Skovlunden {n}",
            "Værkstedsvej {n}",
            "Søndre Kaj {n}",
        ),
        ("+45 32 12 3# ##",),
        ("+45 34 41 2# ##",),
    ),
    Country(
        "SE",
        "sv",
        "sv",
        "Europe/Stockholm",
        40,
        ("AB", "AB", "& Söner AB"),
        (
            ("411 04", "Göteborg"),
            ("211 20", "Malmö"),
            ("112 51", "Stockholm"),
            ("582 22", "Linköping"),
            ("702 10", "Örebro"),
            ("252 20", "Helsingborg"),
        ),
        ("Hamngatan {n}", "Verkstadsgatan {n}", "Kvarnvägen {n}", "Björkallén {n}", "Norra Kajen {n}"),
        ("+46 31 390 60 ##", "+46 40 628 04 ##", "+46 8 465 004 ##"),
        ("+46 70 174 06 ##",),
    ),
    Country(
        "NO",
        "no",
        "nb",
        "Europe/Oslo",
        34,
        ("AS", "AS", "& Co AS"),
        (
            ("0250", "Oslo"),
            ("5003", "Bergen"),
            ("7010", "Trondheim"),
            ("4006", "Stavanger"),
            ("9008", "Tromsø"),
        ),
        ("Strandgata {n}", "Verftsveien {n}", "Kvernbekken {n}", "Øvre Torg {n}", "Industriveien {n}"),
        ("+47 21 23 4# ##",),
        ("+47 406 12 3##",),
    ),
    Country(
        "FI",
        "fi",
        "fi",
        "Europe/Helsinki",
        16,
        ("Oy", "Oyj", "Oy"),
        (("00180", "Helsinki"), ("33100", "Tampere"), ("20100", "Turku"), ("90100", "Oulu")),
        ("Satamakatu {n}", "Tehtaantie {n}", "Myllypolku {n}", "Koivukuja {n}"),
        ("+358 13 123 4##",),
        ("+358 41 234 5###",),
    ),
    Country(
        "GB",
        "en",
        "en",
        "Europe/London",
        38,
        ("Ltd", "Ltd", "plc", "& Sons Ltd"),
        (
            ("M1 2WD", "Manchester"),
            ("LS1 4AP", "Leeds"),
            ("BS1 6QH", "Bristol"),
            ("NE1 3DQ", "Newcastle"),
            ("S1 2HE", "Sheffield"),
            ("EH3 9QN", "Edinburgh"),
        ),
        (
            "{n} Foundry Lane",
            "{n} Canal Street",
            "Unit {n}, Mill Park",
            "{n} Harbour Road",
            "{n} Weavers Row",
        ),
        ("+44 161 496 0###", "+44 113 496 0###", "+44 117 496 0###", "+44 131 496 0###"),
        ("+44 7400 1234##",),
    ),
    Country(
        "IE",
        "en",
        "en",
        "Europe/Dublin",
        10,
        ("Ltd", "DAC"),
        (("D02 X285", "Dublin"), ("T12 K8AF", "Cork"), ("H91 E2R8", "Galway")),
        ("{n} Quay Street", "{n} Mill Road", "Unit {n}, Westlink Park"),
        ("+353 22 123 4#",),
        ("+353 85 012 3###",),
    ),
)

CENTRAL = (
    Country(
        "DE",
        "de",
        "de",
        "Europe/Berlin",
        82,
        ("GmbH", "GmbH", "GmbH & Co. KG", "AG", "KG"),
        (
            ("20457", "Hamburg"),
            ("28195", "Bremen"),
            ("24103", "Kiel"),
            ("30159", "Hannover"),
            ("04109", "Leipzig"),
            ("50667", "Köln"),
            ("80331", "München"),
            ("70173", "Stuttgart"),
            ("01067", "Dresden"),
            ("44135", "Dortmund"),
        ),
        (
            "Hafenstraße {n}",
            "Am Mühlgraben {n}",
            "Gewerbering {n}",
            "Birkenweg {n}",
            "Alte Ziegelei {n}",
            "Werkstraße {n}",
            "Lange Reihe {n}",
        ),
        ("+49 30 23125 ###", "+49 40 66969 ###", "+49 89 99998 ###", "+49 69 90009 ###", "+49 221 4710 ###"),
        ("+49 171 39200##", "+49 172 9925 9##"),
    ),
    Country(
        "AT",
        "de",
        "de",
        "Europe/Vienna",
        22,
        ("GmbH", "GmbH", "AG"),
        (("1030", "Wien"), ("4020", "Linz"), ("8010", "Graz"), ("5020", "Salzburg"), ("6020", "Innsbruck")),
        ("Donaulände {n}", "Industriezeile {n}", "Mühlbachgasse {n}", "Wiesenweg {n}"),
        ("+43 1 2345 67##",),
        ("+43 664 123 4##",),
    ),
    Country(
        "CH",
        "de",
        "de",
        "Europe/Zurich",
        20,
        ("AG", "GmbH", "AG"),
        (("8005", "Zürich"), ("4056", "Basel"), ("3011", "Bern"), ("9000", "St. Gallen"), ("6003", "Luzern")),
        ("Seestrasse {n}", "Gewerbestrasse {n}", "Mühleweg {n}", "Lindenhof {n}"),
        ("+41 21 234 56 ##",),
        ("+41 78 123 45 ##",),
    ),
    Country(
        "NL",
        "nl",
        "nl",
        "Europe/Amsterdam",
        36,
        ("B.V.", "B.V.", "& Zn. B.V."),
        (
            ("3011 AA", "Rotterdam"),
            ("9712 HM", "Groningen"),
            ("3511 EP", "Utrecht"),
            ("5611 CB", "Eindhoven"),
            ("1013 AP", "Amsterdam"),
        ),
        ("Havenkade {n}", "Molenweg {n}", "Industrieterrein {n}", "Wilgenlaan {n}", "Scheepswerf {n}"),
        ("+31 10 123 45##",),
        ("+31 6 1234 56##",),
    ),
    Country(
        "BE",
        "nl",
        "nl",
        "Europe/Brussels",
        14,
        ("NV", "BV"),
        (("2000", "Antwerpen"), ("9000", "Gent"), ("3000", "Leuven")),
        ("Dokstraat {n}", "Molenberg {n}", "Ambachtenlaan {n}"),
        ("+32 12 34 56 ##",),
        ("+32 470 12 34 ##",),
    ),
    Country(
        "FR",
        "fr",
        "fr",
        "Europe/Paris",
        30,
        ("SA", "SARL", "SAS"),
        (
            ("59000", "Lille"),
            ("69002", "Lyon"),
            ("44000", "Nantes"),
            ("67000", "Strasbourg"),
            ("33000", "Bordeaux"),
        ),
        ("{n} quai du Moulin", "{n} rue des Ateliers", "{n} avenue du Port", "{n} chemin des Tilleuls"),
        (
            "+33 1 99 00 ## ##",
            "+33 2 61 91 ## ##",
            "+33 3 53 01 ## ##",
            "+33 4 65 71 ## ##",
            "+33 5 36 49 ## ##",
        ),
        ("+33 6 12 34 56 ##",),
    ),
    Country(
        "PL",
        "pl",
        "pl",
        "Europe/Warsaw",
        16,
        ("Sp. z o.o.", "S.A."),
        (("80-001", "Gdańsk"), ("61-001", "Poznań"), ("50-001", "Wrocław"), ("30-001", "Kraków")),
        ("ul. Portowa {n}", "ul. Młyńska {n}", "ul. Fabryczna {n}", "ul. Lipowa {n}"),
        ("+48 12 345 67 ##",),
        ("+48 512 345 6##",),
    ),
    Country(
        "IT",
        "it",
        "it",
        "Europe/Rome",
        8,
        ("S.r.l.", "S.p.A."),
        (("20121", "Milano"), ("37121", "Verona"), ("40121", "Bologna")),
        ("Via del Mulino {n}", "Via dell'Officina {n}", "Viale dei Tigli {n}"),
        ("+39 02 1234 56##",),
        ("+39 312 345 67##",),
    ),
    Country(
        "ES",
        "es",
        "es",
        "Europe/Madrid",
        8,
        ("S.L.", "S.A."),
        (("48001", "Bilbao"), ("46002", "Valencia"), ("50001", "Zaragoza")),
        ("Calle del Molino {n}", "Avenida del Puerto {n}", "Calle de los Talleres {n}"),
        ("+34 810 12 34 ##",),
        ("+34 612 34 56 ##",),
    ),
)
COUNTRIES = (*NORTH, *CENTRAL)


def pick_country(rng: Random, among: tuple[Country, ...]) -> Country:
    return rng.choices(among, [country.weight for country in among])[0]


def telephone(rng: Random, patterns: tuple[str, ...]) -> str:
    """A number as people of that country write it."""
    return "".join(str(rng.randrange(10)) if char == "#" else char for char in rng.choice(patterns))


def street(rng: Random, country: Country) -> str:
    return rng.choice(country.streets).format(n=rng.randrange(1, 140))

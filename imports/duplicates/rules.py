"""When two accounts, or two people of one account, are probably the same. Pure: no Django, no database.

``keys`` makes the words under which look-alikes meet (blocking: nothing is compared with everything);
``judge`` weighs two that met, and says why in codes that pages put into words.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum
from functools import lru_cache

LIKELY = 50
"""From this score on two records are shown as a pair."""


AT_HAND = 20_000
"""Names and numbers of which the keys are remembered: a record meets many others, one after the other."""


def _set(words: str) -> frozenset[str]:
    return frozenset(words.split())


LEGAL = _set("""
    ab ag ao aps as asa bhd bv bvba co company corp corporation cv doo dba eirl eood eg ek ev gbr gie gmbh
    inc incorporated jsc kft kg kgaa kk llc llp lp ltd limited limitada limitee ltda mbh nv nyrt ohg oao oo
    ooo oy oyj pbc plc pllc ptd pte pty pvt private public sa sab sae sal sarl sas sasu sc sca scs sdn se sia
    sl slu snc sp spa spj spk spol srl sro ug uab vof zao zoo zrt
""")
SMALL = _set("""
    a and d de del der des die di du e et i la le les los of og och s the u und v van von y z
""")
GENERAL = _set("group gruppe gruppen holding holdings international intl worldwide")
FREEMAIL = _set("""
    aol.com bluewin.ch btinternet.com charter.net comcast.net fastmail.com free.fr freenet.de gmail.com gmx.at
    gmx.ch gmx.com gmx.de gmx.net googlemail.com hotmail.co.uk hotmail.com hotmail.de hotmail.fr icloud.com
    laposte.net libero.it live.com mac.com mail.com mail.ru me.com msn.com online.no orange.fr outlook.com
    outlook.de pm.me proton.me protonmail.com qq.com rocketmail.com seznam.cz sfr.fr t-online.de telia.com
    tiscali.it verizon.net virgilio.it wanadoo.fr web.de yahoo.co.uk yahoo.com yahoo.de yahoo.fr yandex.ru
    ymail.com zoho.com 163.com
""")
SECOND_LEVEL = _set("ac co com edu gov govt gv net or org ne")
LETTERS = str.maketrans(
    {"ß": "ss", "æ": "a", "ø": "o", "œ": "o", "đ": "d", "ð": "d", "þ": "th", "ł": "l", "ı": "i", "&": " "}
)
WITHIN = re.compile(r"[.'’`]")
SIGNS = re.compile(r"[\W_]+")
SHORT_FORM = re.compile(r"\b([a-z])/([a-z])\b")
UMLAUT = re.compile(r"(?<=[aou])e|(?<=a)a")
STREET = re.compile(
    r"(strasse|straat|street|gatan|gata|gaten|str|st|avenue|ave|road|rd|vej|vei|vagen|veien)$"
)


class Reason(Enum):
    """Why two records look alike; the value is what is stored."""

    NAME = "name"
    NAME_ALIKE = "name_alike"
    DOMAIN = "domain"
    EMAIL = "email"
    PHONE = "phone"
    ADDRESS = "address"
    CITY = "city"
    PERSON = "person"
    ELSEWHERE = "elsewhere"


WEIGHTS = {
    Reason.NAME: 50,
    Reason.NAME_ALIKE: 30,
    Reason.DOMAIN: 30,
    Reason.EMAIL: 45,
    Reason.PHONE: 30,
    Reason.ADDRESS: 25,
    Reason.CITY: 10,
    Reason.PERSON: 30,
    Reason.ELSEWHERE: -30,
}


@dataclass(frozen=True)
class Facts:
    """What is known of one record; all but the name may be empty. ``people``: e-mails at an account."""

    name: str
    country: str = ""
    city: str = ""
    postal_code: str = ""
    street: str = ""
    phones: tuple[str, ...] = ()
    email: str = ""
    website: str = ""
    people: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Likeness:
    score: int
    reasons: tuple[Reason, ...]

    @property
    def is_likely(self) -> bool:
        return self.score >= LIKELY


# -- normalising -------------------------------------------------------------------------------------


@lru_cache(AT_HAND)
def plain(text: str) -> str:
    """Lower case, no accents, signs as spaces: "Ærø & Søn A/S" -> "aro son a s"."""
    text = text.lower()
    if not text.isascii():
        text = unicodedata.normalize("NFKD", text.translate(LETTERS))
        text = "".join(c for c in text if not unicodedata.combining(c))
    text = WITHIN.sub("", text)  # S.p.A. is one word, as is O'Neill
    return " ".join(SIGNS.sub(" ", text).split())


def telling(name: str) -> list[str]:
    """The words that tell a company from others: no legal form, no small words."""
    text = SHORT_FORM.sub(r"\1\2", name.lower())  # A/S, c/o
    words = plain(text).split()
    names = [word for word in words if word not in LEGAL and word not in SMALL]
    own = [word for word in names if word not in GENERAL]
    return own or names or words


@lru_cache(AT_HAND)
def words_of(name: str) -> tuple[str, ...]:
    """The same in one spelling: "mueller" as "muller"."""
    return tuple([UMLAUT.sub("", word) for word in telling(name)])


@lru_cache(AT_HAND)
def name_key(name: str) -> str:
    """The same for every way to write one name: accents, word order, legal form do not count."""
    return "".join(sorted(words_of(name)))


@lru_cache(AT_HAND)
def spelled(name: str) -> str:
    """The same wherever the spaces are: "Norton Lines" and "Nortonlines"."""
    return "".join(words_of(name))


@lru_cache(AT_HAND)
def skeleton(name: str) -> str:
    """Alike for spellings that sound alike: no vowels behind the first letter, no doubled letters."""
    bones = []
    for word in words_of(name):
        sound = (
            word.replace("ph", "f").replace("ck", "k").replace("c", "k").replace("z", "s").replace("w", "v")
        )
        sound = sound[:1] + re.sub(r"[aeiouyh]", "", sound[1:])
        bones.append(re.sub(r"(.)\1+", r"\1", sound))
    return "".join(sorted(bones))


@lru_cache(AT_HAND)
def domain(address: str) -> str:
    """Whose e-mail or website it is; empty for a provider that everybody uses."""
    host = re.sub(r"^[a-z]+://", "", address.strip().lower()).rpartition("@")[2]
    host = re.split(r"[/?#:]", host, maxsplit=1)[0].strip(".")
    parts = host.split(".")
    if len(parts) < 2 or not all(parts):
        return ""
    size = 3 if len(parts) > 2 and parts[-2] in SECOND_LEVEL and len(parts[-1]) == 2 else 2
    found = ".".join(parts[-size:])
    return "" if found in FREEMAIL else found


@lru_cache(AT_HAND)
def phone(written: str) -> str:
    """The end of a number, which is the same at home and from abroad; empty for what is too short for one."""
    digits = re.sub(r"\D", "", re.split(r"(?i)ext|x|;", written, maxsplit=1)[0])
    return digits.lstrip("0")[-8:] if len(digits.lstrip("0")) >= 7 else ""


@lru_cache(AT_HAND)
def place(street: str, postal_code: str) -> str:
    """One building: street, number and postal code; empty unless all three are known."""
    words = [STREET.sub("", word) or "str" for word in plain(street).split()]
    if not postal_code.strip() or not any(c.isdigit() for c in street):
        return ""
    return (
        "".join(sorted(word for word in words if word != "str")) + "/" + plain(postal_code).replace(" ", "")
    )


def alike(one: str, other: str) -> float:
    """Share of three-letter groups that two words have in common, 0 to 1."""
    ours, theirs = _trigrams(one), _trigrams(other)
    return len(ours & theirs) / len(ours | theirs) if ours and theirs else 0.0


@lru_cache(AT_HAND)
def _trigrams(text: str) -> set[str]:
    padded = f"  {text} "
    return {padded[n : n + 3] for n in range(len(padded) - 2)} if text else set()


# -- accounts ----------------------------------------------------------------------------------------


def keys(facts: Facts) -> Iterator[tuple[str, str]]:
    """Kind and word under which the record meets those it may be the same as."""
    found = {
        ("name", name_key(facts.name)),
        ("spelled", spelled(facts.name)),
        ("sound", skeleton(facts.name)),
        ("place", place(facts.street, facts.postal_code)),
        *(("domain", domain(one)) for one in (facts.email, facts.website)),
        *(("phone", phone(one)) for one in facts.phones),
        *(("person", one.lower()) for one in facts.people),
    }
    return ((kind, key) for kind, key in found if key)


def judge(one: Facts, other: Facts) -> Likeness:
    """How likely they are one account, and why."""
    reasons = []
    if name_key(one.name) == name_key(other.name) or spelled(one.name) == spelled(other.name):
        reasons.append(Reason.NAME)
    elif _sounds_alike(one.name, other.name):
        reasons.append(Reason.NAME_ALIKE)
    if _meet(_domains(one), _domains(other)):
        reasons.append(Reason.DOMAIN)
    if _meet({phone(p) for p in one.phones}, {phone(p) for p in other.phones}):
        reasons.append(Reason.PHONE)
    here, there = place(one.street, one.postal_code), place(other.street, other.postal_code)
    if here and here == there:
        reasons.append(Reason.ADDRESS)
    elif one.city and plain(one.city) == plain(other.city):
        reasons.append(Reason.CITY)
    if {p.lower() for p in one.people} & {p.lower() for p in other.people}:
        reasons.append(Reason.PERSON)
    if one.country and other.country and one.country != other.country:
        reasons.append(Reason.ELSEWHERE)
    return _weighed(reasons)


def _sounds_alike(one: str, other: str) -> bool:
    if skeleton(one) == skeleton(other) and len(skeleton(one)) >= 3:
        return True
    return alike(name_key(one), name_key(other)) >= 0.5


def _domains(facts: Facts) -> set[str]:
    return {domain(one) for one in (facts.email, facts.website) if one}


def _meet(ours: set[str], theirs: set[str]) -> bool:
    return bool((ours & theirs) - {""})


def _weighed(reasons: list[Reason]) -> Likeness:
    score = sum(WEIGHTS[reason] for reason in reasons)
    if not {Reason.NAME, Reason.NAME_ALIKE} & set(reasons) and Reason.CITY in reasons:
        score -= WEIGHTS[Reason.CITY]  # neighbours are many
    return Likeness(max(score, 0), tuple(reasons))


# -- people ------------------------------------------------------------------------------------------


def person_keys(facts: Facts) -> Iterator[tuple[str, str]]:
    """As :func:`keys`, for people of one account."""
    found = {
        ("name", person_key(facts.name)),
        ("email", facts.email.strip().lower()),
        *(("phone", phone(one)) for one in facts.phones),
    }
    return ((kind, key) for kind, key in found if key)


def person_key(name: str) -> str:
    """First and last name in either order; of several first names and titles nothing is guessed."""
    return " ".join(sorted(plain(name).split()))


def judge_people(one: Facts, other: Facts) -> Likeness:
    """How likely two people of one account are one. A shared number alone is a switchboard."""
    reasons = []
    if person_key(one.name) == person_key(other.name):
        reasons.append(Reason.NAME)
    elif _initials_fit(one.name, other.name) or alike(person_key(one.name), person_key(other.name)) >= 0.5:
        reasons.append(Reason.NAME_ALIKE)
    if one.email and one.email.strip().lower() == other.email.strip().lower():
        reasons.append(Reason.EMAIL)
    if _meet({phone(p) for p in one.phones}, {phone(p) for p in other.phones}):
        reasons.append(Reason.PHONE)
    return _weighed(reasons)


def _initials_fit(one: str, other: str) -> bool:
    """ "E. Lind" may be "Eva Lind": the last names are the same, the first ones begin alike."""
    ours, theirs = plain(one).split(), plain(other).split()
    if len(ours) < 2 or len(theirs) < 2 or ours[-1] != theirs[-1]:
        return False
    first, second = sorted((ours[0], theirs[0]), key=len)
    return len(first) <= 2 and second.startswith(first[:1])

"""``check_mail_dns``: what is missing, in words and as an exit code, without any network."""

from __future__ import annotations

import json
from collections.abc import Sequence
from io import StringIO

import pytest
from django.core.management import call_command

from correspondence.dns import NotAnsweredError, check
from correspondence.management.commands.check_mail_dns import sender_domains
from tests.correspondence.conftest import put

GOOD = {
    "survey.example.com": ["google-site-verification=x", "v=spf1 include:_spf.provider.example -all"],
    "selector1._domainkey.survey.example.com": ["v=DKIM1; k=rsa; p=MIIB"],
    "_dmarc.survey.example.com": ["v=DMARC1; p=reject; rua=mailto:dmarc@example.com"],
}


class Stub:
    """Answers from a table; a name in ``silent`` does not answer."""

    def __init__(self, records: dict[str, list[str]], silent: frozenset[str] = frozenset()) -> None:
        self.records, self.silent = records, silent

    def texts(self, name: str) -> Sequence[str]:
        if name in self.silent or "*" in self.silent:
            raise NotAnsweredError("timed out")
        return self.records.get(name, [])


def states(
    records: dict[str, list[str]], *selectors: str, domain: str = "survey.example.com"
) -> dict[str, str]:
    return {each.record: each.state for each in check(domain, Stub(records), selectors)}


def run(stub: Stub, *args: str) -> tuple[int, str]:
    out = StringIO()
    try:
        call_command("check_mail_dns", *args, resolver=stub, stdout=out)
    except SystemExit as ended:
        return int(ended.code or 0), out.getvalue()
    return 0, out.getvalue()


def test_all_there():
    assert states(GOOD) == {"SPF": "ok", "DKIM": "ok", "DMARC": "ok"}
    assert run(Stub(GOOD), "--domain", "Survey.Example.com.")[0] == 0


def test_nothing_there_says_what_to_publish():
    code, words = run(Stub({}), "--domain", "survey.example.com")
    assert code == 1
    assert words.count("MISSING") == 3
    for cure in ("v=spf1", "--selector", "_dmarc.survey.example.com: v=DMARC1"):
        assert cure in words


@pytest.mark.parametrize(
    ("name", "texts", "record", "state"),
    [
        ("survey.example.com", ["v=spf1 a -all", "v=spf1 mx -all"], "SPF", "missing"),
        ("survey.example.com", ["v=spf10 -all"], "SPF", "missing"),
        ("survey.example.com", ["v=spf1 +all"], "SPF", "weak"),
        ("selector1._domainkey.survey.example.com", ["v=DKIM1; p="], "DKIM", "missing"),
        ("selector1._domainkey.survey.example.com", ["something else"], "DKIM", "missing"),
        ("_dmarc.survey.example.com", ["v=DMARC1; p=none"], "DMARC", "weak"),
        ("_dmarc.survey.example.com", ["v=DMARC1"], "DMARC", "missing"),
        ("_dmarc.survey.example.com", ["v=DMARC1; p=reject", "v=DMARC1; p=none"], "DMARC", "missing"),
    ],
)
def test_what_is_there_but_does_not_do(name, texts, record, state):
    found = states(GOOD | {name: texts})
    assert found[record] == state
    assert {each for other, each in found.items() if other != record} == {"ok"}


def test_a_selector_of_ones_own():
    records = dict(GOOD)
    records["acme._domainkey.survey.example.com"] = records.pop("selector1._domainkey.survey.example.com")
    assert states(records)["DKIM"] == "missing"
    assert states(records, "acme")["DKIM"] == "ok"


def test_the_organisation_answers_for_its_subdomains():
    records = dict(GOOD)
    del records["_dmarc.survey.example.com"]
    assert states(records | {"_dmarc.example.com": ["v=DMARC1; p=reject"]})["DMARC"] == "ok"
    assert states(records | {"_dmarc.example.com": ["v=DMARC1; p=reject; sp=none"]})["DMARC"] == "weak"
    assert states(records | {"_dmarc.com": ["v=DMARC1; p=reject"]})["DMARC"] == "missing"


def test_silence_is_no_proof():
    code, words = run(Stub(GOOD, frozenset({"*"})), "--domain", "survey.example.com")
    assert code == 2
    assert words.count("unknown") == 3
    code, _words = run(Stub(GOOD, frozenset({"survey.example.com"})), "--domain", "survey.example.com")
    assert code == 1


def test_for_programs():
    code, words = run(Stub({}), "--domain", "survey.example.com", "--json")
    assert code == 1
    assert [(each["record"], each["state"]) for each in json.loads(words)] == [
        ("SPF", "missing"),
        ("DKIM", "missing"),
        ("DMARC", "missing"),
    ]


@pytest.mark.django_db
def test_the_domains_are_those_of_our_senders(settings):
    settings.DEFAULT_FROM_EMAIL = "Tend <tend@CRM.example.com>"
    settings.MAIL_BOUNCE_DOMAIN = "bounces.example.com"
    put(1, 2)
    assert sender_domains() == ["bounces.example.com", "crm.example.com", "survey.example"]
    settings.DEFAULT_FROM_EMAIL, settings.MAIL_BOUNCE_DOMAIN = "tend@localhost", ""
    assert sender_domains() == ["survey.example"]

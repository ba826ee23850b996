"""Nothing that anybody writes is executed: in templates, in values, in what is stored of accounts and people.

Three hundred payloads (:mod:`payloads`) go the whole way, from the stored row to the bytes of the mail, and
50,000 generated values through filling into HTML and the blocks that letters are set from.
"""

from __future__ import annotations

import email
import email.policy
import random
import re
from email.errors import HeaderParseError
from email.message import Message as Parsed
from email.utils import parseaddr
from html.parser import HTMLParser

import pytest
from django.core.exceptions import ValidationError
from django.core.mail import BadHeaderError

from accounts.models import Account
from contacts.models import Contact
from correspondence.building import build
from correspondence.kinds import Rendered
from correspondence.models import Message, Piece, TemplateText
from correspondence.pieces import mail
from correspondence.pieces.services import queue
from correspondence.placeholders import Subject
from correspondence.texts.services import Words, filled, write_many
from correspondence.texts.services.changing import check_words
from correspondence.words.blocks import Bullets, Paragraph, parse
from correspondence.words.filling import escaped, fill, fill_line, is_blank, one_line
from correspondence.words.showing import as_html, as_text
from tests import factories as make
from tests.correspondence.texts.payloads import HEADERS, PAYLOADS, TRACES

BODY = (
    "{{salutation}}\n\nTo [{{account}}] in {{account_city}}:\n\n- {{contact_job_title}} |{{sender}}|\n\nBye"
)
TAGS = {"p", "br", "strong", "em", "ul", "ol", "li", "a"}
FRAME = {"html", "head", "meta", "title", "style", "body"}  # of templates/correspondence/mail.html


class Reader(HTMLParser):
    """The tags, attributes and letters of HTML as a mail program reads them."""

    def __init__(self, html: str) -> None:
        super().__init__(convert_charrefs=True)
        self.tags: set[str] = set()
        self.attributes: set[tuple[str, str]] = set()
        self.letters = ""
        self.feed(html)
        self.close()

    def handle_starttag(self, tag, attrs):
        self.tags.add(tag)
        self.attributes |= {(name, value or "") for name, value in attrs}

    def handle_data(self, data):
        self.letters += data

    def unknown_decl(self, data):
        raise AssertionError(f"a declaration: {data}")

    def handle_pi(self, data):
        raise AssertionError(f"an instruction: {data}")

    def handle_comment(self, data):
        raise AssertionError(f"a comment: {data}")


def harmless(html: str, allowed: set[str]) -> Reader:
    read = Reader(html)
    assert read.tags <= allowed
    for name, value in read.attributes:
        assert name in {"href", "style", "lang", "charset", "start"}
        if name == "href":
            assert re.match(r"(https?://|mailto:)", value)
    return read


def built(rendered: Rendered, **fields) -> Parsed:
    """The mail as bytes, read as a mail program does."""
    fields = {
        "kind": "piece", "topic": "service", "recipient": "eva@customer.example", "key": "1",
        "from_name": "Kari Holm", "from_address": "kari@tend.example", "message_id": "<abc@tend.example>",
    } | fields  # fmt: skip
    made = build(Message(**fields), rendered)
    assert made.recipients() == [fields["recipient"]]
    return email.message_from_bytes(made.message().as_bytes(), policy=email.policy.default)


def headers_of(mail_: Parsed) -> list[str]:
    return sorted(name.lower() for name in mail_)


def raw(mail_: Parsed, name: str) -> str:
    """As it stands in the mail: a name that looks like an encoded word is not decoded."""
    return next(value for found, value in mail_.raw_items() if found == name)


def part(mail_: Parsed, subtype: str) -> str:
    return mail_.get_body((subtype,)).get_content().replace("\r\n", "\n")


CLEAN = headers_of(built(Rendered("Subject", "Text", "<p>Text</p>", "en")))


def test_there_are_three_hundred():
    assert len(PAYLOADS) >= 300


@pytest.fixture
def pieces(db) -> list[tuple[str, Piece]]:
    """One e-mail for each payload, to an account and a person of that name, by a sender of that name."""
    kinds = [payload for payload in PAYLOADS if not is_blank(payload)]
    accounts = Account.objects.bulk_create(Account(name=value, city=value) for value in kinds)
    people = Contact.objects.bulk_create(
        Contact(account=account, first_name="Eva", last_name=value[:80], job_title=value,
                email=f"eva{account.pk}@customer.example")
        for account, value in zip(accounts, kinds, strict=True)
    )  # fmt: skip
    sender = make.make_user(display_name=HEADERS[0])
    text = make.make_template(subject="{{contact_name}} of {{account}}", body=BODY)
    jobs = [(text, Subject(person.account_id, person.pk, sender.pk)) for person in people]
    written = list(write_many(jobs))
    assert all(one.is_complete for one in written)
    made = Piece.objects.bulk_create(
        Piece(medium="email", account_id=person.account_id, contact=person, sender=sender, state="queued",
              subject=one.subject, body=one.body, text=text)
        for person, one in zip(people, written, strict=True)
    )  # fmt: skip
    return list(zip(kinds, made, strict=True))


def test_what_is_stored_of_accounts_and_people_stays_letters_in_the_mail(pieces):
    for payload, piece in pieces:
        message = Message(kind="piece", payload={"piece": piece.pk})
        rendered = mail.render(message)
        sent = built(rendered, from_name=payload, recipient=piece.contact.email)
        assert headers_of(sent) == CLEAN, payload
        assert parseaddr(raw(sent, "From"))[1] == "kari@tend.example", payload
        expected = f"To [{one_line(payload)}] in {one_line(payload)}:"
        assert expected in part(sent, "plain"), payload
        page = harmless(part(sent, "html"), TAGS | FRAME)
        assert expected in page.letters, payload
        whole = rendered.subject + part(sent, "plain") + page.letters
        assert not any(trace in whole for trace in TRACES if trace not in payload), payload
        assert rendered.subject == f"{one_line('Eva ' + payload[:80])} of {one_line(payload)}", payload


def test_given_values_stay_letters(db):
    text = TemplateText(subject="{{gift}}", body="- {{gift}}\n- a {{gift}} b", medium="email", language="en")
    for payload in PAYLOADS:
        if is_blank(payload):
            continue
        written = filled(text, {"gift": payload})
        shown = one_line(payload)
        assert written.subject == shown[:200]
        assert parse(written.body)[0].items[1] == parse(f"- a {escaped(payload)} b")[0].items[0]
        assert as_text(written.body) == f"- {shown}\n- a {shown} b", payload
        assert Reader(as_html(written.body)).letters.strip().splitlines()[-1].strip() == f"a {shown} b", (
            payload
        )


def test_a_template_is_refused_or_letters():
    """Whatever a writer of templates types: no placeholder but the documented ones, no tag but ours."""
    refused = 0
    for payload in PAYLOADS:
        words = Words("email", "en", f"About {payload}", f"{{{{salutation}}}}\n\nx {payload} y").tidy()
        try:
            check_words(words)
        except ValidationError:
            refused += 1
            continue
        text = TemplateText(medium="email", language="en", subject=words.subject, body=words.body)
        written = filled(text, {"salutation": "Dear Eva,", "account": "Acme"})
        sent = built(Rendered(written.subject, as_text(written.body), as_html(written.body), "en"))
        assert headers_of(sent) == CLEAN, payload
        page = harmless(as_html(written.body), TAGS)
        whole = written.subject + part(sent, "plain") + page.letters
        assert not any(trace in whole for trace in TRACES if trace not in payload), payload
    assert refused > 50


@pytest.mark.parametrize("field", ["recipient", "from_name", "from_address", "reply_to", "topic"])
def test_no_field_of_a_mail_smuggles_a_header_in(field):
    for payload in PAYLOADS:
        value = (
            f"eva@customer.example{payload}"
            if field in {"recipient", "from_address", "reply_to"}
            else payload
        )
        try:
            made = build(
                Message(**{
                    "kind": "piece", "topic": "service", "recipient": "eva@customer.example", "key": "1",
                    "from_address": "kari@tend.example", "message_id": "<abc@tend.example>", field: value,
                }),
                Rendered(payload, payload, as_html(payload), payload),
            ).message().as_bytes()  # fmt: skip
        except (BadHeaderError, ValueError, HeaderParseError):
            continue  # refused: the row fails with these words, and nothing leaves
        parsed = email.message_from_bytes(made, policy=email.policy.compat32)
        assert {name.lower() for name in parsed} <= {*CLEAN, "reply-to"}, payload
        assert len(parsed.keys()) == len(set(parsed.keys())), payload


@pytest.mark.parametrize("payload", HEADERS[:8])
def test_the_whole_way_by_the_doors_of_people(db, payload):
    """Entered, written, queued, rendered and built; the identity's name and signature are hostile, too."""
    sender = make.make_user(display_name=payload)
    make.make_identity(sender, name=payload, signature=f"{payload} **{payload}**")
    contact = make.make_contact(
        make.make_account(sender, name=payload, city=payload), email="eva@customer.example"
    )
    piece = queue(
        sender, make.make_piece(contact, sender, subject=one_line(payload), body=f"Hello\n\n{payload}")
    )
    message = Message.objects.get(pk=piece.message_id)
    sent = build(message, mail.render(message)).message().as_bytes()
    parsed = email.message_from_bytes(sent, policy=email.policy.default)
    assert headers_of(parsed) == CLEAN
    harmless(part(parsed, "html"), TAGS | FRAME)


class TestGenerated:
    """Hostile letters by chance, the same in every run."""

    ALPHABET = "ab7 \\*_-+.1#<>&\"'{}[]()%$|/:;@=é\t\r\n\x00\x0b\x85\u00a0\u2028\u2029\u202e\U0001f600"
    COUNT = 50_000
    AT_ONCE = 250

    def values(self):
        chance = random.Random(6)
        found = 0
        while found < self.COUNT:
            value = "".join(chance.choices(self.ALPHABET, k=chance.randint(1, 10)))
            if not is_blank(value):
                found += 1
                yield value

    def test_each_value_is_its_letters_in_subjects_mails_and_letters(self):
        batch: list[str] = []
        for number, value in enumerate(self.values(), 1):
            subject = fill_line("For {{gift}}!", {"gift": value})
            assert subject == f"For {one_line(value)}!"
            batch.append(value)
            if number % self.AT_ONCE == 0:
                self.check(batch)
                batch = []
        assert not batch

    def check(self, values: list[str]) -> None:
        source = "\n\n".join(fill("a {{gift}} b", {"gift": value}) for value in values)
        expected = [f"a {one_line(value)} b" for value in values]
        found = parse(source)
        assert not any(isinstance(block, Bullets) for block in found)
        letters = [
            "".join(run.text for run in block.lines[0])
            for block in found
            if isinstance(block, Paragraph) and len(block.lines) == 1
        ]
        assert letters == expected
        read = harmless(as_html(source), TAGS)
        assert [line for line in read.letters.split("\n") if line] == expected

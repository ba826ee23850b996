"""Nobody smuggles a header into a mail, whatever stands in names, subjects and texts."""

from __future__ import annotations

import email
import email.policy
from email.utils import parseaddr

from django.test import override_settings
from hypothesis import example, given
from hypothesis import strategies as st

from correspondence.building import build
from correspondence.kinds import Attachment, Rendered
from correspondence.models import Message

HOSTILE = st.one_of(
    st.text(max_size=60),
    st.text(alphabet="ab\r\n\t :;,<>@\"'\x00\x0b\x0c\x1c\x85\u2028\u2029\u202e", max_size=60),
    st.sampled_from(
        ["x\r\nBcc: all@evil.example", "x\nX-Evil: 1\n\nbody", "a\r\n\r\n<script>", "=?utf-8?q?=0ABcc:x?="]
    ),
)
KNOWN = {
    "content-type", "mime-version", "subject", "from", "to", "reply-to", "date", "message-id",
    "auto-submitted", "x-auto-response-suppress", "list-id", "list-unsubscribe", "content-language", "x-note",
    "content-transfer-encoding",
}  # fmt: skip


@given(subject=HOSTILE, name=HOSTILE, language=HOSTILE, note=HOSTILE, file=HOSTILE)
@example(
    subject="x\r\nBcc: a@evil.example", name="y\nBcc: b", language="en\r\nX: 1", note="\r\n", file="a\r\nb"
)
def test_no_header_is_smuggled_in(subject: str, name: str, language: str, note: str, file: str) -> None:
    message = Message(
        kind="letter", topic="survey", recipient="eva@customer.example", key="1", from_name=name,
        from_address="feedback@survey.example", reply_to="answers@survey.example",
        message_id="<abc@survey.example>",
    )  # fmt: skip
    rendered = Rendered(
        subject, "Text", "<p>Text</p>", language,
        {"X-Note": note, f"X-{file}: 1\r\nBcc": "a@evil.example", "Bcc": "a@evil.example", "From": "evil"},
        [Attachment(file, b"1", "text/plain")],
    )  # fmt: skip
    with override_settings(MAIL_BOUNCE_DOMAIN="bounces.survey.example"):
        built = build(message, rendered)
    assert built.recipients() == ["eva@customer.example"]
    parsed = email.message_from_bytes(built.message().as_bytes(), policy=email.policy.compat32)
    assert {header.lower() for header in parsed} <= KNOWN
    assert len(parsed.keys()) == len({header.lower() for header in parsed})
    assert parsed["To"] == "eva@customer.example"
    assert parseaddr(str(parsed["From"]))[1] == "feedback@survey.example"
    assert not built.from_email.startswith("feedback")
    for value in (
        str(built.subject),
        str(built.extra_headers["From"]),
        str(built.extra_headers.get("X-Note")),
    ):
        assert not set(value) & set("\r\n\x00\x0b\x0c\x85\u2028\u2029")

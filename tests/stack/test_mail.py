"""Mail of a trial installation: sent over a Unix socket, kept as a file, shown to admins."""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.core.mail import EmailMessage, get_connection
from django.test import override_settings

from config import mailbox
from stack import processes
from tests.factories import make_user
from tests.stack.conftest import FOREIGN, ROOT


@pytest.fixture(scope="module")
def sink(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A running sink; its data directory."""
    var = tmp_path_factory.mktemp("mail") / "var"
    env = {k: v for k, v in os.environ.items() if k not in FOREIGN} | {"TEND_VAR": str(var)}
    show = "from stack import paths; print(paths.MAIL_SOCKET)"
    where = subprocess.run(
        [sys.executable, "-c", show], cwd=ROOT, env=env, capture_output=True, text=True, check=True
    )
    socket = Path(where.stdout.strip())
    server = subprocess.Popen([sys.executable, "-m", "stack.mailsink"], cwd=ROOT, env=env)
    assert processes.wait_until(socket.exists, 10)
    with override_settings(MAIL_SINK_DIR=var / "mail", MAIL_SINK_SOCKET=socket):
        yield var
    server.terminate()
    assert server.wait(timeout=10) == 0
    shutil.rmtree(socket.parent)


def send(**parts: object) -> None:
    defaults = {"subject": "Grüße", "body": "Hello\n", "to": ["kari@example.org"]}
    connection = get_connection("config.mail.SinkBackend")
    assert EmailMessage(**(defaults | parts), connection=connection).send() == 1


def caught(sink: Path) -> list[mailbox.Caught]:
    return [mailbox.read(path) for path in sorted((sink / "mail").glob("*.eml"))]


def test_a_message_is_kept_with_everybody_it_went_to(sink: Path) -> None:
    send(bcc=["archive@example.org"])
    message = caught(sink)[-1]
    assert message.subject == "Grüße"
    assert message.to == "kari@example.org, archive@example.org"
    assert "Hello" in message.body


def test_messages_are_private(sink: Path) -> None:
    send()
    assert {path.stat().st_mode & 0o077 for path in (sink / "mail").glob("*.eml")} == {0}


@pytest.mark.parametrize("name", ["../secrets/secret-key", "..", "nothing", "a/b"])
def test_a_name_never_leads_out_of_the_folder(sink: Path, name: str) -> None:
    from django.http import Http404

    with pytest.raises(Http404):
        mailbox.find(name)


@pytest.fixture
def folder(tmp_path: Path, settings) -> Path:
    """Caught mail of a running installation: one message with markup in it."""
    settings.ROOT_URLCONF = "tests.stack.sink_urls"
    settings.MAIL_SINK_DIR = tmp_path
    message = EmailMessage(
        "A <b>subject</b>", "See https://crm.example.org/x <script>", "a@example.org", ["b@example.org"]
    )
    (tmp_path / "20261122-1.eml").write_bytes(message.message().as_bytes())
    return tmp_path


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("role", "status"), [("admin", 200), ("manager", 403), ("salesperson", 403), ("reader", 403)]
)
def test_only_admins_read_caught_mail(client, folder: Path, role: str, status: int) -> None:
    client.force_login(make_user(role))
    assert client.get("/dev/mail/").status_code == status
    assert client.get("/dev/mail/20261122-1/").status_code == status


@pytest.mark.django_db
def test_caught_mail_is_for_who_is_signed_in(client, folder: Path) -> None:
    for at in ("/dev/mail/", "/dev/mail/20261122-1/"):
        assert client.get(at)["Location"] == f"/auth/login/?next={at}"


@pytest.mark.django_db
def test_caught_mail_is_shown_as_text(client, folder: Path) -> None:
    client.force_login(make_user("admin"))
    listing = client.get("/dev/mail/").content.decode()
    shown = client.get("/dev/mail/20261122-1/").content.decode()
    assert "A &lt;b&gt;subject" in listing
    assert "&lt;script&gt;" in shown
    assert 'href="https://crm.example.org/x"' in shown
    assert client.get("/dev/mail/nothing/").status_code == 404


@pytest.mark.django_db
def test_without_mail_the_page_says_what_would_appear(client, folder: Path) -> None:
    (folder / "20261122-1.eml").unlink()
    client.force_login(make_user("admin"))
    assert "No mail yet" in client.get("/dev/mail/").content.decode()

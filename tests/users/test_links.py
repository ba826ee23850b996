"""Links by mail that set a password: invitations and resets. Used once, for a while, from one address."""

from __future__ import annotations

import re
from smtplib import SMTPServerDisconnected
from urllib.parse import urlsplit

import pytest
import time_machine
from django.core import mail
from django.core.cache import cache
from django.core.exceptions import ValidationError
from django.core.management import CommandError, call_command
from django.test import Client
from django.urls import reverse

from tests.factories import make_user
from tests.users.conftest import PASSWORD
from users import services
from users.models import User

pytestmark = pytest.mark.django_db
NEW = "another good password"


@pytest.fixture(autouse=True)
def _site(settings, db: None) -> None:
    settings.SITE_URL = "https://tend.example"
    cache.clear()


def link_in(message) -> str:
    """The path of the one link that sets a password, the same in text and HTML."""
    text = re.findall(r"https?://\S+/(?:invitation|key)/\S+", message.body)
    html = re.findall(r'href="(https?://[^"]+/(?:invitation|key)/[^"]+)"', message.alternatives[0][0])
    assert text == html
    assert text[0].startswith("https://tend.example/")
    return urlsplit(text[0]).path


@pytest.fixture
def ask_reset(client):
    def ask(email: str, **extra: str):
        return client.post(reverse("account_reset_password"), {"email": email}, **extra)

    return ask


def follow(client: Client, path: str):
    """Open the link as a browser does."""
    return client.get(path, follow=True)


def choose(client: Client, path: str, password: str = NEW):
    """Open the link and send the form with a new password."""
    page = follow(client, path)
    at = page.redirect_chain[-1][0] if page.redirect_chain else path
    return client.post(at, {"password1": password, "password2": password})


class TestReset:
    def test_the_link_sets_a_password_ends_all_sessions_and_works_once(
        self, ask_reset, as_salesperson, salesperson
    ):
        ask_reset(salesperson.email)
        link = link_in(mail.outbox[0])
        browser = Client()
        assert choose(browser, link)["Location"] == reverse("account_reset_password_from_key_done")
        assert as_salesperson.get("/users/profile/").status_code == 302
        assert not Client().login(email=salesperson.email, password=PASSWORD)
        assert Client().login(email=salesperson.email, password=NEW)
        assert b"does not work any more" in follow(Client(), link).content
        assert mail.outbox[-1].subject == "Your password for Tend was changed"

    def test_known_and_unknown_addresses_look_alike(self, ask_reset, salesperson):
        make_user(email="gone@tend.example", is_active=False)
        answers = [ask_reset(email) for email in (salesperson.email, "gone@tend.example", "who@tend.example")]
        assert {(answer.status_code, answer["Location"]) for answer in answers} == {
            (302, reverse("account_reset_password_done"))
        }
        assert len(mail.outbox) == 3  # the clock tells no more than the page
        assert [message.to[0] for message in mail.outbox[1:]] == ["gone@tend.example", "who@tend.example"]
        assert "/key/" not in mail.outbox[1].body + mail.outbox[2].body

    def test_it_expires_after_an_hour(self, ask_reset, salesperson):
        with time_machine.travel("2026-11-23 08:00+00:00", tick=False) as clock:
            ask_reset(salesperson.email)
            link = link_in(mail.outbox[0])
            clock.move_to("2026-11-23 08:59+00:00")
            assert b"Choose a new password" in follow(Client(), link).content
            clock.move_to("2026-11-23 09:01+00:00")
            assert b"does not work any more" in follow(Client(), link).content

    @pytest.mark.parametrize(
        "event", ["deactivated", "reactivated", "other address", "other password", "deleted"]
    )
    def test_it_dies_when_the_user_changes(self, ask_reset, admin, salesperson, event):
        ask_reset(salesperson.email)
        link = link_in(mail.outbox[0])
        if event in {"deactivated", "reactivated"}:
            services.deactivate(admin, salesperson)
        if event == "reactivated":
            services.reactivate(admin, salesperson)
        if event == "other address":
            services.edit_user(admin, salesperson, email="sam.seller@tend.example")
        if event == "other password":
            services.set_password(salesperson, "chosen elsewhere 1")
        if event == "deleted":
            salesperson.delete()
        assert b"does not work any more" in follow(Client(), link).content
        assert User.objects.filter(pk=salesperson.pk or 0).exists() == (event != "deleted")

    def test_a_link_opened_before_deactivation_cannot_be_used_after_it(self, ask_reset, admin, salesperson):
        ask_reset(salesperson.email)
        browser = Client()
        page = follow(browser, link_in(mail.outbox[0]))
        services.deactivate(admin, salesperson)
        browser.post(page.redirect_chain[-1][0], {"password1": NEW, "password2": NEW})
        salesperson.refresh_from_db()
        assert not salesperson.has_usable_password()

    @pytest.mark.parametrize("header", ["HTTP_HOST", "HTTP_X_FORWARDED_HOST", "SERVER_NAME"])
    def test_the_host_header_never_reaches_a_mail(self, ask_reset, settings, salesperson, header):
        settings.ALLOWED_HOSTS = ["*"]
        for email in (salesperson.email, "who@tend.example"):
            ask_reset(email, **{header: "evil.example"})
        for message in mail.outbox:
            assert "evil.example" not in str(message.message())
        link_in(mail.outbox[0])

    def test_a_foreign_host_is_refused_in_the_first_place(self, ask_reset, salesperson):
        assert ask_reset(salesperson.email, HTTP_HOST="evil.example").status_code == 400
        assert mail.outbox == []

    def test_asking_is_limited_per_address(self, ask_reset, salesperson):
        answers = [ask_reset(salesperson.email).status_code for _ in range(7)]
        assert answers == [302] * 5 + [429] * 2
        assert len(mail.outbox) == 5

    def test_after_it_the_new_password_works_at_once_although_many_guessed(self, ask_reset, salesperson):
        browser = Client()
        for n in range(6):
            browser.post("/auth/login/", {"login": salesperson.email, "password": f"guess {n}"})
        ask_reset(salesperson.email)
        choose(browser, link_in(mail.outbox[0]))
        answer = browser.post("/auth/login/", {"login": salesperson.email, "password": NEW})
        assert answer.status_code == 302

    def test_weak_passwords_are_refused_with_the_reason(self, ask_reset, salesperson):
        ask_reset(salesperson.email)
        answer = choose(Client(), link_in(mail.outbox[0]), "12345")
        assert b"too short" in answer.content

    def test_no_mail_server_is_said_and_not_hidden(self, ask_reset, salesperson, monkeypatch):
        def down(*args, **kwargs):
            raise SMTPServerDisconnected("gone")

        monkeypatch.setattr("django.core.mail.EmailMessage.send", down)
        for email in (salesperson.email, "who@tend.example"):
            client = Client()
            client.post(reverse("account_reset_password"), {"email": email})
            assert b"Mail does not work right now" in client.get("/auth/password/reset/done/").content

    def test_changing_it_keeps_this_browser_and_signs_the_others_out(self, as_salesperson, salesperson):
        other = Client()
        other.force_login(salesperson)
        form = {"oldpassword": PASSWORD, "password1": NEW, "password2": NEW}
        assert as_salesperson.post("/auth/password/change/", form)["Location"] == "/users/profile/"
        assert as_salesperson.get("/users/profile/").status_code == 200
        assert other.get("/users/profile/").status_code == 302

    def test_allauths_own_table_of_addresses_stays_empty(self, ask_reset, salesperson):
        from allauth.account.models import EmailAddress

        ask_reset(salesperson.email)
        choose(Client(), link_in(mail.outbox[0]))
        Client().post("/auth/login/", {"login": salesperson.email, "password": NEW})
        assert not EmailAddress.objects.exists()  # else an old address could go on signing in


class TestInvitation:
    @pytest.fixture(autouse=True)
    def clock(self):
        with time_machine.travel("2026-11-23 08:00+00:00", tick=False) as clock:
            yield clock

    @pytest.fixture
    def imported(self, db: None) -> User:
        return make_user(email=None, external_id="5", display_name="Steven Buchanan")

    @pytest.fixture
    def invite(self, as_admin, django_capture_on_commit_callbacks):
        def send(user: User, email: str):
            with django_capture_on_commit_callbacks(execute=True):
                return as_admin.post(reverse("users:invite", args=[user.pk]), {"email": email})

        return send

    def test_an_imported_user_is_invited_chooses_a_password_and_signs_in(self, invite, imported):
        assert invite(imported, "Steven@Tend.example").status_code == 302
        message = mail.outbox[0]
        assert message.to == ["steven@tend.example"]
        assert "Ann Admin invites you" in message.body
        link = link_in(message)
        browser = Client()
        page = browser.get(link)
        assert b"Welcome, Steven Buchanan" in page.content
        assert page["Referrer-Policy"] == "strict-origin"
        assert browser.post(link, {"password1": NEW, "password2": NEW})["Location"] == reverse(
            "account_login"
        )
        assert (
            browser.post("/auth/login/", {"login": "steven@tend.example", "password": NEW}).status_code == 302
        )
        assert Client().get(link).status_code == 410

    def test_two_at_once_with_one_link_set_one_password(self, invite, imported):
        invite(imported, "steven@tend.example")
        token = link_in(mail.outbox[0]).rstrip("/").split("/")[-1]
        assert services.accept_invitation(imported.pk, token, NEW)
        assert services.accept_invitation(imported.pk, token, "of the second one") is None
        imported.refresh_from_db()
        assert imported.check_password(NEW)

    def test_a_new_invitation_replaces_the_old_one(self, invite, imported, clock):
        invite(imported, "steven@tend.example")
        clock.shift(60)
        invite(imported, "steven@tend.example")
        old, new = (link_in(message) for message in mail.outbox)
        assert Client().get(old).status_code == 410
        assert Client().get(new).status_code == 200

    def test_it_works_for_a_week(self, invite, imported, clock):
        invite(imported, "steven@tend.example")
        link = link_in(mail.outbox[0])
        clock.move_to("2026-11-30 07:59+00:00")
        assert Client().get(link).status_code == 200
        clock.move_to("2026-11-30 08:01+00:00")
        assert Client().get(link).status_code == 410

    def test_deactivation_kills_it_for_good(self, invite, imported, admin):
        invite(imported, "steven@tend.example")
        link = link_in(mail.outbox[0])
        services.deactivate(admin, imported)
        assert Client().get(link).status_code == 410
        services.reactivate(admin, imported)
        assert Client().get(link).status_code == 410

    @pytest.mark.parametrize("token", ["x", "x-y", "0-0", "zzzzzzzzzzzzzzzz-0", "a" * 500])
    def test_an_invented_link_is_no_link(self, imported, token):
        assert Client().get(reverse("users:invitation", args=[imported.pk, token])).status_code == 410

    def test_a_reset_link_is_no_invitation(self, salesperson):
        from users.tokens import ResetTokens

        token = ResetTokens().make_token(salesperson)
        assert Client().get(reverse("users:invitation", args=[salesperson.pk, token])).status_code == 410

    def test_what_is_wrong_is_said_and_nothing_is_sent(self, invite, imported, salesperson):
        taken = invite(imported, salesperson.email)
        assert taken.status_code == 422
        assert b"Somebody else has this e-mail address" in taken.content
        assert b"has a password already" in invite(salesperson, salesperson.email).content
        assert invite(imported, "no address").status_code == 422
        assert mail.outbox == []

    @pytest.mark.django_db(transaction=True)
    def test_no_mail_server_is_said_and_the_address_is_kept(self, as_admin, imported, monkeypatch):
        def down(*args, **kwargs):
            raise ConnectionRefusedError("nobody listens")

        monkeypatch.setattr("django.core.mail.EmailMessage.send", down)
        page = as_admin.post(reverse("users:invite", args=[imported.pk]), {"email": "steven@tend.example"})
        assert page.status_code == 422
        assert b"The mail server did not take the invitation" in page.content
        imported.refresh_from_db()
        assert imported.email == "steven@tend.example"

    def test_without_an_address_there_is_nobody_to_write_to(self, admin, imported):
        with pytest.raises(ValidationError) as refused:
            services.invite(admin, imported)
        assert list(refused.value.message_dict) == ["email"]

    def test_two_different_passwords_and_weak_ones_are_refused(self, invite, imported):
        invite(imported, "steven@tend.example")
        link = link_in(mail.outbox[0])
        assert b"differ" in Client().post(link, {"password1": NEW, "password2": "x"}).content
        assert (
            b"too common"
            in Client().post(link, {"password1": "password123", "password2": "password123"}).content
        )
        imported.refresh_from_db()
        assert not imported.has_usable_password()


class TestCreateAdmin:
    def link(self, capsys) -> str:
        return urlsplit(capsys.readouterr().out.strip().splitlines()[-1]).path

    def test_the_first_admin_sets_a_password_by_the_printed_link(self, capsys):
        call_command("create_admin", "Eva@Tend.example", "Eva Lind")
        client = Client()
        assert client.post(self.link(capsys), {"password1": NEW, "password2": NEW}).status_code == 302
        eva = User.objects.get(email="eva@tend.example")
        assert eva.is_admin
        assert eva.check_password(NEW)
        assert mail.outbox == []

    def test_a_colleague_is_given_the_role_and_keeps_the_others(self, salesperson, capsys):
        call_command("create_admin", salesperson.email, "whatever")
        salesperson.refresh_from_db()
        assert set(salesperson.roles) == {"salesperson", "admin"}
        assert salesperson.display_name == "Sam Seller"

    @pytest.mark.parametrize("email", ["no address", "gone@tend.example"])
    def test_what_cannot_be_is_said(self, email):
        make_user(email="gone@tend.example", is_active=False)
        with pytest.raises(CommandError):
            call_command("create_admin", email, "X")
        assert not User.objects.filter(roles__contains=["admin"]).exists()

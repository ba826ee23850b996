"""My mail: nothing leaves from an address that its user has not proven."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
from django.core import mail as django_mail
from django.urls import reverse

from correspondence.models import Identity
from correspondence.pieces import services
from tests import factories as make

pytestmark = pytest.mark.django_db
AT = "/my-mail/"


@pytest.fixture
def kari(client: Any, owner: Any) -> Any:
    client.force_login(owner)
    return client


@pytest.fixture
def enter(kari: Any, django_capture_on_commit_callbacks: Any) -> Any:
    """Enter an address; the path of the link that is mailed to it, None when none is."""

    def entering(address: str, **fields: str) -> str | None:
        before = len(django_mail.outbox)
        with django_capture_on_commit_callbacks(execute=True):
            answer = kari.post(AT, {"name": "Kari Holm", "address": address, **fields})
        assert answer.status_code == 302
        if len(django_mail.outbox) == before:
            return None
        mail = django_mail.outbox[-1]
        assert mail.to == [address.lower()]
        found = re.search(r"/my-mail/verify/\S+", str(mail.body))
        assert found
        return found[0]

    return entering


def verified(owner: Any) -> str:
    found = Identity.objects.verified().filter(user=owner).first()
    return found.address if found else ""


def test_the_link_proves_the_address_by_post_alone_and_once(kari, owner, enter):
    link = enter("Kari@Tend.example")
    token = link.rstrip("/").rpartition("/")[2]
    assert token not in Identity.objects.get().token
    assert kari.get(link).status_code == 200
    assert verified(owner) == ""  # a mail scanner has looked
    shown = kari.post(link, follow=True).content.decode()
    assert "Your mails leave from kari@tend.example, verified today." in shown
    assert verified(owner) == "kari@tend.example"
    assert kari.post(link).status_code == 404


def test_a_day_later_or_after_another_link_it_is_dead(
    kari, owner, enter, clock, django_capture_on_commit_callbacks
):
    old = enter("kari@tend.example")
    clock.shift(timedelta(minutes=2))
    with django_capture_on_commit_callbacks(execute=True):
        kari.post(reverse("correspondence:my_mail_link"))
    assert kari.post(old).status_code == 404
    new = re.search(r"/my-mail/verify/\S+", str(django_mail.outbox[-1].body))[0]
    clock.shift(timedelta(hours=24, seconds=1))
    kari.force_login(owner)
    assert kari.post(new).status_code == 404
    assert verified(owner) == ""


def test_links_are_not_mailed_by_the_dozen(kari, enter, django_capture_on_commit_callbacks):
    enter("kari@tend.example")
    with django_capture_on_commit_callbacks(execute=True):
        kari.post(reverse("correspondence:my_mail_link"))
    assert len(django_mail.outbox) == 1


def test_saving_one_address_and_another_by_turns_mails_no_more_links(kari, owner, enter, clock):
    enter("kari@tend.example")
    typed = {"name": "Kari Holm", "address": "k.holm@tend.example"}
    for address in ("k.holm@tend.example", "kari.h@tend.example"):
        refused = kari.post(AT, typed | {"address": address})
        assert "wait a minute" in refused.context["form"].errors["address"][0]
    assert Identity.objects.get().address == "kari@tend.example"
    clock.shift(timedelta(minutes=2))
    kari.post(enter("k.holm@tend.example"))
    enter("kari@tend.example")
    assert enter("k.holm@tend.example") is None  # back to the one that sends
    assert kari.post(AT, typed | {"address": "kari@tend.example"}).status_code == 422


def test_a_new_address_waits_while_the_old_one_sends(kari, owner, eva, enter):
    kari.post(enter("kari@tend.example"))
    link = enter("k.holm@tend.example", signature="**Kari**")
    assert verified(owner) == "kari@tend.example"
    assert services.queue(owner, make.make_piece(eva, owner)).message.from_address == "kari@tend.example"
    kari.post(link)
    assert verified(owner) == "k.holm@tend.example"
    assert Identity.objects.get().signature == "**Kari**"


def test_name_and_signature_alone_need_no_link(kari, owner, enter):
    kari.post(enter("kari@tend.example"))
    assert enter("kari@tend.example", signature="Kari") is None
    assert verified(owner) == "kari@tend.example"


def test_another_user_s_link_and_address_are_no_use(client, kari, owner, enter):
    link = enter("kari@tend.example")
    stranger = make.make_user()
    client.force_login(stranger)
    assert client.post(link).status_code == 404
    client.force_login(owner)
    client.post(link)
    client.force_login(stranger)
    refused = client.post(AT, {"name": "Not Kari", "address": "KARI@tend.example"})
    assert "A colleague sends from this address" in refused.context["form"].errors["address"][0]


@pytest.mark.parametrize("address", ["kari", "a@b@c", "kari@tend.example\r\nBcc: all@x.example"])
def test_what_is_no_address_is_said(kari, address):
    refused = kari.post(AT, {"name": "Kari\r\nBcc: x@x.example", "address": address})
    assert refused.status_code == 422
    assert "address" in refused.context["form"].errors
    assert not Identity.objects.exists()


def test_given_up_or_deactivated_it_sends_no_more(kari, owner, eva, enter):
    kari.post(enter("kari@tend.example"))
    owner.is_active = False
    owner.save()
    assert verified(owner) == ""
    owner.is_active = True
    owner.save()
    kari.post(reverse("correspondence:my_mail_revoke"))
    assert not Identity.objects.exists()


def test_admins_see_who_has_one(client, owner):
    make.make_identity(owner, address="kari@tend.example")
    client.force_login(make.make_user("admin"))
    assert "kari@tend.example" in client.get(reverse("correspondence:identities")).content.decode()

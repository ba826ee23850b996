"""What the tables of surveys must never hold: anything that could say who answered, or when."""

from __future__ import annotations

import pytest
from django.apps import apps
from django.db import IntegrityError, connection, models, transaction
from django.urls import reverse

from surveys.models import Asked, Invitation, Programme, Wave
from surveys.services import programmes
from tests import factories as make
from tests.surveys import factories as survey
from tests.surveys.factories import TODAY
from users.models import Company

SILENT = (Invitation, Asked, Wave)


def names(model: type[models.Model]) -> set[str]:
    return {field.name for field in model._meta.get_fields() if not field.auto_created or field.concrete}


def test_an_invitation_holds_exactly_this():
    assert names(Invitation) == {
        "id", "wave", "contact", "account", "language", "codes", "send_on", "address", "state",
    }  # fmt: skip


def test_a_note_of_asking_outlives_wave_and_invitation_without_naming_them():
    assert names(Asked) == {"id", "contact", "programme", "purchase", "sent_on"}


@pytest.mark.parametrize("model", SILENT)
def test_no_moment_and_no_history_stand_beside_single_people(model):
    kinds = {type(field) for field in model._meta.get_fields()}
    assert not kinds & {models.DateTimeField, models.TimeField, models.BinaryField}
    events = {each.__name__ for each in apps.get_app_config("surveys").get_models()}
    assert f"{model.__name__}Event" not in events
    with connection.cursor() as cursor:
        cursor.execute("SELECT tgname FROM pg_trigger WHERE tgrelid = %s::regclass AND NOT tgisinternal",
                       [model._meta.db_table])  # fmt: skip
        assert cursor.fetchall() == []


@pytest.mark.parametrize("model", [Invitation, Wave])
def test_ids_say_nothing_about_order(model):
    assert type(model._meta.pk) is models.UUIDField
    assert model._meta.pk.default.__name__ == "uuid4"


def test_the_database_decides_that_nobody_is_asked_twice(wave):
    contact = survey.make_customer()
    survey.make_invitation(wave, contact)
    with pytest.raises(IntegrityError, match="invitation_once_per_wave"), transaction.atomic():
        survey.make_invitation(wave, contact)
    purchase = contact.account.purchases.get()
    Asked.objects.create(contact=contact, programme=wave.programme, purchase=purchase, sent_on=TODAY)
    with pytest.raises(IntegrityError, match="asked_once_per_purchase"), transaction.atomic():
        Asked.objects.create(
            contact=survey.make_customer(), programme=wave.programme, purchase=purchase, sent_on=TODAY
        )


@pytest.mark.parametrize("roles", [("admin",), ("salesperson", "reader"), ("admin", "manager")], ids=str)
def test_history_of_surveys_is_for_managers_alone(client, programme, roles):
    programme.name = "After a sale"
    programme.save()
    client.force_login(make.make_user(*roles))
    status = client.get(reverse("core:history", args=["surveys.programme", programme.pk])).status_code
    assert status == (200 if "manager" in roles else 404)


def test_a_company_with_a_long_name_gets_its_programmes_all_the_same():
    Company.objects.update(name="Northwind Pumps and Hydraulics " * 3 + "of Norway")
    assert len(Company.get().name) > 80
    programmes.seed()
    once = programmes.make_one_off(make.make_user("manager"), "Once")
    names = set(Programme.objects.values_list("sender_name", flat=True)) | {once.sender_name}
    assert {len(name) <= 80 and name.startswith("Northwind Pumps") for name in names} == {True}

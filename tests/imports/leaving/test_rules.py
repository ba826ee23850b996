"""Nothing that names a user is forgotten when one leaves."""

from __future__ import annotations

from django.apps import apps

from imports.leaving.rules import FATES
from users.models import User


def keys_to_users() -> set[str]:
    """Model and field of every key to a user, many-to-many too; the rows of a history are not asked."""
    return {
        f"{model._meta.app_label}.{model.__name__}.{field.name}"
        for model in apps.get_models()
        for field in [*model._meta.fields, *model._meta.many_to_many]
        if field.related_model is User
        and model._meta.app_label != "pghistory"
        and not hasattr(model, "pgh_tracked_model")
    }


def test_every_key_to_a_user_says_what_becomes_of_it():
    found, said = keys_to_users(), set(FATES)
    assert (found - said, said - found) == (set(), set())

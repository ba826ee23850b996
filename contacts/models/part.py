"""The part a person plays at their account (R21): words to choose from, weakest first."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _


class DecisionRole(models.TextChoices):
    """What somebody does when the account decides about us; several may be true of one person."""

    DECIDES = "decides", _("Decides")
    CHAMPIONS = "champions", _("Champions us")
    INFLUENCES = "influences", _("Influences")
    BLOCKS = "blocks", _("Blocks")
    PAYS = "pays", _("Pays")
    USES = "uses", _("Uses")


class Weight(models.IntegerChoices):
    """How much somebody's word counts there."""

    LOW = 1, _("Low")
    MEDIUM = 2, _("Medium")
    HIGH = 3, _("High")


class Attitude(models.IntegerChoices):
    """What they think of us."""

    AGAINST = 1, _("Against us")
    SCEPTICAL = 2, _("Sceptical")
    NEUTRAL = 3, _("Neutral")
    IN_FAVOUR = 4, _("In favour")
    FOR_US = 5, _("For us")


class Placed(models.IntegerChoices):
    """How well we are placed with them."""

    STRANGERS = 1, _("We have not met")
    KNOWN = 2, _("They know our name")
    IN_TOUCH = 3, _("We are in touch")
    HEARD = 4, _("They ask our advice")
    TRUSTED = 5, _("They trust us")

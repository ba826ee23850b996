"""What is written again and again: templates, their media and languages, and every version of their words."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from core.history import tracked
from core.models import TimeStamped
from correspondence.querysets import TemplateQuerySet, TemplateTextQuerySet


class Medium(models.TextChoices):
    """How written words reach somebody."""

    EMAIL = "email", _("E-mail")
    LETTER = "letter", _("Letter")


class Use(models.TextChoices):
    """What something is written for (R10, R18, R30)."""

    WELCOME = "welcome", _("Welcome")
    THANK_YOU = "thank_you", _("Thank-you")
    CHECK_IN = "check_in", _("Check-in")
    MEETING = "meeting", _("Meeting confirmation")
    GIFT = "gift", _("Gift")
    GREETING = "greeting", _("Season's greeting")
    OTHER = "other", _("Other")


@tracked()
class Template(TimeStamped):
    """One thing that is written again and again, such as "Thank-you after a call"; its words are in
    :class:`TemplateText`. A retired one is offered no more and keeps what was written with it.
    """

    name = models.CharField(max_length=80, unique=True)
    use = models.CharField(max_length=10, choices=Use, default=Use.OTHER)
    language = models.CharField(
        max_length=10, default="en", help_text="Stands in for languages it has no words in."
    )
    is_retired = models.BooleanField(default=False)

    objects = TemplateQuerySet.as_manager()

    def __str__(self) -> str:
        return self.name


class TemplateText(TimeStamped):
    """The words of a template in one medium and language. A change is a new row with the next number: what
    was written with an older one can always be told. The highest number counts.
    """

    template = models.ForeignKey(Template, on_delete=models.CASCADE, related_name="texts")
    medium = models.CharField(max_length=6, choices=Medium)
    language = models.CharField(max_length=10)
    number = models.PositiveIntegerField(help_text="1 is the first version.")
    subject = models.CharField(max_length=200, blank=True, help_text="May hold placeholders.")
    body = models.TextField(help_text="Source as correspondence.words reads it, from salutation to closing.")
    written_by = models.ForeignKey(
        "users.User", null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )

    objects = TemplateTextQuerySet.as_manager()

    class Meta:
        constraints = [
            # two people who save at once: the second is told, never merged
            models.UniqueConstraint(
                fields=["template", "medium", "language", "number"], name="template_text_numbered"
            ),
            models.CheckConstraint(name="template_text_says_something", condition=~Q(body="")),
        ]

    def __str__(self) -> str:
        return f"{self.template}, {self.get_medium_display()}, {self.language}, {self.number}"

"""Templates for a new installation. A use that has one already is left alone."""

from __future__ import annotations

from django.db import transaction

from correspondence.models import Template, TemplateText
from correspondence.texts.seed_data import CLOSINGS, TEMPLATES


@transaction.atomic
def seed() -> int:
    """Make the templates of the uses that have none, a retired one included. Returns how many were made."""
    there = set(Template.objects.order_by().values_list("use", flat=True))
    names = set(Template.objects.order_by().values_list("name", flat=True))
    missing = [use for use, (name, _texts) in TEMPLATES.items() if use not in there and name not in names]
    for use in missing:
        name, texts = TEMPLATES[use]
        template = Template.objects.create(name=name, use=use, language="en")
        TemplateText.objects.bulk_create(
            TemplateText(
                template=template, medium=medium, language=language, number=1, subject=subject,
                body=f"{{{{salutation}}}}\n\n{words}\n\n{closings[language]}",
            )
            for medium, closings in CLOSINGS.items()
            for language, (subject, words) in texts.items()
        )  # fmt: skip
    return len(missing)

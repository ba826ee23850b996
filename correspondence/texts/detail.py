"""What the page of one template shows around the words: tabs, menu of placeholders, versions, preview."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _

from contacts.models import Contact
from correspondence.models import Template, TemplateText
from correspondence.placeholders import PLACEHOLDERS, Placeholder
from correspondence.querysets import may_write_templates
from correspondence.texts.cards import language_choices, rows_of
from correspondence.texts.previews import preview
from correspondence.texts.spots import Spot
from users.models import User

SHOWN_VERSIONS = 8


@dataclass(frozen=True)
class Group:
    """Placeholders of the menu that need the same thing to be at hand."""

    label: str
    placeholders: Sequence[Placeholder]


def groups() -> list[Group]:
    """The menu: what is always there, then what needs a talk, a meeting, a gift."""
    labels = {
        "": _("Always"),
        "talk": _("After a talk"),
        "meeting": _("About a meeting"),
        "gift": _("With a gift"),
    }
    return [
        Group(label, [each for each in PLACEHOLDERS if each.needs == needs])
        for needs, label in labels.items()
    ]


def place_url(template: Template, medium: str, language: str, **more: str) -> str:
    """The page of a template with these words."""
    query = urlencode({"medium": medium, "language": language, **more})
    return f"{reverse('templates:detail', args=[template.pk])}?{query}"


def context_of(
    user: User,
    template: Template,
    texts: Sequence[TemplateText],
    here: Spot,
    contact: Contact | None,
    *,
    all_versions: bool,
) -> dict[str, Any]:
    """All but the form. ``contact``: whom the preview is for."""
    wanted = TemplateText.objects.visible_to(user).current().languages()
    versions = TemplateText.objects.visible_to(user).filter(template=template).with_writers()
    found = list(versions.of(here.medium, here.language)[: None if all_versions else SHOWN_VERSIONS + 1])
    return {
        "template": template,
        "here": here,
        "rows": rows_of(template, texts, [*wanted, here.language]),
        "languages": _unwritten(texts, here),
        "groups": groups(),
        "versions": found if all_versions else found[:SHOWN_VERSIONS],
        "has_more": not all_versions and len(found) > SHOWN_VERSIONS,
        "is_editable": may_write_templates(user),
        "contact": contact,
        "people": [contact] if contact else [],
    }


def shown(user: User, contact: Contact | None, here: Spot, words: dict[str, str]) -> dict[str, Any]:
    """The preview of what stands in the editor."""
    text = TemplateText(
        template=here.template, medium=here.medium, language=here.language,
        subject=words["subject"][:500], body=words["body"][:50_000],
    )  # fmt: skip
    return {"preview": preview(user, contact, text), "medium": here.medium}


def _unwritten(texts: Sequence[TemplateText], here: Spot) -> list[tuple[str, Any]]:
    there = {text.language for text in texts if text.medium == here.medium} | {here.language}
    return [choice for choice in language_choices() if choice[0] not in there]

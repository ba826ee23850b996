"""Texts of mails: a missing value refuses to send; styles go into the tags (mail programs drop sheets)."""

from __future__ import annotations

from functools import lru_cache
from typing import Any, cast

import css_inline
from django.conf import settings
from django.template import Context, Engine
from django.utils import translation


class MissingValueError(LookupError):
    """A mail says something that the context does not hold; half a sentence is never sent."""


class _Refuse(str):
    """What Django puts in place of a missing value: it raises instead."""

    def __mod__(self, missing: object) -> str:
        raise MissingValueError(f"“{missing}” has no value.")


def strictly(template: str, context: dict[str, Any], language: str) -> str:
    """Render a mail's template in a language. Raises MissingValueError where it would print nothing.

    ``{% if name %}`` may ask for what is missing; ``{{ name }}`` may not.
    """
    with translation.override(language):
        return (
            _engine()
            .get_template(template)
            .render(Context(context, autoescape=not template.endswith(".txt")))
        )


def inlined(html: str) -> str:
    """The page with its style sheet written into the tags. Loads nothing from anywhere."""
    return _inliner().inline(html)


@lru_cache(maxsize=1)
def _engine() -> Engine:
    return Engine(
        dirs=[str(folder) for folder in cast("list[Any]", settings.TEMPLATES[0]["DIRS"])],
        app_dirs=True,
        string_if_invalid=_Refuse("%s"),  # Django puts the name of what is missing into it
        libraries={"ui": "core.templatetags.ui"},
        builtins=["django.templatetags.i18n", "django.templatetags.l10n"],
    )


@lru_cache(maxsize=1)
def _inliner() -> css_inline.CSSInliner:
    return css_inline.CSSInliner(load_remote_stylesheets=False, keep_style_tags=True)

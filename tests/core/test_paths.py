"""``{% url %}`` says what Django's own says, on every page that there is."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.template import Context, Engine, engines
from django.urls import NoReverseMatch, URLPattern, URLResolver, get_resolver, set_script_prefix
from django.urls.converters import IntConverter

DJANGO = Engine(builtins=["django.template.defaulttags"])
NUMBERS = (0, 7, 1_234, 10**12)


def with_numbers(resolver: URLResolver, names: str = "", before: int = 0) -> Iterator[tuple[str, int]]:
    """Names of all pages whose address has numbers only, with how many."""
    for each in resolver.url_patterns:
        converters = each.pattern.converters.values()
        if any(type(one) is not IntConverter for one in converters) or each.pattern.regex.groups > len(
            converters
        ):
            continue
        count = before + len(converters)
        if isinstance(each, URLPattern):
            if each.name:
                yield f"{names}{each.name}", count
        else:
            yield from with_numbers(each, f"{names}{each.namespace}:" if each.namespace else names, count)


def both(source: str, **context: Any) -> tuple[str, str]:
    ours = engines["django"].from_string(source).render(context)
    return ours, DJANGO.from_string(source).render(Context(context))


def test_every_address_is_djangos() -> None:
    pages = list(with_numbers(get_resolver()))
    assert len(pages) > 150
    for name, count in pages:
        for number in NUMBERS:
            given = {f"n{place}": number + place for place in range(count)}
            ours, theirs = both(f"{{% url '{name}' {' '.join(given)} %}}", **given)
            assert ours == theirs


@pytest.mark.parametrize("pk", ["12", "", None, -1, True, 1.5])
def test_what_is_no_number_goes_djangos_way(pk: Any) -> None:
    source = "{% url 'contacts:detail' pk as address %}[{{ address }}]"
    ours, theirs = both(source, pk=pk)
    assert ours == theirs


def test_an_unknown_page_is_an_error_and_empty_with_a_name() -> None:
    with pytest.raises(NoReverseMatch):
        engines["django"].from_string("{% url 'contacts:nowhere' 5 %}").render({})
    assert both("{% url 'contacts:nowhere' 5 as address %}[{{ address }}]") == ("[]", "[]")


def test_below_another_root() -> None:
    source = "{% url 'contacts:detail' 5 %}"
    assert both(source) == ("/contacts/5/", "/contacts/5/")
    set_script_prefix("/crm/")
    try:
        assert both(source) == ("/crm/contacts/5/", "/crm/contacts/5/")
    finally:
        set_script_prefix("/")

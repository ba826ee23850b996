"""Paging never hides rows and never counts without bound."""

import pytest
from django.test import RequestFactory

from core import pagination
from core.pagination import page_number, paginate


class Rows(list):
    """A list that slices and counts like a queryset."""

    def order_by(self):
        return self

    def __getitem__(self, part):
        return Rows(super().__getitem__(part)) if isinstance(part, slice) else super().__getitem__(part)

    def count(self):
        return len(self)


def test_first_middle_and_last_page():
    rows = Rows(range(25))
    first, second, third = (paginate(rows, number, 10) for number in (1, 2, 3))
    assert (list(first.rows), first.first, first.last, first.next_number) == (list(range(10)), 1, 10, 2)
    assert (second.previous_number, second.next_number, second.total) == (1, 3, 25)
    assert (list(third.rows), third.has_next, third.last) == ([20, 21, 22, 23, 24], False, 25)


def test_exactly_full_pages_have_no_empty_page_behind_them():
    assert not paginate(Rows(range(20)), 2, 10).has_next


def test_a_page_behind_the_end_is_the_first():
    assert paginate(Rows(range(5)), 9, 10).number == 1


def test_an_empty_list_has_one_empty_page():
    page = paginate(Rows(), 3, 10)
    assert (page.number, page.first, page.last, page.total) == (1, 0, 0, 0)


def test_beyond_the_bound_it_says_more_than_and_goes_on(monkeypatch):
    monkeypatch.setattr(pagination, "COUNT_BOUND", 15)
    rows = Rows(range(50))
    page = paginate(rows, 4, 10)
    assert (page.total, page.more_than, list(page.rows), page.has_next) == (
        15,
        True,
        list(range(30, 40)),
        True,
    )


@pytest.mark.parametrize(
    ("text", "number"), [("3", 3), ("0", 1), ("-2", 1), ("x", 1), ("", 1), ("²", 1), ("9" * 30, 1)]
)
def test_nonsense_is_the_first_page(text, number):
    assert page_number(RequestFactory().get("/", {"page": text})) == number

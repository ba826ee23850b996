"""Replies to htmx carry messages; whole pages show them themselves."""

import json

import pytest
from django.contrib import messages
from django.contrib.messages.storage.fallback import FallbackStorage
from django.http import HttpResponse
from django.shortcuts import redirect
from django.test import RequestFactory
from django_htmx.middleware import HtmxDetails

from core.htmx import ToastMiddleware, go, is_htmx, toast


@pytest.fixture
def request_of():
    def make(**headers):
        request = RequestFactory().get("/", headers=headers)
        request.htmx = HtmxDetails(request)
        request.session = {}
        request._messages = FallbackStorage(request)
        return request

    return make


def answer(request, response=None):
    return ToastMiddleware(lambda _: response or HttpResponse())(request)


def test_a_fragment_carries_its_toasts(request_of):
    request = request_of(**{"HX-Request": "true"})
    toast(request, "Saved.", undo="/undo/1/")
    events = json.loads(answer(request)["HX-Trigger"])
    assert events == {"tend:toasts": {"items": [{"level": "success", "text": "Saved.", "undo": "/undo/1/"}]}}


@pytest.mark.parametrize("before", ["moved", "moved, shaken", '{"moved": {"to": 1}}'])
def test_events_that_are_there_stay(request_of, before):
    request = request_of(**{"HX-Request": "true"})
    toast(request, "Saved.")
    events = json.loads(answer(request, HttpResponse(headers={"HX-Trigger": before}))["HX-Trigger"])
    assert {"moved", "tend:toasts"} <= set(events)


def test_toasts_come_before_what_may_remove_the_element_that_asked(request_of):
    request = request_of(**{"HX-Request": "true"})
    toast(request, "Saved.")
    events = json.loads(answer(request, HttpResponse(headers={"HX-Trigger": "moved"}))["HX-Trigger"])
    assert list(events) == ["tend:toasts", "moved"]


def test_an_undo_is_told_where_to_go_and_the_page_there_shows_the_message(request_of):
    request = request_of(**{"X-Requested-With": "fetch"})
    toast(request, "Open again.")
    reply = answer(request, redirect("/there/?at=1"))
    assert (reply.status_code, reply["HX-Redirect"]) == (204, "/there/?at=1")
    assert [str(message) for message in messages.get_messages(request)] == ["Open again."]


@pytest.mark.parametrize("headers", [{}, {"HX-Request": "true", "HX-Boosted": "true"}])
def test_whole_pages_show_messages_themselves(request_of, headers):
    request = request_of(**headers)
    toast(request, "Saved.")
    assert "HX-Trigger" not in answer(request).headers


def test_a_reply_that_leaves_keeps_them_for_the_next_page(request_of):
    request = request_of(**{"HX-Request": "true"})
    toast(request, "Saved.")
    leaving = answer(request, HttpResponse(headers={"HX-Redirect": "/"}))
    assert "HX-Trigger" not in leaving.headers


def test_going_elsewhere_is_a_redirect_or_its_header(request_of):
    assert go(request_of(), "/x/").url == "/x/"
    reply = go(request_of(**{"HX-Request": "true"}), "/x/")
    assert (reply.status_code, reply["HX-Redirect"]) == (204, "/x/")
    assert not is_htmx(request_of())

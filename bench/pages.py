"""My day, the account page and the ledger over real HTTP, beside a minimal page on the same server."""

from __future__ import annotations

import http.client
import os
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from statistics import median, quantiles

from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.urls import reverse

from accounts.models import Account
from bench import facts, memory
from stack import paths, processes
from users.models import User
from users.sessions import SessionStore

WORKERS = 2
WARM_UP = 20
USERS = 12  # signed-in people whose pages are asked in turn
COMPANY = {
    "ledger of the company": "/ledger/",
    "ledger by account": "/ledger/?by=account",
    "contacts of the ledger": "/ledger/rows/?mark=owed",
    "accounts at risk": "/ledger/silence/",
}
"""Pages over everything there is, as an admin sees them."""

LONG = 10_200  # entries of the longest history, a little more than its name says
TODAY = date(2026, 11, 24)  # of the whole bench
SORTED = {
    f"accounts by {words}": f"/accounts/?owner=all&sort={sort}"
    for words, sort in (
        ("name", "name"),
        ("place", "where"),
        ("owner", "owner"),
        ("tier", "-tier"),
        ("lowest tier", "tier"),
        ("last sale", "-last_sale"),
        ("longest without a sale", "last_sale"),
        ("last contact", "-last_contact"),
        ("longest silence", "last_contact"),
        ("next contact", "next_contact"),
        ("sales", "-sales"),
        ("worst concern", "-concern"),
        ("tags", "tags"),
        ("customer since", "-customer_since"),
        ("employees", "-employees"),
        ("paused until", "-paused"),
        ("phone", "phone"),
    )
}
"""The list of all accounts of the company in every order that people use."""

PACE = 0.2  # seconds between two people who open My day
EVERY = 10  # a page of the company costs many times a page of a person: asked one time in so many


@dataclass
class Pages:
    """Milliseconds of every answer, by page; and the most memory a web process had."""

    times: dict[str, list[float]] = field(default_factory=dict)
    sizes: dict[str, int] = field(default_factory=dict)
    peak: int = 0

    def p50(self, page: str) -> float:
        return median(self.times[page])

    def p95(self, page: str) -> float:
        return quantiles(self.times[page], n=20)[18]


def sign_in(user: User) -> str:
    """A session as the sign-in page makes it; its cookie."""
    session = SessionStore()
    session[SESSION_KEY] = str(user.pk)
    session[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[0]
    session[HASH_SESSION_KEY] = user.get_session_auth_hash()
    session.save()
    return f"{settings.SESSION_COOKIE_NAME}={session.session_key}"


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def server() -> Iterator[tuple[int, subprocess.Popen[bytes]]]:
    """The product under gunicorn on a port of loopback, on the database this process uses."""
    port = free_port()
    command = [
        sys.executable, "-m", "gunicorn", "config.wsgi:application", "--bind", f"127.0.0.1:{port}",
        "--workers", str(WORKERS), "--no-control-socket", "--worker-tmp-dir", str(paths.SOCKETS),
        "--log-level", "warning",
    ]  # fmt: skip
    environment = os.environ | {"DJANGO_SETTINGS_MODULE": "bench.settings"}
    process = subprocess.Popen(command, env=environment, cwd=paths.ROOT, start_new_session=True)
    try:
        if not processes.wait_until(lambda: answers(port) or process.poll() is not None, 30):
            raise RuntimeError("The web server did not answer within 30 seconds.")
        yield port, process
    finally:
        process.terminate()
        process.wait(20)


@contextmanager
def my_day() -> Iterator[Callable[[Callable[[float], bool]], list[float]]]:
    """Asks for My day of one salesperson after the other until it is told to stop; milliseconds of each."""
    users = list(User.objects.with_role("salesperson").order_by("pk")[:USERS])
    cookies = [sign_in(user) for user in users]
    with server() as (port, _process):

        def ask(is_over: Callable[[float], bool]) -> list[float]:
            begun = time.monotonic()
            found: list[float] = []
            while not is_over(begun) or len(found) < 2:
                at = time.monotonic()
                cookie = cookies[len(found) % len(cookies)]
                found.append(get(port, reverse("home"), cookie)[0])
                time.sleep(max(0.0, at + PACE - time.monotonic()))
            return found

        for cookie in cookies:
            get(port, reverse("home"), cookie)
        yield ask


def answers(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def get(port: int, address: str, cookie: str) -> tuple[float, int]:
    """One request over a new connection. Milliseconds and bytes; raises when it is not a page."""
    start = time.perf_counter()
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    connection.request("GET", address, headers={"Cookie": cookie, "Accept-Encoding": "gzip"})
    response = connection.getresponse()
    body = response.read()
    connection.close()
    if response.status != 200:
        raise RuntimeError(f"{address} answered {response.status}.")
    return (time.perf_counter() - start) * 1000, len(body)


def addresses(users: list[User]) -> dict[str, list[tuple[int, str]]]:
    """What is asked for, as (index of the user, address): each user's own day and own accounts."""
    accounts = [
        (index, key)
        for index, user in enumerate(users)
        for key in Account.objects.filter(owner=user, status="customer").values_list("pk", flat=True)[:5]
    ]
    facts.lengthen(accounts[-1][1], LONG, TODAY)
    facts.execute("VACUUM ANALYZE contacts_interaction, contacts_contact, contacts_concern, sales_purchase")
    pages = [(index, reverse("accounts:detail", args=[key])) for index, key in accounts]
    index, long = accounts[-1][0], reverse("accounts:timeline", args=[accounts[-1][1]])
    return {
        "minimal page": [(index, "/bench/minimal/") for index in range(len(users))],
        "My day": [(index, reverse("home")) for index in range(len(users))],
        "account page": pages[:-1],
        "account page, 10,000 entries": pages[-1:],
        "timeline of 10,000, filtered": [(index, f"{long}?kind=talk&who=u{users[index].pk}")],
        "timeline of 10,000, words found": [(index, f"{long}?q=uberholung")],
        "timeline of 10,000, words not there": [(index, f"{long}?q=nowhere")],
    }


def measure(requests: int) -> Pages:
    """Every page in turn, so that what the machine does meanwhile hits all of them alike."""
    found = Pages()
    admin = User.objects.create_user(email="admin@bench.example", display_name="Admin", roles=["admin"])
    step = max(1, User.objects.filter(is_active=True).count() // USERS)
    users = list(User.objects.with_role("salesperson").order_by("pk")[::step][:USERS])
    cookies = [sign_in(user) for user in users]
    company = COMPANY | SORTED
    asked = addresses(users) | {page: [(len(users), address)] for page, address in company.items()}
    cookies.append(sign_in(admin))
    with server() as (port, process):
        for turn in range(-WARM_UP, requests):
            for page, choices in asked.items():
                if page in company and turn % EVERY:
                    continue
                index, address = choices[turn % len(choices)]
                milliseconds, size = get(port, address, cookies[index])
                if turn >= 0:
                    found.times.setdefault(page, []).append(milliseconds)
                    found.sizes[page] = size
        workers = memory.children(process.pid)
        found.peak = max(memory.resident_peak(pid) for pid in workers) if workers else 0
    return found

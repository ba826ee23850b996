"""Fixtures for every test. Keep it small: an app's fixtures belong into its own folder."""

import os
import shutil
from collections.abc import Iterator
from importlib import import_module
from typing import Any

import pytest
from django.apps import apps
from django.db import connections
from hypothesis import HealthCheck, settings
from pytest_django.plugin import blocking_manager_key

from tests.ballots import ballots, ballots_database, box, box_process  # noqa: F401

# A machine that does several things at once is slow, not wrong: how long an example takes is no test.
settings.register_profile("tend", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("tend")


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict[str, Any]) -> dict[str, Any]:
    """Debian's Chromium instead of a downloaded one, and silent towards the network."""
    path = os.environ.get("TEND_CHROMIUM") or shutil.which("chromium")
    sandbox = ["--no-sandbox"] if os.getuid() == 0 else []
    quiet = [
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-sync",
        "--disable-quic",
    ]
    return browser_type_launch_args | {"executable_path": path, "args": [*sandbox, *quiet]}


@pytest.hookimpl(wrapper=True)
def pytest_runtest_teardown(item: pytest.Item) -> Iterator[None]:
    """A test that commits leaves empty tables behind: what migrations put there stands again after it."""
    yield
    marker = item.get_closest_marker("django_db")
    if marker is not None and marker.kwargs.get("transaction"):
        with item.config.stash[blocking_manager_key].unblock():
            import_module("cadences.migrations.0001_squashed_0022_written_by_the_plan").create(apps, None)
            connections.close_all()


@pytest.fixture(autouse=True, scope="session")
def _no_real_queue() -> None:
    """Whoever rings the queue in a test rings nobody: the broker of this checkout serves real data.

    Tests of real workers start them, with a broker of their own, in other processes (tests/queue.py).
    """
    from config.celery import app

    app.conf.broker_url = "memory://"

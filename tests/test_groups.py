"""Tests that share something costly stay on one worker. When they do not, they fail far from the reason."""

import os

import pytest

GROUP = "stays together"


@pytest.mark.xdist_group(GROUP)
def test_workers_are_given_whole_groups(request: pytest.FixtureRequest) -> None:
    """The scheduler knows a group by the end of a test's name, which a release of pytest took away."""
    if "PYTEST_XDIST_WORKER" not in os.environ:
        pytest.skip("one process has everything")
    assert request.node.nodeid.endswith(f"@{GROUP}")

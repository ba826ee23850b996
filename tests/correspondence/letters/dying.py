"""A worker in a process of its own, as a fault test starts it and kills it (``python -m``)."""

import sys

import django

django.setup()

from django.conf import settings  # noqa: E402 - needs set-up

from correspondence.letters import batches  # noqa: E402

assert settings.FAULT_TESTS
batches.AT_ONCE = 2
batches.work(int(sys.argv[1]))

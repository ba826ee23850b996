"""A worker that prepares a mailing in small steps, in a process of its own (``python -m … ID``)."""

import sys

import django

django.setup()

from correspondence.mailings import preparing  # noqa: E402 - needs loaded apps

preparing.STEP = 40
preparing.prepare(int(sys.argv[1]))

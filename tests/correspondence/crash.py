"""A dispatcher in a process of its own, as a fault test starts it (``python -m``)."""

import django

django.setup()

from correspondence import kinds, services  # noqa: E402 - needs loaded apps
from tests.correspondence.conftest import LETTER, NOTICE, render  # noqa: E402

kinds.register(LETTER, render=render, once=True)
kinds.register(NOTICE, render=render, once=False)
services.send_due()

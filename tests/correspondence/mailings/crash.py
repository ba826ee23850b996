"""Dispatchers that are killed at random mails, one after the other, as a fault test starts them.

``python -m … SEED KILLS``. Forked, so that a hundred of them cost seconds. The last ones are left alone.
Prints how many were killed.
"""

import os
import random
import signal
import sys
from datetime import timedelta

import django

django.setup()

from django.utils import timezone  # noqa: E402 - needs loaded apps

from correspondence import services  # noqa: E402
from correspondence.models import Message  # noqa: E402
from correspondence.services import sending  # noqa: E402

DONE, GO_ON = 0, 1
# what is killed most is a dispatcher that hands over: there doubt begins
STEPS = ["outbox handed over"] * 6 + ["outbox announced", "outbox recorded", "outbox rendered"]


def dispatch(step: str, nth: int) -> int:
    """Send, and die as by kill -9 when that step is reached for the nth time."""
    seen = 0

    def kill_point(at: str) -> None:
        nonlocal seen
        seen += at == step
        if at == step and seen == nth:
            os.kill(os.getpid(), signal.SIGKILL)

    sending.kill_point = kill_point
    # as if the leases of those that died before had run out
    Message.objects.filter(state="sending").update(lease_until=timezone.now() - timedelta(seconds=1))
    services.send_due()
    return GO_ON if Message.objects.filter(state__in=["pending", "sending"]).exists() else DONE


def main() -> None:
    chance, kills = random.Random(int(sys.argv[1])), int(sys.argv[2])
    killed = 0
    for _ in range(2_000):
        step = chance.choice(STEPS)
        nth = chance.randint(1, 40) if step == "outbox handed over" else 1
        if killed == kills:
            step = ""
        child = os.fork()
        if not child:
            os._exit(dispatch(step, nth))
        status = os.waitpid(child, 0)[1]
        if os.WIFSIGNALED(status):
            killed += 1
        elif os.WEXITSTATUS(status) == DONE:
            break
    sys.stdout.write(f"{killed}\n")


if __name__ == "__main__":
    main()

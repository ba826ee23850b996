"""``python -m bench.surveys.crowd FOLDER``: customers who answer a survey, so many a second whatever the box
does.

A process of its own, of the standard library alone. Reads plan.json, writes what came of every submit into
answered.json.
"""

from __future__ import annotations

import http.client
import json
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

THREADS = 200  # far more than can be under way: nobody waits for anybody
THANKS = b"<h1>Thank you</h1>"


def main() -> None:
    folder = Path(sys.argv[1])
    plan = json.loads((folder / "plan.json").read_text())
    with ThreadPoolExecutor(THREADS) as crowd:
        begin = time.monotonic() + 0.5
        found = crowd.map(
            lambda turn: _answer(plan, turn[1], begin + turn[0] / plan["rate"]), enumerate(plan["tickets"])
        )
        (folder / "answered.json").write_text(json.dumps(list(found)))


def _answer(plan: dict[str, Any], ticket: str, at: float) -> dict[str, Any]:
    """Submit at that moment."""
    time.sleep(max(0.0, at - time.monotonic()))
    late = time.monotonic() - at
    start = time.monotonic()
    try:
        status, page = _ask(plan["port"], f"/s/{ticket}", urlencode(plan["answers"], doseq=True))
    except OSError as error:
        return {"status": 0, "thanked": False, "seconds": time.monotonic() - start, "said": str(error)}
    return {
        "status": status, "thanked": status == 200 and THANKS in page, "late": late,
        "seconds": time.monotonic() - start,
    }  # fmt: skip


def _ask(port: int, path: str, form: str) -> tuple[int, bytes]:
    """One submit over a connection of its own, as every customer has one."""
    line = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    try:
        line.request("POST", path, form, {"Content-Type": "application/x-www-form-urlencoded"})
        answer = line.getresponse()
        return answer.status, answer.read()
    finally:
        line.close()


if __name__ == "__main__":
    main()

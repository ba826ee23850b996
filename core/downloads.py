"""Files of people, handed out."""

from __future__ import annotations

from typing import IO, Any

from django.http import FileResponse


def as_download(content: IO[Any], name: str, kind: str, *, is_secret: bool = False) -> FileResponse:
    """As a download only: no browser ever shows it as a page of ours, whatever it is called.

    ``is_secret``: nothing on the way keeps it.
    """
    answer = FileResponse(content, as_attachment=True, filename=name, content_type=kind)
    answer.headers["X-Content-Type-Options"] = "nosniff"
    answer.headers["Content-Security-Policy"] = "default-src 'none'; sandbox; frame-ancestors 'none'"
    if is_secret:
        answer.headers["Cache-Control"] = "no-store"
    return answer

"""Files of people, handed out."""

from __future__ import annotations

from typing import IO, Any

from django.http import FileResponse


def as_download(content: IO[Any], name: str, kind: str) -> FileResponse:
    """As a download only: no browser ever shows it as a page of ours, whatever it is called."""
    answer = FileResponse(content, as_attachment=True, filename=name, content_type=kind)
    answer.headers["X-Content-Type-Options"] = "nosniff"
    answer.headers["Content-Security-Policy"] = "default-src 'none'; sandbox; frame-ancestors 'none'"
    return answer

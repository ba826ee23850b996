"""PDFs as answers: shown by the browser, never run as a page of ours."""

from __future__ import annotations

from collections.abc import Sequence
from io import BytesIO
from typing import Any

from django.http import FileResponse

from correspondence.letters import pdf
from correspondence.letters.sheets import Paper, Sheet


def shown_pdf(paper: Paper, sheets: Sequence[Sheet], title: str, name: str) -> FileResponse:
    """Letters, set now."""
    return inline(pdf.letters(paper, sheets, title), name)


def inline(content: bytes | Any, name: str) -> FileResponse:
    """Shown in the browser; ``name`` is what it is saved as. It lies in no cache: letters are private."""
    stream = BytesIO(content) if isinstance(content, bytes) else content
    answer = FileResponse(stream, filename=name, content_type="application/pdf")
    answer.headers["X-Content-Type-Options"] = "nosniff"
    answer.headers["Cache-Control"] = "private, no-store"
    return answer

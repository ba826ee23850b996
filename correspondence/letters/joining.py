"""Parts of a batch become one file, in a process of its own: ``python -m … TITLE RESULT PART PART …``."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path

from pypdf import PdfWriter


def join(result: Path, parts: Sequence[Path], title: str) -> None:
    """One PDF of all the pages, in the order of the parts."""
    with PdfWriter() as writer:
        for part in parts:
            writer.append(part, import_outline=False)
        writer.add_metadata({"/Title": title})
        writer.write(result)


if __name__ == "__main__":
    join(Path(sys.argv[2]), [Path(name) for name in sys.argv[3:]], sys.argv[1])

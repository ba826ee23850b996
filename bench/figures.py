"""From seconds and milliseconds to the figures that have goals."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bench.pages import SORTED
from bench.report import Line

if TYPE_CHECKING:
    from bench.engine import Night
    from bench.pages import Pages

MEGABYTE = 1024 * 1024
# figure: the most it should be, as a ratio to the bare insert, to the minimal page, or between sizes
GOALS = {
    "from nothing": 1.5,
    "nothing changed": 0.5,
    "normal night": 0.5,
    "page": 4.0,
    "list": 5.0,
    "growth": 1.3,
}
PERSONAL = ("minimal page", "My day", "account page", "account page, 10,000 entries")
TIMELINE = "timeline of 10,000"  # fragments of the account page, told without a goal of their own
COMPANY_MS = 500.0  # a page over the whole company, p50


def of_night(night: Night, accounts: int) -> list[Line]:
    bare = night.median("bare insert")
    lines = [
        Line(
            f"{step}, {accounts:,} accounts",
            night.ratio(step),
            goal=GOALS[step],
            detail=f"{night.median(step):.2f} s against {bare:.2f} s for {night.rows:,} rows",
        )
        for step in ("from nothing", "nothing changed", "normal night")
    ]
    return [Line(f"bare insert, {accounts:,} accounts", bare, "s"), *lines]


def of_pages(measured: dict[int, Pages]) -> list[Line]:
    """p50 against the minimal page at the largest size, and the largest against the smallest size."""
    if not measured:
        return []
    smallest, largest = min(measured), max(measured)
    few, many = measured[smallest], measured[largest]
    lines = [
        Line(
            f"minimal page p50, {largest:,} accounts",
            many.p50("minimal page"),
            "ms",
            detail=f"p95 {many.p95('minimal page'):.1f} ms",
        )
    ]
    for page in PERSONAL[1:]:
        lines += [
            Line(
                f"{page} p50, {largest:,} accounts",
                many.p50(page) / many.p50("minimal page"),
                goal=GOALS["page"],
                detail=f"p50 {many.p50(page):.1f}, p95 {many.p95(page):.1f} ms, {many.sizes[page]:,} bytes",
            ),
            Line(
                f"{page}, {largest:,} against {smallest:,}",
                many.p50(page) / few.p50(page),
                goal=GOALS["growth"],
                detail=f"p50 {few.p50(page):.1f} ms, p95 {few.p95(page):.1f} ms at {smallest:,}",
            ),
        ]
    lines += [
        Line(f"{page} p50", many.p50(page), "ms", detail=f"p95 {many.p95(page):.1f} ms")
        for page in many.times
        if page.startswith(TIMELINE)
    ]
    lines += [_of_list(page, many, largest) for page in SORTED if page in many.times]
    known = (*PERSONAL, *SORTED)
    company = [page for page in many.times if page not in known and not page.startswith(TIMELINE)]
    return lines + [_of_company(page, few, many, largest) for page in company]


def _of_list(page: str, many: Pages, accounts: int) -> Line:
    return Line(
        f"{page} p50, {accounts:,} accounts",
        many.p50(page) / many.p50("minimal page"),
        goal=GOALS["list"],
        detail=f"p50 {many.p50(page):.1f} ms, {many.sizes[page]:,} bytes",
    )


def _of_company(page: str, few: Pages, many: Pages, accounts: int) -> Line:
    return Line(
        f"{page} p50, {accounts:,} accounts",
        many.p50(page),
        "ms",
        COMPANY_MS,
        detail=f"{few.p50(page):.1f} ms at the smallest size; {many.sizes[page]:,} bytes",
    )


def of_memory(night: Night, measured: dict[int, Pages], own: int) -> list[Line]:
    lines = [
        Line("peak memory of the process that runs the night", own / MEGABYTE, "MB"),
        Line("peak private memory of its database session", night.backend_peak / MEGABYTE, "MB"),
    ]
    if measured:
        web = max(pages.peak for pages in measured.values())
        lines.append(Line("peak memory of a web process", web / MEGABYTE, "MB"))
    return lines

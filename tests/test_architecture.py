"""House rules that a linter does not know: sizes, no hidden receivers, one way for views to get a row."""

import ast
import re
import subprocess
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
LONGEST_FILE, LONGEST_TEST_FILE, LONGEST_FUNCTION, LONGEST_TEMPLATE = 400, 500, 40, 120

# What a view may start a query with: the question "may this person see it" is part of the method.
GATES = {"visible_to", "editable_by", "none"}
HIDDEN = {"post_save", "pre_save", "post_delete", "pre_delete", "m2m_changed"}
# Addresses that are no requests to a third party: a name space, a documentation link, an example.
HARMLESS = re.compile(
    r"https?://(127\.0\.0\.1|localhost|www\.w3\.org/|[a-z.]*example\.(org|com|net)|testserver|\{|%|\")"
)
PAGES = {"templates", "static", "ballotbox"}  # where pages, styles and scripts lie
ADDRESS = re.compile(r"""(?:https?:)?//[a-z0-9-]+(?:\.[a-z0-9-]+)+""", re.IGNORECASE)


@cache
def tracked_files() -> tuple[Path, ...]:
    """Everything that is or will be in the repository."""
    command = ["git", "ls-files", "--cached", "--others", "--exclude-standard"]
    names = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout.splitlines()
    return tuple(ROOT / name for name in names if (ROOT / name).is_file())


def python_files(*, tests: bool) -> list[Path]:
    """Our modules (or our tests), without migrations."""
    return [
        path
        for path in tracked_files()
        if path.suffix == ".py"
        and "migrations" not in path.parts
        and (path.relative_to(ROOT).parts[0] == "tests") == tests
    ]


def name(path: Path) -> str:
    return str(path.relative_to(ROOT))


@cache
def tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text(), str(path))


def functions(path: Path) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node


def lines_of_code(node: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    """Length without the docstring: an explanation never makes a function too long."""
    length = (node.end_lineno or 0) - node.lineno + 1
    if ast.get_docstring(node, clean=False) is not None:
        words = node.body[0]
        length -= (words.end_lineno or 0) - words.lineno + 1
    return length


@pytest.mark.parametrize(("tests", "limit"), [(False, LONGEST_FILE), (True, LONGEST_TEST_FILE)])
def test_files_stay_readable(tests: bool, limit: int) -> None:
    long = {name(p): n for p in python_files(tests=tests) if (n := len(p.read_text().splitlines())) > limit}
    assert not long


def test_functions_stay_readable() -> None:
    long = {
        f"{name(path)}:{node.lineno} {node.name}": lines_of_code(node)
        for path in python_files(tests=False)
        for node in functions(path)
        if lines_of_code(node) > LONGEST_FUNCTION
    }
    assert not long


def test_templates_stay_readable() -> None:
    templates = [p for p in tracked_files() if p.suffix == ".html" and "templates" in p.parts]
    long = {name(p): n for p in templates if (n := len(p.read_text().splitlines())) > LONGEST_TEMPLATE}
    assert not long


def test_nothing_happens_behind_a_save() -> None:
    """No model signals: what a verb does is written in the verb."""
    found = [
        f"{name(path)}:{node.lineno}"
        for path in python_files(tests=False)
        for node in ast.walk(tree(path))
        if (isinstance(node, ast.Name) and node.id in HIDDEN)
        or (isinstance(node, ast.Attribute) and node.attr in HIDDEN)
    ]
    assert not found


def view_modules() -> list[Path]:
    return [
        path
        for path in python_files(tests=False)
        if path.name == "views.py" or "views" in path.relative_to(ROOT).parts
    ]


def test_views_get_rows_only_through_the_gates() -> None:
    """`X.objects.get(…)`, or `.open()`, would skip the question whether this person may see the row."""
    found = [
        f"{name(path)}:{node.lineno}"
        for path in view_modules()
        for node in ast.walk(tree(path))
        if isinstance(node, ast.Attribute)
        and node.attr not in GATES
        and isinstance(node.value, ast.Attribute)
        and node.value.attr == "objects"
    ]
    assert not found


def test_views_fetch_no_bare_model() -> None:
    """`get_object_or_404(X, …)` neither."""
    found = [
        f"{name(path)}:{node.lineno}"
        for path in view_modules()
        for node in ast.walk(tree(path))
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Name)
        and node.func.id in {"get_object_or_404", "get_list_or_404"}
        and isinstance(node.args[0], ast.Name)
        and node.args[0].id[:1].isupper()
    ]
    assert not found


def test_pages_load_nothing_from_elsewhere() -> None:
    """No address of another host in a template, a script or a style sheet: it would leak who reads."""
    ours = [
        p
        for p in tracked_files()
        if p.suffix in {".html", ".js", ".css"} and p.relative_to(ROOT).parts[0] in PAGES
    ]
    found = [
        f"{name(path)}:{number} {match.group()}"
        for path in ours
        for number, line in enumerate(path.read_text().splitlines(), 1)
        for match in ADDRESS.finditer(line)
        if not HARMLESS.match(line, match.start())
    ]
    assert not found


def test_pages_hold_no_inline_script_or_style() -> None:
    """The content security policy would drop them silently."""
    inline = re.compile(
        r"<script(?![^>]*\bsrc=)(?![^>]*application/json)|\sstyle=|\son[a-z]+=|javascript:|hx-on", re.I
    )
    templates = [p for p in tracked_files() if p.suffix == ".html" and p.relative_to(ROOT).parts[0] in PAGES]
    found = [
        f"{name(path)}:{number}"
        for path in templates
        if "email" not in path.parts and not path.stem.endswith("_message")
        for number, line in enumerate(path.read_text().splitlines(), 1)
        if inline.search(line)
    ]
    assert not found


def test_requirements_name_no_registry() -> None:
    """Locks must work with any mirror: versions and hashes, no addresses."""
    for file in ("requirements.txt", "requirements-dev.txt", "requirements-uv.txt"):
        assert "http" not in (ROOT / file).read_text()
    assert '"resolved"' not in (ROOT / "package-lock.json").read_text()


def test_every_requirement_says_why() -> None:
    silent = [
        line
        for line in (ROOT / "requirements.in").read_text().splitlines()
        if line and not line.startswith("#") and "#" not in line
    ]
    assert silent == ["django-pgtrigger"]  # explained by the line above it

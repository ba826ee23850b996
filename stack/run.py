"""`make run`: from a checkout to a page in the browser."""

import os
import socket
import subprocess
import sys
import urllib.error
import urllib.request

from stack import ballots, environment, paths, processes, services, supervisor, surveys
from stack.say import Problem, say, step

READY_SECONDS = 120
SERVERS = {"web": "web server", "box": "ballot box"}
LOGINS = paths.VAR / "demo-logins.txt"


def port_from_environment() -> int:
    """PORT, 8000 by default. Raises Problem when it is no port number."""
    text = os.environ.get("PORT") or "8000"
    if not text.isdigit() or not 0 < int(text) < 65536:
        raise Problem(f"PORT={text} is not a port number: choose one from 1024 to 65535.")
    return int(text)


def check_port(port: int, variable: str = "PORT") -> None:
    """Raise Problem when nobody could listen there."""
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except PermissionError as error:
            raise Problem(
                f"Port {port} needs root: choose one above 1023, as in `make run {variable}=8001`."
            ) from error
        except OSError as error:
            raise Problem(
                f"Port {port} is in use: stop the other program, or choose another port, as in "
                f"`make run {variable}={port + 2}`."
            ) from error


def run() -> None:
    """Set up what is missing, start everything, stay until told to stop."""
    port = port_from_environment()
    lock = supervisor.Lock()  # held until this process ends
    supervisor.stop_left_over()
    check_port(port)
    survey = surveys.planned(port)
    if survey:
        check_port(survey.port, "SURVEY_PORT")
    kids = supervisor.children(port, survey, reload=bool(os.environ.get("RELOAD")))
    guard = supervisor.Supervisor(kids)
    try:
        with step("PostgreSQL and broker"):
            services.start()
        _prepare_surveys(survey)
        if _prepare_database(guard):
            _start(port, guard, survey)
            guard.run()
    finally:
        say("\nStopping …")
        guard.stop()
        if not services.keep():
            services.stop_for_good()
        say(f"Stopped. Your data are in {paths.VAR}")
        del lock


def _prepare_surveys(survey: surveys.Surveys | None) -> None:
    """The ballots' tables and the folders of keys, before anything is started that reads them."""
    if survey is None:
        paths.SURVEY_PORT.unlink(missing_ok=True)
        say(f"  {surveys.NOT_SET_UP}")
        return
    paths.SURVEY_PORT.write_text(str(survey.port))
    surveys.make_folders()
    with step("Ballot box"):
        ballots.prepare(survey.addresses)


def _prepare_database(guard: supervisor.Supervisor) -> bool:
    """Tables, seeded data and the demo, in a process of its own that prints its own progress.

    False when somebody stopped it. Raises Problem when it failed.
    """
    command = [str(environment.PYTHON), "-m", "config.prepare"]
    env = surveys.application_environment()
    code = subprocess.run(command, cwd=paths.ROOT, env=env, check=False).returncode
    if code and not guard.ending:
        raise Problem("The database could not be prepared: the lines above say why.")
    return not guard.ending


def _start(port: int, guard: supervisor.Supervisor, survey: surveys.Surveys | None) -> None:
    paths.PORT.write_text(str(port))  # before anything is started that reads it
    names = "Web, worker, beat, mail and ballot box" if survey else "Web, worker, beat and mail"
    with step(names):
        guard.start()
        _wait_for("web", port, guard)
        if survey:
            _wait_for("box", survey.port, guard)
    if not guard.ending:
        _tell(port, survey)


def _wait_for(name: str, port: int, guard: supervisor.Supervisor) -> None:
    def answers() -> bool:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/", timeout=5):
                return True
        except urllib.error.HTTPError as error:
            return error.code < 500
        except OSError:
            return False

    child = next(kid for kid in guard.kids if kid.name == name)

    def ended() -> bool:
        return guard.ending or child.process is None or child.process.poll() is not None

    processes.wait_until(lambda: answers() or ended(), READY_SECONDS)
    if not guard.ending and not answers():
        said = processes.last_lines(child.log, 1)
        raise Problem(f"The {SERVERS[name]} did not start: {said} (see {child.log})")


def _tell(port: int, survey: surveys.Surveys | None) -> None:
    say(f"\nTend is ready: http://127.0.0.1:{port}/")
    try:
        say(LOGINS.read_text().rstrip())
    except OSError:
        pass
    if not (os.environ.get("EMAIL_URL") or os.environ.get("MAIL_PROVIDER")):
        say(f"Mail is caught, not sent: http://127.0.0.1:{port}/dev/mail/ shows it to admins.")
    if survey:
        say(f"Surveys are answered at {survey.url}/, by links in survey mails.")
    say("Ctrl-C stops it.")
    sys.stdout.flush()

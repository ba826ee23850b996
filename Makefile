# Tend. `make help` lists what there is.

PYTHON ?= python3

OLD = Tend needs Python 3.11 or newer, this is %s: set PYTHON=/path/to/a/newer/python3.
STACK = @$(PYTHON) -c 'import sys; sys.version_info >= (3, 11) or sys.exit("$(OLD)" % sys.version.split()[0])' \
	&& $(PYTHON) -m stack

.DEFAULT_GOAL := help
.PHONY: help run stop services backup restore reset test checks unit browser bench lock

help:  ## show this list
	@sed -nE 's/^([a-z]+):.*## (.*)/  make \1\t\2/p' $(MAKEFILE_LIST) | expand -t 18

run:  ## set up what is missing and start (PORT=8001, DEMO=0 without the demo company)
	$(STACK) run

stop:  ## stop everything, also what a crashed start left behind
	$(STACK) stop

services:  ## start only PostgreSQL and the broker, and keep them running
	$(STACK) services start

backup:  ## write database and uploaded files into one verified file under var/backups
	$(STACK) backup

restore:  ## bring a backup back (FILE=var/backups/….tar)
	$(STACK) restore

reset:  ## delete all data except backups (asks; FORCE=1 does not)
	$(STACK) reset

test:  ## every check and every test (TESTS="tests/users -x" for some)
	$(STACK) test

checks:  ## only lint, types, layers, migrations, templates
	$(STACK) test checks

unit:  ## only the tests without a browser
	$(STACK) test unit

browser:  ## only the tests in Chromium
	$(STACK) test browser

bench:  ## measure the engine and the pages at a million accounts
	$(STACK) bench

lock:  ## renew requirements*.txt from requirements*.in
	$(STACK) lock

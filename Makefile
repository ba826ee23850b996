# Tend. `make help` lists what there is.

PYTHON ?= python3
export PORT DEMO DATABASE_URL REDIS_URL EMAIL_URL FORCE FILE RELOAD

OLD = Tend needs Python 3.11 or newer, this is %s: set PYTHON=/path/to/a/newer/python3.
STACK = @$(PYTHON) -c 'import sys; sys.version_info >= (3, 11) or sys.exit("$(OLD)" % sys.version.split()[0])' \
	&& PYTHONDONTWRITEBYTECODE= $(PYTHON) -m stack

.DEFAULT_GOAL := help
.PHONY: help run stop reset backup restore services test bench lock

help:  ## this list
	@grep -hE '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/^([a-z]+):.*## */  make \1|/' | column -t -s '|'

run:  ## set up what is missing and start; PORT=8001 another port, DEMO=0 without the demo company
	$(STACK) run

stop:  ## stop what `make run` started, and what is left of a crashed one
	$(STACK) stop

services:  ## start only PostgreSQL and the broker, for development
	$(STACK) services start

test:  ## every check and every test
	$(STACK) test

"""``manage.py check_mail_dns``: which of SPF, DKIM and DMARC is missing for the domains we send from."""

from __future__ import annotations

import json
import sys
from dataclasses import asdict
from email.utils import parseaddr
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandParser

from correspondence.dns import Finding, RealResolver, Resolver, check
from correspondence.models import Message

MARKS = {"ok": "ok     ", "weak": "weak   ", "missing": "MISSING", "unknown": "unknown"}


class Command(BaseCommand):
    help = "Tell which of SPF, DKIM and DMARC is missing for the sender domains."
    stealth_options = ("resolver",)  # tests bring their own

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--domain", action="append", default=[], help="instead of those we send from")
        parser.add_argument("--selector", action="append", default=[], help="where your DKIM key is")
        parser.add_argument("--json", action="store_true", help="for programs")

    def handle(self, *args: Any, **options: Any) -> None:
        """Exit code 0: all there; 1: something is missing or weak; 2: nothing could be learnt."""
        resolver: Resolver = options.get("resolver") or RealResolver()
        domains = [name.strip().lower().rstrip(".") for name in options["domain"]] or sender_domains()
        found = [each for domain in domains for each in check(domain, resolver, options["selector"])]
        if options["json"]:
            self.stdout.write(json.dumps([asdict(each) for each in found], indent=2))
        else:
            self._tell(found)
        if code := _code(found):
            sys.exit(code)

    def _tell(self, found: list[Finding]) -> None:
        for each in found:
            self.stdout.write(f"{MARKS[each.state]}  {each.domain}  {each.record}: {each.words}")
        if not found:
            self.stdout.write("No domain to look at: set DEFAULT_FROM_EMAIL, or give --domain.")


def sender_domains() -> list[str]:
    """The domains of all senders: the settings' and those of mails in the outbox. Not this machine's name."""
    senders = {parseaddr(str(settings.DEFAULT_FROM_EMAIL))[1], *Message.objects.senders()}
    domains = {sender.rpartition("@")[2].lower() for sender in senders}
    if settings.MAIL_BOUNCE_DOMAIN:
        domains.add(str(settings.MAIL_BOUNCE_DOMAIN))
    return sorted(domain for domain in domains if "." in domain)


def _code(found: list[Finding]) -> int:
    states = {each.state for each in found}
    if states <= {"unknown"}:
        return 2
    return 0 if states == {"ok"} else 1

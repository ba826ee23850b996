"""Do the DNS records of the sender domains vouch for our mail? SPF, DKIM, DMARC."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Protocol

import dns.exception
import dns.resolver

# Names under which mail servers and providers usually publish their DKIM key.
USUAL_SELECTORS = (
    "default", "mail", "dkim", "selector1", "selector2", "google", "k1", "k2", "s1", "s2", "mx", "pm",
    "resend", "mte1", "mlsend", "brevo1", "brevo2", "mailjet", "scph0118", "postal",
)  # fmt: skip


class NotAnsweredError(Exception):
    """The DNS server did not answer: nothing is known about the record."""


class Resolver(Protocol):
    """Where TXT records come from."""

    def texts(self, name: str) -> Sequence[str]:
        """The TXT records of a name, none when it has none. Raises NotAnsweredError."""


class RealResolver:
    """The resolver of this machine."""

    def __init__(self, seconds: float = 5) -> None:
        self._resolver = dns.resolver.Resolver()
        self._resolver.lifetime = seconds

    def texts(self, name: str) -> Sequence[str]:
        try:
            answer = self._resolver.resolve(name, "TXT")
        except (dns.resolver.NXDOMAIN, dns.resolver.NoAnswer):
            return []
        except dns.exception.DNSException as error:
            raise NotAnsweredError(str(error) or type(error).__name__) from error
        return [b"".join(record.strings).decode("utf-8", "replace") for record in answer]


@dataclass(frozen=True)
class Finding:
    """One record of one domain. ``state``: ok, weak, missing or unknown."""

    domain: str
    record: str
    state: str
    words: str


def check(domain: str, resolver: Resolver, selectors: Iterable[str] = ()) -> list[Finding]:
    """What there is and what is missing, with the cure."""
    looks: tuple[tuple[str, Callable[[], tuple[str, str]]], ...] = (
        ("SPF", lambda: _spf(domain, resolver)),
        ("DKIM", lambda: _dkim(domain, resolver, tuple(selectors))),
        ("DMARC", lambda: _dmarc(domain, resolver)),
    )
    found = []
    for record, look in looks:
        try:
            state, words = look()
        except NotAnsweredError as error:
            state, words = "unknown", f"The DNS server did not answer: {error}"
        found.append(Finding(domain, record, state, words))
    return found


def _spf(domain: str, resolver: Resolver) -> tuple[str, str]:
    records = [text for text in resolver.texts(domain) if text.lower().split()[:1] == ["v=spf1"]]
    if not records:
        cure = f"Publish a TXT record for {domain}: v=spf1 include:<your provider> -all"
        return "missing", cure
    if len(records) > 1:
        return "missing", "There are two SPF records, which counts as none: merge them into one."
    if records[0].lower().split()[-1] in {"+all", "all"}:
        return "weak", "It ends in +all and lets everybody send in your name: end it in -all or ~all."
    return "ok", records[0]


def _dkim(domain: str, resolver: Resolver, selectors: tuple[str, ...]) -> tuple[str, str]:
    for selector in selectors or USUAL_SELECTORS:
        for text in resolver.texts(f"{selector}._domainkey.{domain}"):
            tags = _tags(text)
            if "p" not in tags:
                continue
            if not tags["p"]:
                return "missing", f"The key of selector {selector} is withdrawn (p= is empty)."
            return "ok", f"selector {selector}"
    if selectors:
        return "missing", f"No key under {', '.join(selectors)}: publish the one your mail server signs with."
    return "missing", "No key under any usual selector; if yours has another name, give it by --selector."


def _dmarc(domain: str, resolver: Resolver) -> tuple[str, str]:
    for name in _upwards(domain):
        records = [text for text in resolver.texts(f"_dmarc.{name}") if _tags(text).get("v") == "DMARC1"]
        if len(records) > 1:
            return "missing", f"There are two records at _dmarc.{name}, which counts as none: keep one."
        if records:
            tags = _tags(records[0])
            policy = tags.get("p", "") if name == domain else tags.get("sp", tags.get("p", ""))
            if policy not in {"none", "quarantine", "reject"}:
                return "missing", f"The record at _dmarc.{name} has no policy: add p=none to begin with."
            if policy == "none":
                return "weak", "Its policy is none: go on to quarantine once the reports look right."
            return "ok", f"policy {policy}"
    return "missing", f"Publish a TXT record for _dmarc.{domain}: v=DMARC1; p=none; rua=mailto:<address>"


def _upwards(domain: str) -> list[str]:
    """The domain and those above it that could answer for it (never a bare top level)."""
    parts = domain.split(".")
    return [".".join(parts[n:]) for n in range(max(len(parts) - 1, 1))]


def _tags(text: str) -> dict[str, str]:
    pairs = (part.partition("=") for part in text.split(";"))
    return {name.strip().lower(): value.strip() for name, _equals, value in pairs if name.strip()}

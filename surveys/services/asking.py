"""The night's question: who of those that a survey is owed to is invited, who is not, and why."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import cast

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction

from accounts.models import Account
from contacts.models import Contact
from sales.models import Purchase
from surveys import asks as say
from surveys import left_out
from surveys.asks import Answer, Ask, Outcome
from surveys.models import HeldBack, Programme, Wave
from surveys.people import Facts, address_of, gather
from surveys.selection import matching
from surveys.services.inviting import Guest, send

AT_ONCE = 5000


@dataclass
class Case:
    """One ask on its way to an answer."""

    programme: Programme
    ask: Ask
    answer: Answer = say.INVITED
    contact: Contact | None = None
    purchase: Purchase | None = None
    held: HeldBack | None = None
    held_for: str = ""  # a reason of HeldBack


def invite(asks: Iterable[Ask], on: date) -> dict[int, Answer]:
    """Invite whom the rules allow, in the caller's transaction; an answer for every ask that is ours.

    Asks of slots that no switched-on programme serves get no answer: they stay as they are.
    """
    wanted = list(asks)
    serving = {each.slot_key: each for each in Programme.objects.serving({ask.slot for ask in wanted})}
    by_programme: dict[str, list[Ask]] = defaultdict(list)
    for ask in wanted:
        if ask.slot in serving:
            by_programme[ask.slot].append(ask)
    answers: dict[int, Answer] = {}
    for slot, mine in by_programme.items():
        for part in _parts(mine):
            answers |= _invite(serving[slot], part, on)
    return answers


def _parts(asks: Sequence[Ask]) -> list[Sequence[Ask]]:
    """As many at a time as fit into memory; what is written of the earlier ones counts for the later."""
    return [asks[start : start + AT_ONCE] for start in range(0, len(asks), AT_ONCE)]


@transaction.atomic
def _invite(programme: Programme, asks: Sequence[Ask], on: date) -> dict[int, Answer]:
    wave = Wave.objects.sending_on(on).filter(programme=programme).select_for_update(of=("self",)).first()
    if wave is None:
        return {ask.key: say.waits(say.NO_WAVE) for ask in asks}
    cases = judge(programme, wave, asks, on)
    _keep_held_back(cases, on)
    left_out.count(wave, (c.answer.reason for c in cases if c.answer.outcome == Outcome.LAPSED))
    guests = [
        Guest(case.contact, facts_account(case), case.purchase)
        for case in cases
        if case.answer.outcome == Outcome.INVITED and case.contact is not None
    ]
    send(wave, guests, on)
    return {case.ask.key: case.answer for case in cases}


def facts_account(case: Case) -> Account:
    """The account of a case that is invited."""
    return cast(Contact, case.contact).account


def judge(programme: Programme, wave: Wave | None, asks: Sequence[Ask], on: date) -> list[Case]:
    """What the rules say about each, reading only. Who comes earlier counts for those that follow."""
    facts = gather(programme, wave, asks, on)
    asked = set(matching(programme.who, on).filter(pk__in=facts.accounts).values_list("pk", flat=True))
    cases = []
    for ask in asks:
        case = Case(programme, ask)
        case.purchase = facts.purchases.get((ask.account_id, ask.bought_on)) if ask.bought_on else None
        case.held = facts.held.get((ask.account_id, ask.cycle))
        case.answer = _by_account(case, facts, asked) or _by_contact(case, facts) or say.INVITED
        if case.answer.outcome == Outcome.INVITED and case.contact is not None:
            case.contact.account = facts.accounts[ask.account_id]
            facts.in_wave.add(case.contact.pk)
            facts.quarantine.note(address_of(case.contact), ask.account_id, on)
            if case.purchase is not None:
                facts.about_purchase.add(case.purchase.pk)
        cases.append(case)
    return cases


def _by_account(case: Case, facts: Facts, asked: set[int]) -> Answer | None:
    ask = case.ask
    if ask.account_id in facts.excluded_accounts:
        return say.lapsed(say.EXCLUDED)
    if ask.account_id not in asked:
        return say.lapsed(say.BY_RULE)
    if case.held is not None and case.held.state == HeldBack.State.SKIPPED:
        return say.lapsed(say.NOT_RELEASED)
    if case.purchase is not None and case.purchase.pk in facts.about_purchase:
        return say.lapsed(say.ASKED_FOR_PURCHASE)
    return None


def _by_contact(case: Case, facts: Facts) -> Answer | None:
    """Whom to ask there, and whether they may be asked."""
    case.contact = contact = _whom(case, facts)
    if contact is None:
        case.held_for = HeldBack.Reason.NO_ADDRESS
        return say.waits(say.HELD_BACK)
    for check in (_not_wanted, _not_a_customers, _not_again):
        if reason := check(contact, facts, case.ask):
            return say.lapsed(reason)
    if contact.pk in facts.changed and not _is_released(case, contact):
        case.held_for = HeldBack.Reason.ADDRESS_CHANGED
        return say.waits(say.HELD_BACK)
    if contact.is_paused(facts.on):
        return say.waits(say.PAUSED)
    return None


def _whom(case: Case, facts: Facts) -> Contact | None:
    """Whom a manager chose, else whom the plan names, else the buyer, else the main contact.

    Several bought on that day: who bought most. None without an address.
    """
    chosen = case.held.contact_id if _has_been_released(case.held) and case.held else None
    bought_on = case.ask.bought_on
    buyers = facts.buyers.get((case.ask.account_id, bought_on), []) if bought_on else []
    for pk in (chosen, case.ask.contact_id, *buyers):
        person = facts.contacts.get(pk) if pk else None
        if address_of(person):
            return person
    first = next(iter(facts.main.get(case.ask.account_id, [])), None)
    return first if address_of(first) else None


def _not_wanted(contact: Contact, facts: Facts, ask: Ask) -> str:
    if contact.pk in facts.excluded_contacts:
        return say.EXCLUDED
    if contact.pk in facts.refusing or address_of(contact) in facts.opted_out:
        return say.OPTED_OUT
    return ""


def _not_a_customers(contact: Contact, facts: Facts, ask: Ask) -> str:
    address = address_of(contact)
    if address in facts.own_addresses or address.rpartition("@")[2] in facts.own_domains:
        return say.OWN_COMPANY
    if address in facts.crowded:
        return say.SHARED
    try:
        validate_email(address)
    except ValidationError:
        return say.BAD_ADDRESS
    return ""


def _not_again(contact: Contact, facts: Facts, ask: Ask) -> str:
    again = contact.pk in facts.in_wave or not facts.quarantine.allows(address_of(contact), ask.account_id)
    return say.ASKED_RECENTLY if again else ""


# -- Who waits for a manager --------------------------------------------------------------------------


def _has_been_released(held: HeldBack | None) -> bool:
    return held is not None and held.state == HeldBack.State.RELEASED


def _is_released(case: Case, contact: Contact) -> bool:
    """A manager has looked at exactly this address."""
    held = case.held
    return (
        held is not None
        and held.state == HeldBack.State.RELEASED
        and held.contact_id == contact.pk
        and held.address == address_of(contact)
    )


def _keep_held_back(cases: Sequence[Case], on: date) -> None:
    """Put who waits on the managers' list, and take off it whom no reason holds back any more."""
    waiting = [case for case in cases if case.held_for]
    HeldBack.objects.bulk_create(
        [
            HeldBack(
                programme=case.programme, account_id=case.ask.account_id, cycle=case.ask.cycle,
                contact=case.contact, address=address_of(case.contact), reason=case.held_for,
                state=HeldBack.State.OPEN, since=case.ask.due_on,
            )
            for case in waiting
        ],
        update_conflicts=True,
        unique_fields=["programme", "account", "cycle"],
        update_fields=["contact", "address", "reason", "state", "since"],
    )  # fmt: skip
    gone = [
        case.held.pk
        for case in cases
        if case.held is not None and not case.held_for and case.held.state == HeldBack.State.OPEN
    ]
    if gone:
        HeldBack.objects.filter(pk__in=gone).delete()

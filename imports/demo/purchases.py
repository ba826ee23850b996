"""What the demo's customers bought, and when: growing, steady, fading, silent and brand-new ones."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from random import Random

from imports.demo import trades
from imports.demo.companies import Company
from imports.demo.days import DAY

HISTORY = 1000  # days back to the first purchases
RHYTHMS = (("steady", 40), ("growing", 16), ("fading", 12), ("silent", 14), ("seasonal", 10), ("young", 8))
ORDER = {"small": (90, 1300), "medium": (450, 4800), "large": (2600, 19000)}  # EUR
USUAL = {"small": 3.4, "medium": 7.5, "large": 13.0}  # purchases in the whole history, before scaling


@dataclass
class Sale:
    """A purchase to be."""

    company: int
    on: date
    amount: Decimal
    about: str
    void_reason: str = ""


def rhythm_of(rng: Random) -> str:
    return rng.choices([name for name, _ in RHYTHMS], [weight for _, weight in RHYTHMS])[0]


def _share(rng: Random, rhythm: str) -> float:
    """Where in the customer's time a purchase falls, 0 = at the start, 1 = now."""
    spot = rng.random()
    return {"growing": spot**0.55, "fading": spot**1.8, "silent": spot * 0.999}.get(rhythm, spot)


def _span(rng: Random, rhythm: str, today: date) -> tuple[date, date]:
    """First and last possible day of purchase. Nobody but the new ones began within the last 100 days."""
    if rhythm == "young":
        return today - timedelta(days=rng.randrange(110, 200)), today - DAY
    first = today - timedelta(days=rng.randrange(420, HISTORY))
    if rhythm == "former":
        return today - timedelta(days=HISTORY), today - timedelta(days=rng.randrange(430, 700))
    if rhythm == "silent":
        return first, today - timedelta(days=rng.randrange(190, 340))
    return first, today - timedelta(days=rng.randrange(1, 40))


def _workday(day: date) -> date:
    return day - timedelta(days=max(0, day.weekday() - 4))


def days_of_purchase(rng: Random, rhythm: str, count: int, today: date) -> list[date]:
    """``count`` purchase days of an older customer; the first one opens the span."""
    first, last = _span(rng, rhythm, today)
    length = (last - first).days
    days = [first + timedelta(days=round(_share(rng, rhythm) * length)) for _ in range(count - 1)]
    if rhythm == "seasonal":
        days = [min(last, day.replace(month=rng.choice((3, 4, 9)), day=rng.randrange(1, 28))) for day in days]
        days = [day if day > first else first + timedelta(days=30) for day in days]
    return sorted(min(today - DAY, max(_workday(day), _workday(first))) for day in [first, *days])


def amount_and_text(rng: Random, size: str) -> tuple[Decimal, str]:
    """One order: two kinds of goods at most, near the usual amount of such a customer."""
    low, high = ORDER[size]
    goal = low * (high / low) ** rng.random()
    text, price, usual = rng.choice(
        [goods for goods in trades.GOODS if goods[1] <= goal * 1.6] or trades.GOODS[4:6]
    )
    pieces = max(1, min(round(goal / price), usual * 6 if usual > 2 else usual))
    total = Decimal(str(round(price * pieces * rng.choice((1, 1, 0.97, 0.95, 0.92)), 2)))
    about = f"{pieces} x {text}" if pieces > 1 else text
    if goal > float(total) * 1.3:
        second, second_price, _ = rng.choice(trades.GOODS[:11])
        more = max(1, round((goal - float(total)) / second_price))
        total += Decimal(second_price * min(more, 40))
        about = f"{about}; {min(more, 40)} x {second}"
    return total, about


def scaled_counts(rng: Random, companies: list[Company], total: int) -> dict[int, int]:
    """How many purchases each company has made, summing to ``total``; at least one each."""
    raw = {company.number: USUAL[company.size] * rng.uniform(0.5, 1.6) for company in companies}
    factor = (total - len(companies)) / sum(raw.values())
    counts = {number: 1 + int(value * factor) for number, value in raw.items()}
    by_size = sorted(counts, key=lambda number: (-counts[number], number))
    for position in range(total - sum(counts.values())):
        counts[by_size[position % len(by_size)]] += 1
    return counts


def make_sales(
    rng: Random, companies: list[Company], first_days: dict[int, date], total: int, today: date
) -> tuple[list[Sale], dict[int, str]]:
    """All purchases and each company's rhythm; ``first_days`` fixes the only purchase of new customers."""
    new = [company for company in companies if company.number in first_days]
    older = [company for company in companies if company.number not in first_days]
    counts = scaled_counts(rng, older, total - len(new))
    sales: list[Sale] = []
    rhythms = {company.number: "new" for company in new}
    for company in new:
        sales.append(Sale(company.number, first_days[company.number], *amount_and_text(rng, company.size)))
    for company in older:
        rhythm = "former" if company.standing == "former" else rhythm_of(rng)
        rhythms[company.number] = rhythm
        days = days_of_purchase(rng, rhythm, counts[company.number], today)
        sales.extend(Sale(company.number, day, *amount_and_text(rng, company.size)) for day in days)
    _corrections(rng, sales)
    return sorted(sales, key=lambda sale: (sale.on, sale.company)), rhythms


def _corrections(rng: Random, sales: list[Sale]) -> None:
    """A few later purchases become credit notes or are voided: real order books have both."""
    seen: set[int] = set()
    later = []
    for sale in sorted(sales, key=lambda sale: sale.on):
        if sale.company in seen:
            later.append(sale)
        seen.add(sale.company)
    chosen = rng.sample(later, 24)
    for sale in chosen[:18]:
        sale.amount = -(sale.amount / 4).quantize(Decimal("0.01"))
        sale.about = f"Credit note: {sale.about.split('; ')[0]} returned"
    for sale in chosen[18:]:
        sale.void_reason = rng.choice(
            ("Entered twice", "Order cancelled before delivery", "Booked on the wrong account")
        )

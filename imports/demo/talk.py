"""What happened with every customer: calls, meetings, mails, notes, and what came of them. Pure."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, time, timedelta
from random import Random

from contacts.reaching import was_reached
from imports.demo import phrases, trades
from imports.demo.aim import Rhythm
from imports.demo.companies import Company
from imports.demo.days import DAY, WorkingDays, add
from imports.demo.people import Person

MONTHS_BACK = 18


@dataclass
class Worry:
    """A concern to be; ``resolved_on`` is None while it is open."""

    what: str
    severity: int
    resolved_on: date | None = None
    resolution: str = ""


@dataclass
class Promise:
    """A commitment to be."""

    what: str
    by_us: bool
    due_on: date
    state: str
    closed_on: date | None


@dataclass
class Talk:
    """An interaction to be. ``user`` is a colleague's key, ``person`` an index into the company's people."""

    company: int
    on: date
    at: time
    kind: str
    outcome: str
    user: str
    summary: str
    person: int = 0
    direction: str = "out"
    owner_side: bool = True
    sentiment: int | None = None
    worry: Worry | None = None
    promise: Promise | None = None
    asks: list[tuple[str, str]] = field(default_factory=list)  # (kind, answer)

    @property
    def reached(self) -> bool:
        return was_reached(self.kind, self.outcome)


@dataclass(frozen=True)
class Setting:
    """What the story of one company is told from."""

    company: Company
    people: list[Person]
    owner: str  # key of a colleague
    goods: list[str]
    work: WorkingDays
    today: date


class Story:
    """Tells one company's history. All chance comes from the generator given."""

    def __init__(self, rng: Random, setting: Setting) -> None:
        self.rng, self.setting = rng, setting
        self.talks: list[Talk] = []
        self._recent: list[str] = []

    # -- words ------------------------------------------------------------------------------------

    def fill(self, template: str, on: date, person: int = 0) -> str:
        company = self.setting.company
        return template.format(
            first=self.setting.people[person].first,
            goods=self.rng.choice(self.setting.goods),
            medium=trades.PROSE[company.industry],
            city=self.rng.choice(company.country.cities)[1],
            month=phrases.MONTHS[(on.month + self.rng.choice((-2, -1, 0, 1))) % 12],
            n=self.rng.randrange(2, 15),
        )

    def pick(self, pool: tuple[str, ...]) -> str:
        """One of the pool that this company has not had lately."""
        fresh = [text for text in pool if text not in self._recent] or list(pool)
        chosen = self.rng.choice(fresh)
        self._recent = [*self._recent[-7:], chosen]
        return chosen

    def sentences(self, on: date, person: int, *pools: tuple[str, ...]) -> str:
        return " ".join(filter(None, (self.fill(self.pick(pool), on, person) for pool in pools)))

    # -- events -----------------------------------------------------------------------------------

    def say(self, on: date, kind: str, outcome: str, summary: str, **more: object) -> Talk:
        hour = time(self.rng.randrange(8, 16), self.rng.choice((0, 5, 10, 20, 25, 35, 40, 50)))
        talk = Talk(self.setting.company.number, on, hour, kind, outcome, self.setting.owner, summary)
        for name, value in more.items():
            setattr(talk, name, value)
        self.talks.append(talk)
        return talk

    def someone(self) -> int:
        """Mostly the main contact; never one who has left."""
        here = [index for index, person in enumerate(self.setting.people) if not person.left]
        return 0 if self.rng.random() < 0.7 else self.rng.choice(here)

    def call(self, on: date, pool: tuple[str, ...] | None = None) -> Talk:
        """A call that reached somebody, with mood and now and then a worry, a promise or an ask."""
        mood = self.rng.choices((1, 2, 3, 4, 5), (2, 7, 30, 42, 19))[0]
        tone = phrases.BAD if mood <= 2 else phrases.NEUTRAL if mood == 3 else phrases.GOOD
        if mood == 4 and self.rng.random() < 0.5:
            tone = phrases.NEUTRAL
        person = self.someone()
        if pool and mood < 3:
            mood = 4
        told = self.pick(pool or tone)
        close = phrases.CLOSE_BAD if mood <= 2 else phrases.CLOSE
        text = self.sentences(on, person, (told,), phrases.DETAIL, close)
        if self.rng.random() < 0.25:
            self.try_before(on)
        talk = self.say(
            on,
            self.rng.choices(("call", "video"), (12, 1))[0],
            "talked",
            text,
            person=person,
            sentiment=mood,
            direction="in" if self.rng.random() < 0.12 else "out",
        )
        if mood <= 2:
            talk.worry = self.worry(on, phrases.BAD.index(told))
        elif self.rng.random() < (0.45 if (self.setting.today - on).days < 40 else 0.13):
            talk.promise = self.promise(on)
        if mood >= 4 and self.rng.random() < 0.14:
            talk.asks.append((self.rng.choice(("referral", "testimonial")), self.answer(on)))
        return talk

    def try_before(self, on: date) -> None:
        """An attempt that reached nobody, on the working days before."""
        day = self.setting.work.back(on, self.rng.choice((1, 1, 2)))
        outcome, pool = self.rng.choice(
            (
                ("no_answer", phrases.NO_ANSWER),
                ("no_answer", phrases.NO_ANSWER),
                ("voicemail", phrases.VOICEMAIL),
            )
        )
        self.say(day, "call", outcome, self.pick(pool))

    def worry(self, on: date, complaint: int | None = None) -> Worry:
        """A concern; after a call the one that belongs to the complaint just noted."""
        what, cure = self.rng.choice(phrases.CONCERNS) if complaint is None else phrases.CONCERNS[complaint]
        severity = self.rng.choices((1, 2, 3), (2, 5, 3))[0]
        age = (self.setting.today - on).days
        days = self.rng.randrange(2, 28)
        if age < 80 and (age <= days or self.rng.random() < 0.7):
            return Worry(self.fill(what, on), severity)
        done = self.setting.work.on_or_before(on + timedelta(days=days))
        return Worry(self.fill(what, on), severity, max(on, done), self.fill(cure, on))

    def promise(self, on: date) -> Promise:
        by_us, what = self.rng.choice(phrases.PROMISES)
        due = self.setting.work.on_or_after(on + timedelta(days=self.rng.randrange(2, 15)))
        if due > self.setting.today or ((self.setting.today - due).days < 20 and self.rng.random() < 0.5):
            return Promise(self.fill(what, on), by_us, due, "open", None)
        state = self.rng.choices(("kept", "late", "broken"), (8, 2, 1))[0]
        closed = (
            min(self.setting.today, due + timedelta(days=self.rng.randrange(1, 8)))
            if state != "kept"
            else due
        )
        return Promise(self.fill(what, on), by_us, due, state, closed)

    def answer(self, on: date) -> str:
        if (self.setting.today - on).days < 14 and self.rng.random() < 0.5:
            return "open"
        return self.rng.choices(("yes", "later", "no", "open"), (5, 3, 2, 1))[0]

    # -- the history ------------------------------------------------------------------------------

    def track(self, purchased_on: date, until: date) -> None:
        """The calls of the 1-2-1 track that were made by the book (R1)."""
        for count, unit, pool in ((7, "day", phrases.WEEK), (1, "month", phrases.MONTH)):
            day = self.setting.work.on_or_after(add(purchased_on, count, unit))
            if day <= until:
                self.call(day, pool)

    def call_of_week(self, purchased_on: date) -> None:
        """A new customer: only the call of the first week has been made."""
        day = self.setting.work.on_or_after(purchased_on + timedelta(days=7))
        self.call(min(day, self.setting.today - DAY), phrases.WEEK)

    def rhythm(self, last: date, rhythm: Rhythm, since: date) -> None:
        """Calls backwards from the last one, each about an interval before the next."""
        day = last
        while day >= since:
            self.call(day)
            early = timedelta(days=self.rng.randrange(-4, 7))
            day = self.setting.work.on_or_before(add(day, -rhythm.every, rhythm.unit) + early)

    def meetings(self, since: date, last: date, every_days: int) -> None:
        day = last - timedelta(days=self.rng.randrange(3, every_days))
        while day >= since:
            day = self.setting.work.on_or_before(day)
            person = self.someone()
            kind = self.rng.choices(("meeting", "visit", "lunch"), (6, 3, 1))[0]
            pool = phrases.LUNCH if kind == "lunch" else phrases.MEETING
            self.say(
                day,
                kind,
                "held",
                self.sentences(day, person, pool, phrases.CLOSE),
                person=person,
                sentiment=self.rng.choice((3, 4, 4, 5)),
            )
            day -= timedelta(days=every_days + self.rng.randrange(-12, 20))

    def background(self, since: date, count: int) -> None:
        """Mails, notes and the service desk: none of it resets anybody's rhythm."""
        days = max(1, (self.setting.today - since).days)
        for _ in range(count):
            day = self.setting.work.on_or_before(since + timedelta(days=self.rng.randrange(days)))
            if day >= since:
                self.aside(day)

    def aside(self, day: date) -> None:
        person = self.someone()
        what = self.rng.choices(("out", "in", "note", "service"), (5, 3, 3, 3))[0]
        if what == "in":
            self.say(
                day,
                "email",
                "noted",
                self.sentences(day, person, phrases.MAIL_IN),
                person=person,
                direction="in",
            )
        elif what == "out":
            self.say(day, "email", "sent", self.sentences(day, person, phrases.MAIL_OUT), person=person)
        elif what == "note":
            self.say(day, "note", "noted", self.sentences(day, person, phrases.NOTE), person=person)
        else:
            talk = self.say(
                day,
                "call",
                "talked",
                self.sentences(day, person, phrases.SERVICE),
                person=person,
                user="tom",
                owner_side=False,
                direction="in",
                sentiment=self.rng.choice((2, 3, 3, 4, None)),
            )
            if talk.sentiment == 2:
                talk.worry = self.worry(day)

    def prospect(self, since: date) -> None:
        for _ in range(self.rng.choice((0, 0, 1, 1, 2))):
            span = (self.setting.today - DAY - since).days
            day = self.setting.work.on_or_before(since + timedelta(days=self.rng.randrange(span)))
            self.say(
                day, "call", "talked", self.sentences(day, 0, phrases.PROSPECT, phrases.CLOSE), sentiment=3
            )

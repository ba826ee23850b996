"""What came of talks later: threads of concerns, what customers confirmed, what they were led to expect."""

from __future__ import annotations

import random
from collections.abc import Iterable
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from contacts.models import Commitment, Concern, ConcernNote, Expectation, Interaction
from imports.demo.talk import Talk
from users.models import User

EXPECTATIONS = (
    ("The new pump is quieter than the old one", "They measured it: 6 dB less", "Not audibly, they say"),
    ("Spare parts within two days", "So far always", "Took four days in two cases"),
    ("A technician who knows their line", "Same man every time", "Somebody new twice in a row"),
    ("The manual in their own language", "Handed over", "Only in English as yet"),
    ("Less cleaning between two batches", "Half the time, they say", "About the same as before"),
    ("One person to call for everything", "They like it", "Billing still writes to them directly"),
)
THREAD = (
    "Spoke to the fitter: the part is in the van, he is there tomorrow morning.",
    "Asked the factory for the test report of this series.",
    "They are a little calmer; they want to hear from us before Friday.",
    "Seen it on site. It is our fault, not theirs.",
    "Billing is informed and waits for the word from service.",
)
MOVED = (
    "Factory is closed this week; told them, they are fine with it",
    "Waiting for figures from their side",
)


class Aftermath:
    """All chance comes from a generator of its own, so that the stories stay as they were."""

    def __init__(self, users: dict[str, User], today: date) -> None:
        self.rng = random.Random(f"aftermath/{today}")  # noqa: S311 - stories, not secrets
        self.users, self.today = users, today

    def write(self, pairs: Iterable[tuple[Talk, Interaction]]) -> None:
        self.confirm()
        ConcernNote.objects.bulk_create(self.notes())
        self.move()
        Expectation.objects.bulk_create(list(self.expectations(pairs)))

    def confirm(self) -> None:
        """Most customers were asked whether it is solved; some of the latest not yet."""
        for concern in Concern.objects.filter(resolved_on__isnull=False).order_by("pk"):
            on = concern.resolved_on + timedelta(days=self.rng.randrange(1, 20))
            fresh = (self.today - concern.resolved_on).days < 30
            if on > self.today or (fresh and self.rng.random() < 0.6) or self.rng.random() < 0.1:
                continue
            Concern.objects.filter(pk=concern.pk).update(
                confirmed_on=on, confirmed_with=concern.contact_id, confirmed_by=concern.raised_by_id
            )

    def notes(self) -> list[ConcernNote]:
        rows = []
        for concern in Concern.objects.filter(owner__isnull=False).select_related("owner").order_by("pk"):
            last = concern.resolved_on or self.today
            days = (last - concern.opened_on).days
            for text in self.rng.sample(THREAD, self.rng.choice((0, 1, 1, 2, 3))) if days else ():
                on = concern.opened_on + timedelta(days=self.rng.randrange(days))
                at = datetime.combine(on, time(self.rng.randrange(8, 17), 20), ZoneInfo("Europe/Berlin"))
                user = self.rng.choice((concern.owner, self.users["tom"]))
                rows.append(ConcernNote(concern=concern, user=user, text=text, noted_at=at))
        return sorted(rows, key=lambda row: row.noted_at)

    def move(self) -> None:
        """Some open promises have had another date before."""
        for promise in Commitment.objects.open().filter(by_us=True).order_by("pk"):
            if self.rng.random() < 0.2:
                missed = promise.due_on - timedelta(days=4) if self.rng.random() < 0.3 else None
                Commitment.objects.filter(pk=promise.pk).update(
                    missed_on=missed, moved_reason=self.rng.choice(MOVED)
                )

    def expectations(self, pairs: Iterable[tuple[Talk, Interaction]]) -> Iterable[Expectation]:
        for talk, row in pairs:
            if talk.kind not in {"meeting", "visit"} or self.rng.random() > 0.35:
                continue
            what, good, bad = self.rng.choice(EXPECTATIONS)
            state = self.rng.choices(("met", "partly", "not_met"), (7, 3, 2))[0]
            on = talk.on + timedelta(days=self.rng.randrange(30, 90))
            judged = on <= self.today and self.rng.random() < 0.8
            words = (good if state == "met" else bad) if judged else ""
            yield Expectation(
                account_id=row.account_id,
                contact_id=row.contact_id,
                interaction=row,
                what=what,
                led_by=row.user,
                led_on=talk.on,
                state=state if judged else Expectation.State.OPEN,
                judged_on=on if judged else None,
                judged_by=row.user if judged else None,
                words=words,
            )

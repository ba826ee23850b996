"""What the seeded plan owes because of a campaign, a new owner and a thank-you, as plain data (R9-R11).

Two calls a week for as many weeks as a campaign may take; the first introduces, the second asks about four
days later whether the letter arrived and which channels the customer prefers.
"""

from __future__ import annotations

from typing import Any

TALKS = ["call", "video", "meeting", "visit", "lunch"]
WEEKS = 6
HALVES = (0, 3)  # the days of a week's two calls, counted from the campaign's first


def _point(key: str, text: str) -> dict[str, str]:
    return {"key": key, "text": text, "gate": ""}


SHEETS: list[dict[str, Any]] = [
    {
        "key": "new-owner-call",
        "name": "A new owner introduces themself",
        "talking_points": [
            "I look after you from now on: who I am, how you reach me, who stands in for me.",
            "What did you and my colleague agree on? I have read the record; is anything missing in it?",
            "What do you expect from us that I should know from the first day?",
        ],
        "checklist": [
            _point("reach", "They have my name, phone and e-mail"),
            _point("open", "Open promises and concerns gone through, each with a date"),
            _point("next", "Date and time of the next contact agreed"),
        ],
    },
    {
        "key": "campaign-first-call",
        "name": "Campaign: introductory call",
        "talking_points": [
            "Who I am, why I call just now, and how long it takes.",
            "What do you buy, from whom, and who decides on it with you?",
            "What would have to be better for you? Listen; no offer yet.",
            "I send you an e-mail and a letter about what we agreed. To which name and address?",
        ],
        "checklist": [
            _point("who", "Who decides and who influences noted"),
            _point("name", "Name and address for the letter checked"),
            _point("next", "Date and time of the next call agreed"),
        ],
    },
    {
        "key": "campaign-thanks",
        "name": "Campaign: thank-you e-mail",
        "talking_points": ["Thank them; what was agreed, and when we talk next. Nothing else."],
        "checklist": [_point("agreed", "States what was agreed and the date of the next call")],
    },
    {
        "key": "campaign-letter",
        "name": "Campaign: thank-you letter",
        "talking_points": [
            "To a named contact, signed by hand: what was agreed, and when we talk next.",
        ],
        "checklist": [_point("name", "Addressed to a named contact")],
    },
    {
        "key": "campaign-four-days",
        "name": "Campaign: four days after the first contact",
        "talking_points": [
            "Has the letter arrived? What was unclear in it?",
            "How do you like to hear from us: phone, text, social, e-mail, video? What not?",
            "What has happened since we talked, and what may I do until the next call?",
        ],
        "checklist": [
            _point("letter", "The letter arrived"),
            _point("channels", "Preferred and refused channels stand at the contact"),
        ],
    },
    {
        "key": "campaign-call",
        "name": "Campaign: follow-up call",
        "talking_points": [
            "What did we promise last time, and have we kept it?",
            "One useful thing for them: a tip, a date, an answer.",
            "What stands in the way of a meeting, or of a trial?",
        ],
        "checklist": [
            _point("promises", "Promises of last time checked"),
            _point("next", "Date and time of the next call agreed"),
        ],
    },
    {
        "key": "campaign-meeting",
        "name": "Campaign: personal meeting",
        "talking_points": [
            "What do you need, and what do you expect from whoever supplies it?",
            "Who else has to be convinced, and of what?",
            "What would a good year with us look like for you?",
        ],
        "checklist": [
            _point("needs", "Needs and expectations recorded"),
            _point("people", "Who decides and who influences whom noted"),
            _point("next", "What happens next, by whom, until when"),
        ],
    },
]


def _named(number: int) -> str:
    also = {1: " (introduction)", 2: " (four-day check)"}.get(number, "")
    return f"Campaign call {number}{also}"


_CALLS = range(1, 2 * WEEKS + 1)
_SHEET_OF_CALL = {1: "campaign-first-call", 2: "campaign-four-days"}

# In the order in which they come; the places are behind those of the other slots.
SLOTS: list[dict[str, Any]] = [
    {"key": "new-owner-call", "name": "New owner's introductory call", "position": 65, "event": "owner"},
    {"key": "campaign-call-1", "name": _named(1), "position": 70, "event": "campaign"},
    {"key": "campaign-thanks", "name": "Campaign thank-you e-mail", "position": 71, "event": "campaign"},
    {"key": "campaign-letter", "name": "Campaign letter", "position": 72, "event": "campaign"},
    *(
        {"key": f"campaign-call-{n}", "name": _named(n), "position": 71 + n, "event": "campaign"}
        for n in _CALLS[1:]
    ),
    {"key": "campaign-meeting", "name": "Campaign meeting", "position": 84, "event": "campaign"},
]


def _call(number: int) -> dict[str, Any]:
    """Each may be late until the next one comes, and lapses then: calls that were missed are not piled up."""
    week, half = divmod(number - 1, 2)
    until_next = (HALVES[1], 7 - HALVES[1])[half] - 1
    return {
        "slot": f"campaign-call-{number}", "tier": "", "kind": "call", "anchor": "after_event",
        "every": 7 * week + HALVES[half], "unit": "day", "tolerance_days": 1, "lapse_after": until_next,
        "minutes": 10, "qualifying": TALKS, "sheet": _SHEET_OF_CALL.get(number, "campaign-call"),
    }  # fmt: skip


ITEMS: list[dict[str, Any]] = [
    # from the day after, on time until six days later: never more than five working days
    {"slot": "new-owner-call", "tier": "", "kind": "call", "anchor": "after_event", "every": 1, "unit": "day",
     "tolerance_days": 6, "lapse_after": 30, "minutes": 15, "qualifying": TALKS, "sheet": "new-owner-call"},
    # nothing follows from a call that never came about: the first one waits longer than the others
    {**_call(1), "tolerance_days": 2, "lapse_after": 6, "minutes": 20},
    {"slot": "campaign-thanks", "tier": "", "kind": "email", "anchor": "after_event", "every": 1,
     "unit": "day", "tolerance_days": 2, "lapse_after": 6, "minutes": 5, "qualifying": ["email"],
     "sheet": "campaign-thanks"},
    {"slot": "campaign-letter", "tier": "", "kind": "letter", "anchor": "after_event", "every": 1,
     "unit": "day", "tolerance_days": 2, "lapse_after": 8, "minutes": 10, "qualifying": ["letter"],
     "sheet": "campaign-letter"},
    *(_call(n) for n in _CALLS[1:]),
    {"slot": "campaign-meeting", "tier": "", "kind": "meeting", "anchor": "after_event", "every": 2,
     "unit": "week", "tolerance_days": 7, "lapse_after": 13, "minutes": 90,
     "qualifying": ["meeting", "visit", "lunch"], "sheet": "campaign-meeting"},
]  # fmt: skip


# -- a thank-you has left --------------------------------------------------------------------------

LETTER_SHEETS: list[dict[str, Any]] = [
    {
        "key": "letter-check",
        "name": "Four days after the thank-you",
        "talking_points": [
            "Has our letter arrived? Did it say what we agreed on, or is something missing?",
            "How do you like to hear from us: phone, text, social, e-mail, video? What not, please?",
            "When does it suit you best, and who else should we keep informed?",
        ],
        "checklist": [
            _point("letter", "The letter arrived, or it is sent again"),
            _point("channels", "Preferred and refused channels stand at the contact"),
            _point("next", "Date and time of the next contact agreed"),
        ],
    },
]

LETTER_SLOTS: list[dict[str, Any]] = [
    {"key": "letter-check", "name": "Four-day check of the letter", "position": 66, "event": "letter"},
]

LETTER_ITEMS: list[dict[str, Any]] = [
    # asked within the week in which it came, or no more: a later letter asks anew
    {"slot": "letter-check", "tier": "", "kind": "call", "anchor": "after_event", "every": 4, "unit": "day",
     "tolerance_days": 3, "lapse_after": 10, "minutes": 5, "qualifying": TALKS, "sheet": "letter-check"},
]  # fmt: skip

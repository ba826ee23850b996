"""The plan a new installation starts from: slots, sheets, items and tiers, as plain data.

Sources of the rules: R1-R5, R28-R30 and the decision table (docs/engine.md).
"""

from __future__ import annotations

from typing import Any

TALKS = ["call", "video", "meeting", "visit", "lunch"]  # a meeting counts for the call slot …
MEETINGS = ["meeting", "visit", "lunch"]  # … and not the reverse

TIERS = [
    {"name": "Small", "rank": 1, "colour": "slate", "description": "Contact about twice a year."},
    {"name": "Medium", "rank": 2, "colour": "teal", "description": "Contact every other month."},
    {"name": "Large", "rank": 3, "colour": "indigo", "description": "Contact monthly, meetings quarterly."},
]
# Purchases of 12 months, in the company's currency, that lift an account into a tier.
TIER_THRESHOLDS = {"Medium": 5_000, "Large": 25_000}
NETWORK_LIFT = {"network": 4, "tiers": 1}

SLOTS = [
    {"key": "one-week-call", "name": "One-week call", "position": 10, "is_track": True},
    {"key": "two-week-survey", "name": "Two-week survey", "position": 11, "is_track": True},
    {"key": "one-month-call", "name": "One-month call", "position": 12, "is_track": True},
    # of no item: what new customers are written is the company's to say, a click on the ladder begins it
    {"key": "welcome", "name": "Welcome", "position": 15, "is_track": False},
    {"key": "relationship-call", "name": "Relationship call", "position": 20, "is_track": False},
    {"key": "meeting", "name": "Meeting", "position": 30, "is_track": False},
    {"key": "check-in", "name": "Check-in e-mail", "position": 40, "is_track": False},
    {"key": "yearly-survey", "name": "Yearly survey", "position": 50, "is_track": False},
    {"key": "summer-greeting", "name": "Summer greeting", "position": 60, "is_track": False},
    {"key": "agreed", "name": "Agreed date", "position": 90, "is_track": False},
    {"key": "todo", "name": "To-do", "position": 91, "is_track": False},
]


def _point(key: str, text: str, gate: str = "") -> dict[str, str]:
    return {"key": key, "text": text, "gate": gate}


WRITTEN_FOR = {
    "check-in": "check_in",
    "summer-greeting": "gift",
    "campaign-thanks": "thank_you",
    "campaign-letter": "thank_you",
}
"""The use whose first template a seeded item is written with, where one is there when the plan is seeded."""

WELCOME = {
    "kind": "letter", "anchor": "after_event", "every": 1, "unit": "day", "starts": "first",
    "tolerance_days": 4, "lapse_after": 30, "minutes": 5, "qualifying": ["letter"],
}  # fmt: skip
"""What the editor of an empty cell of the slot "welcome" begins with (R18)."""

PURPOSES: list[dict[str, Any]] = [
    {
        "key": "one-week-call",
        "name": "One week after the purchase",
        "talking_points": [
            "How did the purchase and the delivery go? What would you have wished for?",
            "Is it installed and running? Who uses it, and who was shown how?",
            "We offer training and product support: what would help your people most?",
            "Which functions have you not tried yet? May I show you one that fits your work?",
            "Is there anything that worries you? Who should take care of it, and until when?",
        ],
        "checklist": [
            _point("purchase", "Purchase and installation went well, or a concern is logged"),
            _point("training", "Training offered"),
            _point("support", "Product support explained: whom to call, and when"),
            _point("questions", "Open questions and unused functions talked through"),
            _point("concern", "Every worry is a concern with an owner and a date"),
        ],
    },
    {
        "key": "two-week-survey",
        "name": "Two weeks after the purchase: survey",
        "talking_points": [
            "Asks about the product, our company and our sales process.",
            "Asks how competitors' salespeople approached them, and why they chose us.",
            "Goes out from a neutral address; the salesperson never reads the answers.",
        ],
        "checklist": [],
    },
    {
        "key": "one-month-call",
        "name": "One month after the purchase",
        "talking_points": [
            "Go through every concern raised so far: is it really solved, in their eyes?",
            "What has the purchase changed for you? What surprised you?",
            "Whom do you know who has the problem you had? May I mention your name?",
            "Would you tell others in two or three sentences what it is like to work with us?",
            "If all is well: may we meet, to see where else we could help?",
        ],
        "checklist": [
            _point("concerns", "Concerns re-checked; what is open has an owner and a date"),
            _point("referral", "Asked for a referral"),
            _point("testimonial", "Asked for a testimonial"),
            _point("cross-selling", "Appointment made to explore what else we could do", gate="favourable"),
        ],
    },
    {
        "key": "relationship-call",
        "name": "Staying in touch",
        "talking_points": [
            "What has changed since we last talked: people, priorities, plans?",
            "How are you doing with what you bought? What do you hear from those who use it?",
            "What did we promise last time, and have we kept it?",
            "Is there anything we could do better? Anything about to become a problem?",
            "When do we talk next, and by which channel do you prefer to hear from us?",
        ],
        "checklist": [
            _point("changes", "Changes of people and plans noted"),
            _point("promises", "Promises of last time checked"),
            _point("worries", "Worries logged as concerns"),
            _point("next", "Date and time of the next contact agreed"),
        ],
    },
    {
        "key": "meeting",
        "name": "Meeting in person",
        "talking_points": [
            "What do you expect from us this year? What did you expect last year, and what did you get?",
            "Who decides, who uses, who is new? Whom should we know?",
            "Show on one page what we did for you since the last meeting.",
            "What are your plans for the next twelve months, and where could we help?",
        ],
        "checklist": [
            _point("agenda", "Agenda sent beforehand"),
            _point("expectations", "Needs and expectations recorded"),
            _point("people", "Who decides and who influences whom noted"),
            _point("thanks", "Thank-you e-mail with what was agreed"),
        ],
    },
    {
        "key": "check-in",
        "name": "Check-in e-mail",
        "talking_points": [
            "Short and personal: is all well? One line on what they bought last.",
            "One useful thing: a tip, a change that concerns them, a date.",
            "One question that is easy to answer, and how to reach you directly.",
        ],
        "checklist": [_point("personal", "Names a person and something only they would know")],
    },
    {
        "key": "yearly-survey",
        "name": "Yearly survey",
        "talking_points": [
            "How satisfied are they with product, service, people; what should change?",
            "Goes out from a neutral address; answers are never shown by customer.",
        ],
        "checklist": [],
    },
    {
        "key": "summer-greeting",
        "name": "Summer greeting",
        "talking_points": [
            "A small gift or card that arrives before the holidays, with a line in your own hand.",
            "No offer and no request in it.",
        ],
        "checklist": [_point("address", "Address and name of the contact checked")],
    },
]

# Tier "" is the base plan. Windows in June keep inside the month in leap years too.
ITEMS: list[dict[str, Any]] = [
    # -- the 1-2-1 track after the first purchase (R1-R4)
    {"slot": "one-week-call", "tier": "", "kind": "call", "anchor": "after_event", "every": 7, "unit": "day",
     "tolerance_days": 2, "lapse_after": 23, "minutes": 15, "qualifying": TALKS},
    {"slot": "two-week-survey", "tier": "", "kind": "survey", "anchor": "after_event", "every": 14,
     "unit": "day", "tolerance_days": 7, "lapse_after": 14, "minutes": 0, "assignee": "nobody"},
    {"slot": "one-month-call", "tier": "", "kind": "call", "anchor": "after_event", "every": 1,
     "unit": "month", "tolerance_days": 5, "lapse_after": 35, "minutes": 20, "qualifying": TALKS},
    # -- the base plan (R29, R30)
    # two weeks, 10 working days, whatever weekday they begin on: one wave (R30)
    {"slot": "yearly-survey", "tier": "", "kind": "survey", "anchor": "calendar", "cycle": "year",
     "window_from": 279, "window_days": 14, "tolerance_days": 14, "lapse_after": 14, "minutes": 0,
     "avoids_track": True, "assignee": "nobody"},
    {"slot": "check-in", "tier": "", "kind": "email", "anchor": "calendar", "cycle": "half",
     "window_from": 14, "window_days": 150, "tolerance_days": 10, "lapse_after": 10, "minutes": 5,
     "avoids_track": True, "qualifying": ["email"]},
    {"slot": "summer-greeting", "tier": "", "kind": "gift", "anchor": "calendar", "cycle": "year",
     "window_from": 152, "window_days": 28, "tolerance_days": 7, "lapse_after": 7, "minutes": 5,
     "qualifying": ["gift", "letter"]},
    # -- calls and meetings by tier (R5)
    {"slot": "relationship-call", "tier": "Small", "kind": "call", "anchor": "after_contact", "every": 6,
     "unit": "month", "tolerance_days": 14, "minutes": 15, "qualifying": TALKS},
    {"slot": "relationship-call", "tier": "Medium", "kind": "call", "anchor": "after_contact", "every": 2,
     "unit": "month", "tolerance_days": 7, "minutes": 15, "qualifying": TALKS},
    {"slot": "meeting", "tier": "Medium", "kind": "meeting", "anchor": "calendar", "cycle": "year",
     "window_from": 31, "window_days": 300, "tolerance_days": 14, "lapse_after": 14, "minutes": 90,
     "qualifying": MEETINGS},
    {"slot": "relationship-call", "tier": "Large", "kind": "call", "anchor": "after_contact", "every": 1,
     "unit": "month", "tolerance_days": 4, "minutes": 20, "qualifying": TALKS},
    {"slot": "meeting", "tier": "Large", "kind": "meeting", "anchor": "calendar", "cycle": "quarter",
     "window_from": 7, "window_days": 70, "tolerance_days": 10, "lapse_after": 10, "minutes": 90,
     "qualifying": MEETINGS},
]  # fmt: skip

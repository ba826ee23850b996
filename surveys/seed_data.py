"""What a new installation starts from: two programmes with questions and mail texts, in English and German.

Neutral words, one thing per question, all but the first voluntary; nothing is about a single salesperson.
"""

from __future__ import annotations

from typing import Any

LANGUAGES = ["en", "de"]


def _both(english: str, german: str) -> dict[str, str]:
    return {"en": english, "de": german}


def _options(*given: tuple[str, str, str]) -> list[dict[str, Any]]:
    return [{"key": key, "label": _both(english, german)} for key, english, german in given]


RECOMMEND = {
    "key": "recommend", "type": "nps", "required": True,
    "label": _both("How likely are you to recommend us to a colleague or friend?",
                   "Wie wahrscheinlich ist es, dass Sie uns weiterempfehlen?"),
    "low": _both("not at all likely", "gar nicht wahrscheinlich"),
    "high": _both("extremely likely", "äußerst wahrscheinlich"),
}  # fmt: skip
REASON = {
    "key": "reason", "type": "text",
    "label": _both("What is the main reason for your score?",
                   "Was ist der wichtigste Grund für Ihre Bewertung?"),
}  # fmt: skip
PRODUCT = {
    "key": "product", "type": "scale",
    "label": _both("How satisfied are you with what you bought so far?",
                   "Wie zufrieden sind Sie bisher mit dem, was Sie gekauft haben?"),
    "low": _both("very dissatisfied", "sehr unzufrieden"), "high": _both("very satisfied", "sehr zufrieden"),
}  # fmt: skip
PROBLEMS = {
    "key": "problems", "type": "multi",
    "label": _both("Did any of these happen?", "Ist etwas davon vorgekommen?"),
    "options": _options(
        ("none", "No problem", "Kein Problem"), ("late", "Delivery was late", "Lieferung kam zu spät"),
        ("parts", "Wrong or missing parts", "Falsche oder fehlende Teile"),
        ("defect", "A defect", "Ein Defekt"),
        ("documents", "Documentation", "Unterlagen"), ("setup", "Setting it up", "Inbetriebnahme"),
        ("software", "Software", "Software"), ("invoice", "Invoice", "Rechnung"),
        ("other", "Something else", "Etwas anderes"),
    ),
}  # fmt: skip
SOLVED = {
    "key": "solved", "type": "single",
    "label": _both("If there was a problem: is it solved?", "Falls es ein Problem gab: Ist es gelöst?"),
    "options": _options(("yes", "Yes", "Ja"), ("partly", "Partly", "Teilweise"), ("no", "No", "Nein")),
}  # fmt: skip
EASY = {
    "key": "easy", "type": "agree",
    "label": _both("The company made it easy for me to buy what I needed.",
                   "Das Unternehmen hat es mir leicht gemacht, das Passende zu kaufen."),
    "low": _both("strongly disagree", "stimme gar nicht zu"),
    "high": _both("strongly agree", "stimme völlig zu"),
}  # fmt: skip
PROCESS = {
    "key": "process", "type": "items",
    "label": _both("How was the buying itself?", "Wie war der Kauf selbst?"),
    "low": _both("very poor", "sehr schlecht"), "high": _both("very good", "sehr gut"),
    "options": _options(
        ("need", "Our need was understood", "Unser Bedarf wurde verstanden"),
        ("facts", "Information was correct", "Die Auskünfte stimmten"),
        ("agreements", "Agreements were kept", "Absprachen wurden eingehalten"),
        ("reachable", "Somebody could be reached", "Es war jemand erreichbar"),
        ("offer", "Price and offer were understandable", "Preis und Angebot waren verständlich"),
    ),
}  # fmt: skip
OTHERS = {
    "key": "others", "type": "single",
    "label": _both("How did the other suppliers you considered approach you, compared with us?",
                   "Wie sind andere Anbieter, die Sie erwogen haben, auf Sie zugegangen,"
                   " verglichen mit uns?"),
    "options": _options(
        ("better", "Better", "Besser"), ("same", "About the same", "Etwa gleich"),
        ("worse", "Worse", "Schlechter"), ("no_others", "I considered no others", "Ich habe keine erwogen"),
    ),
}  # fmt: skip
OTHERS_HOW = {
    "key": "others_how", "type": "text",
    "label": _both("What did they do better or differently?", "Was haben sie besser oder anders gemacht?"),
}  # fmt: skip
DECIDED = {
    "key": "decided", "type": "multi", "most": 3, "shuffled": True,
    "label": _both("What decided the choice for us?", "Was gab den Ausschlag für uns?"),
    "options": _options(
        ("price", "Price", "Preis"), ("quality", "Quality", "Qualität"),
        ("delivery", "Delivery", "Lieferung"),
        ("advice", "Advice", "Beratung"), ("relationship", "We know each other", "Wir kennen uns"),
        ("references", "References", "Referenzen"),
        ("only", "There was no other choice", "Es gab keine Wahl"),
        ("other", "Something else", "Etwas anderes"),
    ),
}  # fmt: skip
CHANGE = {
    "key": "change", "type": "text",
    "label": _both("What should we change first?", "Was sollten wir zuerst ändern?"),
}  # fmt: skip
YEAR = {
    "key": "year", "type": "items",
    "label": _both("How have we served you over the past year?",
                   "Wie haben wir Sie im letzten Jahr betreut?"),
    "low": _both("very poorly", "sehr schlecht"), "high": _both("very well", "sehr gut"),
    "options": _options(
        ("need", "You understand what we need", "Sie verstehen, was wir brauchen"),
        ("agreements", "You keep agreements", "Sie halten Absprachen ein"),
        ("reachable", "We reach somebody", "Wir erreichen jemanden"),
        ("support", "Help when something fails", "Hilfe, wenn etwas ausfällt"),
        ("worth", "It is worth its price", "Es ist seinen Preis wert"),
    ),
}  # fmt: skip
AGAIN = {
    "key": "again", "type": "single",
    "label": _both("Would you buy from us again?", "Würden Sie wieder bei uns kaufen?"),
    "options": _options(
        ("yes", "Yes", "Ja"), ("rather", "Probably", "Wahrscheinlich"), ("unsure", "Not sure", "Weiß nicht"),
        ("no", "No", "Nein"),
    ),
}  # fmt: skip

AFTER_PURCHASE_QUESTIONS = {
    "languages": LANGUAGES,
    "title": _both("How did your purchase go?", "Wie war Ihr Kauf?"),
    "intro": _both("About three minutes. Only the first question is needed.",
                   "Etwa drei Minuten. Nur die erste Frage ist nötig."),
    "questions": [RECOMMEND, PRODUCT, PROBLEMS, SOLVED, EASY, PROCESS, OTHERS, OTHERS_HOW, DECIDED, CHANGE],
}  # fmt: skip
YEARLY_QUESTIONS = {
    "languages": LANGUAGES,
    "title": _both("How are we doing?", "Wie machen wir unsere Sache?"),
    "intro": _both("About two minutes. Only the first question is needed.",
                   "Etwa zwei Minuten. Nur die erste Frage ist nötig."),
    "questions": [RECOMMEND, REASON, PRODUCT, YEAR, DECIDED, AGAIN, CHANGE],
}  # fmt: skip

PROMISE_EN = (
    "Your answers are anonymous: they are sealed as you send them and opened only together with many others."
    " Nobody who sells to you sees them. What exactly is stored:\n{{public_page}}"
)
PROMISE_DE = (
    "Ihre Antworten sind anonym: Sie werden beim Absenden versiegelt und nur zusammen mit vielen anderen"
    " geöffnet."
    " Niemand, der Ihnen etwas verkauft, sieht sie. Was genau gespeichert wird:\n{{public_page}}"
)
END_EN = "{{company}}\n\nNo more surveys, please:\n{{unsubscribe}}"
END_DE = "{{company}}\n\nBitte keine weiteren Umfragen:\n{{unsubscribe}}"


def _letter(*paragraphs: str) -> str:
    return "\n\n".join(paragraphs)


def _texts(english: tuple[str, str], german: tuple[str, str]) -> dict[str, dict[str, str]]:
    """Subject and first paragraph of each language; the rest is the same for all programmes."""
    return {
        "en": {
            "subject": english[0],
            "body": _letter(
                "Dear {{name}},", english[1],
                "Answer {{questions}} short questions\n{{link}}",
                "The link works until {{closes_on}}.", PROMISE_EN, "Thank you for your time.", END_EN,
            ),
            "follow_up_subject": "Thank you, or: there is still time until {{closes_on}}",
            "follow_up_body": _letter(
                "Dear {{name}},",
                "a week ago we asked for your opinion. If you have answered: thank you! We do not know who"
                " has, which is why everybody gets this mail. If not, there is still time until"
                " {{closes_on}}:",
                "Answer {{questions}} short questions\n{{link}}", PROMISE_EN, END_EN,
            ),
        },
        "de": {
            "subject": german[0],
            "body": _letter(
                "Guten Tag {{name}},", german[1],
                "{{questions}} kurze Fragen beantworten\n{{link}}",
                "Der Link gilt bis {{closes_on}}.", PROMISE_DE, "Vielen Dank für Ihre Zeit.", END_DE,
            ),
            "follow_up_subject": "Danke – oder: noch Zeit bis {{closes_on}}",
            "follow_up_body": _letter(
                "Guten Tag {{name}},",
                "vor einer Woche haben wir Sie um Ihre Meinung gebeten. Falls Sie geantwortet haben:"
                " vielen Dank! Wir wissen nicht, wer geantwortet hat, deshalb bekommen alle diese Mail. Falls"
                " nicht, ist noch Zeit bis {{closes_on}}:",
                "{{questions}} kurze Fragen beantworten\n{{link}}", PROMISE_DE, END_DE,
            ),
        },
    }  # fmt: skip


AFTER_PURCHASE_TEXTS = _texts(
    ("How did your purchase go?",
     "two weeks ago you bought from us. How did it go, and what should we do better?"),
    ("Wie war Ihr Kauf?",
     "vor zwei Wochen haben Sie bei uns gekauft. Wie ist es gelaufen, und was sollten wir besser machen?"),
)  # fmt: skip
YEARLY_TEXTS = _texts(
    ("How are we doing?",
     "once a year we ask our customers what they think of us: what is good, and what is not?"),
    ("Wie machen wir unsere Sache?",
     "einmal im Jahr fragen wir unsere Kunden, was sie von uns halten: Was ist gut, was nicht?"),
)  # fmt: skip
ONE_OFF_TEXTS = _texts(
    ("May we ask you something?", "we would like to know what you think, and what we should do better."),
    ("Dürfen wir Sie etwas fragen?", "wir möchten wissen, was Sie denken und was wir besser machen sollten."),
)  # fmt: skip

PROGRAMMES: list[dict[str, Any]] = [
    {"kind": "after_purchase", "name": "After a purchase", "slot_key": "two-week-survey",
     "questions": AFTER_PURCHASE_QUESTIONS, "texts": AFTER_PURCHASE_TEXTS},
    {"kind": "yearly", "name": "Yearly", "slot_key": "yearly-survey",
     "questions": YEARLY_QUESTIONS, "texts": YEARLY_TEXTS},
]  # fmt: skip

"""Questionnaires as they are really sent, for looks and lengths."""

from __future__ import annotations

from ballotbox.questionnaire import Option, Question, Questionnaire, check

# -- As long as it gets: ten questions, long words, two languages, all that can be typed ----------------

STEPS = {
    "contact": ("How quickly you were called back", "Wie schnell Sie zurückgerufen wurden"),
    "advice": ("How well your needs were understood", "Wie gut Ihr Bedarf verstanden wurde"),
    "offer": ("How clear the quotation was", "Wie verständlich das Angebot war"),
    "delivery": ("Delivery on the promised day", "Lieferung am zugesagten Tag"),
    "invoice": ("A correct invoice", "Eine richtige Rechnung"),
    "start": ("Getting started with the product", "Die Inbetriebnahme"),
}
REASONS = {
    "price": ("Price", "Preis"),
    "quality": ("Quality of the product", "Qualität des Produkts"),
    "advice": ("The advice we got", "Die Beratung"),
    "delivery": ("Time of delivery", "Lieferzeit"),
    "known": ("We have known each other for years", "Wir kennen uns seit Jahren"),
    "other": ("Something else", "Etwas anderes"),
}


def both(english: str, german: str) -> dict[str, str]:
    return {"en": english, "de": german}


def options(of: dict[str, tuple[str, str]]) -> tuple[Option, ...]:
    return tuple(Option(key, both(*label)) for key, label in of.items())


def ends(low: str, high: str, tief: str, hoch: str) -> dict[str, dict[str, str]]:
    return {"low": both(low, tief), "high": both(high, hoch)}


LIKELY = ends("Not at all likely", "Extremely likely", "Sehr unwahrscheinlich", "Sehr wahrscheinlich")
GOOD = ends("Very poor", "Very good", "Sehr schlecht", "Sehr gut")
AGREE = ends("Do not agree at all", "Agree completely", "Stimme gar nicht zu", "Stimme voll zu")


def long_survey() -> Questionnaire:
    """Every type of question, ten in all, in the words of the product's own set."""
    asked = Questionnaire(
        questions=(
            Question("recommend", "nps", both(
                "How likely is it that you would recommend Northwind Pumps to a colleague in your trade?",
                "Wie wahrscheinlich ist es, dass Sie Northwind Pumps in Ihrer Branche weiterempfehlen?"),
                required=True, **LIKELY),
            Question("product", "scale", both("How does the product do what you bought it for?",
                     "Wie erfüllt das Produkt seinen Zweck?"), **GOOD),
            Question("steps", "items", both("How good was each step of the purchase?",
                     "Wie gut war jeder Schritt des Kaufs?"), options=options(STEPS), **GOOD),
            Question("easy", "agree", both("It was easy to buy from Northwind Pumps.",
                     "Der Kauf bei Northwind Pumps war einfach."), **AGREE),
            Question("problems", "multi", both("Was there a problem since the purchase?",
                     "Gab es seit dem Kauf ein Problem?"), options=options(STEPS), most=3),
            Question("about", "info", both("A few words about how you decided", "Zu Ihrer Entscheidung")),
            Question("reason", "single", both("What decided for us in the end?",
                     "Was gab am Ende den Ausschlag für uns?"), options=options(REASONS), shuffled=True),
            Question("others", "single", both("How did competitors approach you?",
                     "Wie sind Mitbewerber auf Sie zugegangen?"), options=options(REASONS), shuffled=True),
            Question("trust", "agree", both("I trust what Northwind Pumps promises.",
                     "Ich vertraue den Zusagen von Northwind Pumps."), **AGREE),
            Question("change", "text", both("What is the one thing we should change?",
                     "Was sollten wir als Erstes ändern?")),
            Question("praise", "text", both("What should we go on doing?", "Was sollten wir beibehalten?"),
                     help=both("One sentence is enough.", "Ein Satz genügt.")),
        ),
        languages=("en", "de"),
        title=both("Your purchase from Northwind Pumps", "Ihr Einkauf bei Northwind Pumps"),
        intro=both("Ten questions, about three minutes. Only the first one needs an answer.",
                   "Zehn Fragen, etwa drei Minuten. Nur die erste braucht eine Antwort."),
    )  # fmt: skip
    assert check(asked) == []
    return asked

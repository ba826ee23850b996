"""How a mail says that one can do without more of its kind, by language."""

from __future__ import annotations

from correspondence.words.languages import base_of

WORDS = {
    "da": "Afmeld mails som denne",
    "de": "Mails dieser Art abbestellen",
    "en": "Unsubscribe from mails like this",
    "es": "Darse de baja de este tipo de correos",
    "fi": "Peru tällaiset viestit",
    "fr": "Se désabonner des messages de ce type",
    "it": "Annulla l’iscrizione a messaggi come questo",
    "nb": "Meld deg av e-poster som denne",
    "nl": "Afmelden voor dit soort e-mails",
    "pl": "Zrezygnuj z takich wiadomości",
    "pt": "Cancelar a receção de mensagens como esta",
    "sv": "Avanmäl dig från mejl som detta",
}


def opt_out_words(language: str) -> str:
    """The words of the link; in English where the language has none here."""
    return WORDS.get(base_of(language), WORDS["en"])

"""First and last names by speech area, and the syllables of which company names are made."""

# ruff: noqa: E501 - a name list reads best on one line

from __future__ import annotations

FIRST: dict[str, str] = {
    "da": "Mette Lars Kirsten Søren Anne Jens Hanne Niels Camilla Rasmus Louise Henrik Pia Torben Signe Bo",
    "sv": "Anna Erik Karin Lars Emma Nils Åsa Johan Elin Gustav Maja Mikael Birgitta Oskar Hanna Sven",
    "no": "Siri Per Kari Ola Ingrid Knut Marit Håkon Solveig Arne Liv Bjørn Tone Eirik Silje Geir",
    "fi": "Aino Jukka Päivi Mikko Sari Antti Leena Ville Tuula Heikki Katja Pekka Riikka Olli Marja Timo",
    "en": "Helen James Priya Oliver Ruth Callum Amara Neil Fiona Gareth Yasmin Peter Siobhan Marcus Jean Kofi",
    "de": "Sabine Thomas Katrin Stefan Aylin Jürgen Heike Markus Ursula Felix Monika Uwe Lena Dirk Anja Rainer",
    "nl": "Marieke Jan Sanne Pieter Fatima Wouter Els Bram Lotte Hendrik Ingrid Tijs Noor Gerard Femke Rik",
    "fr": "Claire Julien Nathalie Luc Samira Antoine Hélène Marc Élodie Pascal Inès Bruno Odile Karim Agnès Yves",
    "pl": "Anna Piotr Agnieszka Tomasz Ewa Marek Zofia Paweł Magdalena Jacek Beata Łukasz Irena Adam",
    "it": "Giulia Marco Francesca Luca Paola Davide Chiara Stefano Elena Matteo",
    "es": "Lucía Javier Carmen Pablo Marta Diego Elena Andrés Nuria Iker",
}

LAST: dict[str, str] = {
    "da": "Skovgaard Thygesen Bech Ravn Mikkelsen Dahl Frandsen Kjær Lund Overgaard Buch Toft Winther Brink Holst Juhl",
    "sv": "Lindqvist Åkesson Wallin Ström Hedlund Nyberg Sandell Öberg Forsman Ek Blomgren Ahl Rydell Falk Sjöstedt Norén",
    "no": "Moe Hagen Lind Solberg Aasen Vik Bakken Tveit Sæther Borg Ødegård Myhre Fossum Rustad Haugen Lie",
    "fi": "Koskela Niemi Laine Salonen Heikkilä Rantanen Aalto Lehtinen Hämäläinen Peltola Saari Mäkelä Jokinen Vuori",
    "en": "Hartley Okonkwo Pryce Whitfield Sharma Garland Doyle Ashworth Mensah Kerr Lowe Tindall Brennan Shaw Patel Reeve",
    "de": "Brandt Vogelsang Keller Yıldız Hartmann Seidel Lorenz Krüger Wendt Baumann Ostermann Rau Thiel Gerlach Böhm Pohl",
    "nl": "de Wit Vermeer Bakker Hoekstra van Dam Postma Kuipers El Amrani Smeets Dekker Verhagen Mulder Terpstra Claes",
    "fr": "Lefèvre Moreau Garnier Benali Chauvin Roussel Perrin Delmas Fabre Marchand Colin Brunet Aubry Gillet Tessier",
    "pl": "Zielińska Nowicki Wrona Kaczmarek Sikora Mazur Wójcik Lis Jaworska Bielak Sowa Krawczyk",
    "it": "Conti Marchetti Ferri Galli Ricci Bassi Moretti Serra Villa",
    "es": "Ibarra Navarro Soler Ortega Vidal Romero Etxeberria Campos Lara",
}

# Two halves of an invented family or place; {0}{1} becomes the root of a company name.
ROOTS: dict[str, tuple[str, str]] = {
    "da": (
        "Gran Sol Vester Nør Sand Bøge Kløver Lerke Ny Hav Egel Rug",
        "holm dal gård lund toft ager sund bæk vang strup",
    ),
    "sv": (
        "Gran Berg Solen Vester Norr Björk Lång Ek Sten Alm Elg Kvarn",
        "vik holm dal lund sjö fors näs by ström hult",
    ),
    "no": (
        "Fjell Sol Nord Stor Gran Elve Bjørke Ytre Sand Havn Laks Furu",
        "vik dal nes sund haug bakk strand heim foss øy",
    ),
    "fi": (
        "Koivu Honka Kallio Metsä Salo Kivi Hauki Vaahtera Tammi Joutsen",
        "niemi järvi koski mäki ranta lahti vaara kangas saari",
    ),
    "en": (
        "Thorn Ash Wex Alder Marl Fen Hart Copper Stan Ox Brindle Larks",
        "ley combe worth mere wick stead ham gate field by",
    ),
    "de": (
        "Hasel Birken Eber Falken Kalt Rosen Tann Zell Weiden Krumm Lerchen Ohl",
        "hof bach horst kamp reuth wald brück stedt au hagen",
    ),
    "nl": (
        "Ooster Wester Groen Zand Molen Eiken Kruis Riet Zwaluw Ganzen Duin",
        "dijk kamp horst beek veld wijk huis meer poort",
    ),
    "fr": (
        "Beau Clair Roche Chante Bel Haute Val Pré Fon Lune Orme",
        "court rive champ loup vigne mare lieu rac fontaine",
    ),
    "pl": ("Jawor Brzoz Lip Kalin Olsz Wierzb Sosn Jarzęb", "ów nica owo anka ica ewo"),
    "it": ("Monte Val Rocca Casal Fonte Ponte Selva", "bianca verde nova rossa chiara lunga"),
    "es": ("Monte Val Rio Peña Fuente Roble Puente", "blanco verde alta mayor clara luna"),
}

ROLES = (  # job title, department, weight; the first one of an account decides
    ("Head of purchasing", "Purchasing", 10),
    ("Plant manager", "Production", 9),
    ("Technical director", "Management", 7),
    ("Managing director", "Management", 8),
    ("Maintenance manager", "Maintenance", 9),
    ("Owner", "Management", 5),
    ("Purchaser", "Purchasing", 8),
    ("Process engineer", "Production", 7),
    ("Operations manager", "Production", 6),
    ("Laboratory manager", "Quality", 4),
    ("Quality manager", "Quality", 4),
    ("Project engineer", "Projects", 5),
    ("Shift supervisor", "Production", 4),
    ("Accounts payable", "Finance", 4),
    ("Stores manager", "Stores", 3),
    ("Head of utilities", "Utilities", 3),
    ("Assistant to the management", "Management", 3),
)


def words(text: str) -> list[str]:
    """Names of a line; particles such as *de* or *van* stay with what follows them."""
    found: list[str] = []
    for word in text.split():
        if found and found[-1].split()[-1] in {"de", "van", "El"}:
            found[-1] = f"{found[-1]} {word}"
        else:
            found.append(word)
    return found

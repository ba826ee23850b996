"""The templates that an installation begins with: six uses, five languages, the same words by mail and post.

Warm and short, in our own words; nothing is promised that a salesperson would have to take back. Only the
closing formula differs: a letter is a little more formal than a mail. Names and signatures follow by
themselves, so none stands here.
"""

from __future__ import annotations

CLOSINGS = {
    "email": {
        "en": "Kind regards,",
        "de": "Viele Grüße",
        "fr": "Bien cordialement,",
        "es": "Un cordial saludo,",
        "nb": "Vennlig hilsen",
    },
    "letter": {
        "en": "Yours sincerely,",
        "de": "Mit freundlichen Grüßen",
        "fr": "Veuillez recevoir mes salutations les meilleures.",
        "es": "Atentamente,",
        "nb": "Med vennlig hilsen",
    },
}

# use -> name of the template, then language -> subject and what stands between salutation and closing
TEMPLATES: dict[str, tuple[str, dict[str, tuple[str, str]]]] = {
    "welcome": (
        "Welcome, new customer",
        {
            "en": (
                "Welcome to {{company}}",
                "Thank you for choosing us. We are glad to have {{account}} among our customers.\n\n"
                "From today I am the person you can turn to, whatever it is about: a question, a wish, or "
                "something that did not go as it should. I will call you soon and ask how you have "
                "started.\n\n"
                "I look forward to working with you.",
            ),
            "de": (
                "Willkommen bei {{company}}",
                "vielen Dank, dass Sie sich für uns entschieden haben. Wir freuen uns, {{account}} zu "
                "unseren Kunden zu zählen.\n\n"
                "Ab heute können Sie sich mit allem an mich wenden: mit einer Frage, einem Wunsch oder wenn "
                "einmal etwas nicht so läuft, wie es soll. Bald rufe ich Sie an und frage, "
                "wie der Anfang gelungen ist.\n\n"
                "Ich freue mich auf die Zusammenarbeit mit Ihnen.",
            ),
            "fr": (
                "Bienvenue chez {{company}}",
                "Merci de nous avoir choisis. Nous sommes heureux de compter {{account}} parmi nos "
                "clients.\n\n"
                "Dès aujourd'hui, vous pouvez vous adresser à moi pour tout\u00a0: une question, un souhait, "
                "ou quelque chose qui ne s'est pas passé comme prévu. Je vous appellerai bientôt pour "
                "savoir comment vous avez démarré.\n\n"
                "Au plaisir de travailler avec vous.",
            ),
            "es": (
                "Le damos la bienvenida a {{company}}",
                "Gracias por haber confiado en nosotros. Nos alegra contar con {{account}} entre nuestros "
                "clientes.\n\n"
                "Desde hoy puede dirigirse a mí para lo que necesite: una pregunta, un deseo o algo que no "
                "haya salido como debía. Pronto le llamaré para saber cómo han "
                "empezado.\n\n"
                "Será un placer trabajar con ustedes.",
            ),
            "nb": (
                "Velkommen til {{company}}",
                "Takk for at dere valgte oss. Vi er glade for å ha {{account}} som kunde.\n\n"
                "Fra i dag kan du komme til meg med alt: et spørsmål, et ønske eller noe som ikke gikk som "
                "det skulle. Jeg ringer snart for å høre hvordan dere har kommet i gang.\n\n"
                "Jeg gleder meg til samarbeidet.",
            ),
        },
    ),
    "thank_you": (
        "Thank-you after a talk",
        {
            "en": (
                "Thank you for our talk on {{talk_on}}",
                "Thank you for taking the time to talk with me on {{talk_on}}. This is what I took with "
                "me:\n\n"
                "{{talk_summary}}\n\n"
                "We agreed on the following:\n\n"
                "{{talk_agreed}}\n\n"
                "Our next contact: {{next_contact}}. If anything comes up before then, I am glad to hear "
                "from you.",
            ),
            "de": (
                "Vielen Dank für unser Gespräch am {{talk_on}}",
                "vielen Dank, dass Sie sich am {{talk_on}} die Zeit für unser Gespräch genommen haben. Das "
                "habe ich daraus mitgenommen:\n\n"
                "{{talk_summary}}\n\n"
                "Vereinbart haben wir:\n\n"
                "{{talk_agreed}}\n\n"
                "Unser nächster Kontakt: {{next_contact}}. Wenn vorher etwas ist, freue ich mich, von Ihnen "
                "zu hören.",
            ),
            "fr": (
                "Merci pour notre échange du {{talk_on}}",
                "Merci d'avoir pris le temps d'échanger avec moi le {{talk_on}}. Voici ce que j'en ai "
                "retenu\u00a0:\n\n"
                "{{talk_summary}}\n\n"
                "Nous avons convenu de ce qui suit\u00a0:\n\n"
                "{{talk_agreed}}\n\n"
                "Notre prochain contact\u00a0: {{next_contact}}. Si quelque chose se présente d'ici là, "
                "n'hésitez pas à me joindre.",
            ),
            "es": (
                "Gracias por nuestra conversación del {{talk_on}}",
                "Gracias por haberme dedicado su tiempo el {{talk_on}}. Esto es lo que me llevo de nuestra "
                "conversación:\n\n"
                "{{talk_summary}}\n\n"
                "Hemos acordado lo siguiente:\n\n"
                "{{talk_agreed}}\n\n"
                "Nuestro próximo contacto: {{next_contact}}. Si surge algo antes, será un placer "
                "tener noticias suyas.",
            ),
            "nb": (
                "Takk for samtalen {{talk_on}}",
                "Takk for at du tok deg tid til å snakke med meg {{talk_on}}. Dette tok jeg med meg:\n\n"
                "{{talk_summary}}\n\n"
                "Vi ble enige om dette:\n\n"
                "{{talk_agreed}}\n\n"
                "Neste gang vi snakkes: {{next_contact}}. Kommer det opp noe før det, hører jeg gjerne fra "
                "deg.",
            ),
        },
    ),
    "check_in": (
        "Check-in",
        {
            "en": (
                "How are things at {{account}}?",
                "It has been a while since we last talked, and I would like to know how you are doing with "
                "what you have from us.\n\n"
                "Is everything running as it should? Is there something we could do better? Two lines are "
                "enough, and I will take care of it.",
            ),
            "de": (
                "Wie läuft es bei {{account}}?",
                "seit unserem letzten Gespräch ist etwas Zeit vergangen, und ich möchte gern wissen, wie Sie "
                "mit dem zurechtkommen, was Sie von uns haben.\n\n"
                "Läuft alles, wie es soll? Können wir etwas besser machen? Zwei Zeilen genügen, und ich "
                "kümmere mich darum.",
            ),
            "fr": (
                "Comment cela se passe-t-il chez {{account}} ?",
                "Cela fait quelque temps que nous ne nous sommes pas parlé, et j'aimerais savoir si ce "
                "que nous vous avons livré vous convient.\n\n"
                "Tout fonctionne-t-il comme il se doit\u00a0? Pouvons-nous faire mieux quelque part\u00a0? "
                "Deux lignes suffisent, et je m'en occupe.",
            ),
            "es": (
                "¿Cómo va todo en {{account}}?",
                "Hace algún tiempo que no hablamos y me gustaría saber cómo les va con lo que tienen de "
                "nosotros.\n\n"
                "¿Funciona todo como debe? ¿Hay algo que podamos hacer mejor? Bastan dos líneas y yo me "
                "ocupo.",
            ),
            "nb": (
                "Hvordan går det hos {{account}}?",
                "Det er en stund siden vi snakket sammen, og jeg vil gjerne høre hvordan det går med det "
                "dere har fra oss.\n\n"
                "Fungerer alt som det skal? Er det noe vi kan gjøre bedre? To linjer er nok, så tar jeg tak "
                "i det.",
            ),
        },
    ),
    "meeting": (
        "Meeting confirmation",
        {
            "en": (
                "Our meeting: {{meeting_when}}",
                "Thank you for making time. I am happy to confirm our meeting:\n\n"
                "**{{meeting_when}}**\n{{meeting_where}}\n\n"
                "What it is about: {{meeting_purpose}}\n\n"
                "If something gets in the way, let me know and we will find another day. I look forward to "
                "seeing you.",
            ),
            "de": (
                "Unser Termin: {{meeting_when}}",
                "vielen Dank, dass Sie sich die Zeit nehmen. Gern bestätige ich unseren Termin:\n\n"
                "**{{meeting_when}}**\n{{meeting_where}}\n\n"
                "Worum es geht: {{meeting_purpose}}\n\n"
                "Wenn Ihnen etwas dazwischenkommt, sagen Sie mir Bescheid, dann finden wir einen anderen "
                "Tag. Ich freue mich auf unser Treffen.",
            ),
            "fr": (
                "Notre rendez-vous : {{meeting_when}}",
                "Merci de m'accorder de votre temps. Je vous confirme avec plaisir notre "
                "rendez-vous\u00a0:\n\n"
                "**{{meeting_when}}**\n{{meeting_where}}\n\n"
                "Objet\u00a0: {{meeting_purpose}}\n\n"
                "En cas d'empêchement, prévenez-moi et nous trouverons un autre jour. Au plaisir de vous "
                "rencontrer.",
            ),
            "es": (
                "Nuestra reunión: {{meeting_when}}",
                "Gracias por dedicarme su tiempo. Con gusto le confirmo nuestra reunión:\n\n"
                "**{{meeting_when}}**\n{{meeting_where}}\n\n"
                "Motivo: {{meeting_purpose}}\n\n"
                "Si le surge algún imprevisto, avíseme y buscaremos otro día. Será un placer verle.",
            ),
            "nb": (
                "Møtet vårt: {{meeting_when}}",
                "Takk for at du tar deg tid. Jeg bekrefter gjerne møtet vårt:\n\n"
                "**{{meeting_when}}**\n{{meeting_where}}\n\n"
                "Det handler om: {{meeting_purpose}}\n\n"
                "Si fra hvis noe kommer i veien, så finner vi en annen dag. Jeg gleder meg til å møte deg.",
            ),
        },
    ),
    "gift": (
        "With a gift",
        {
            "en": (
                "A small thank-you from {{company}}",
                "Working with you is a pleasure, and today I would like to say so with more than words: on "
                "its way to you is {{gift}}.\n\n"
                "I hope you and your colleagues enjoy it.",
            ),
            "de": (
                "Ein kleines Dankeschön von {{company}}",
                "die Zusammenarbeit mit Ihnen macht Freude, und heute möchte ich das nicht nur mit Worten "
                "sagen. Zu Ihnen unterwegs: {{gift}}.\n\n"
                "Ich hoffe, Sie und Ihre Kolleginnen und Kollegen haben Freude daran.",
            ),
            "fr": (
                "Un petit merci de la part de {{company}}",
                "C'est un plaisir de travailler avec vous, et aujourd'hui je tiens à le dire autrement que "
                "par des mots. En route vers vous\u00a0: {{gift}}.\n\n"
                "J'espère que cela vous fera plaisir, à vous et à vos collègues.",
            ),
            "es": (
                "Un pequeño agradecimiento de {{company}}",
                "Trabajar con ustedes es un placer, y hoy quiero decirlo con algo más que palabras. Ya va en "
                "camino: {{gift}}.\n\n"
                "Espero que lo disfruten usted y todo su equipo.",
            ),
            "nb": (
                "En liten takk fra {{company}}",
                "Det er en glede å samarbeide med dere, og i dag vil jeg si det med mer enn ord. På vei til "
                "dere: {{gift}}.\n\n"
                "Jeg håper det faller i smak hos deg og kollegene dine.",
            ),
        },
    ),
    "greeting": (
        "Season's greeting",
        {
            "en": (
                "Season's greetings from {{company}}",
                "Before the quiet days begin, I would like to thank you for the trust you place in us.\n\n"
                "I wish you, your colleagues and your families time to rest and a good start afterwards. I "
                "am looking forward to what we will do together next.",
            ),
            "de": (
                "Herzliche Grüße von {{company}}",
                "bevor die ruhigen Tage beginnen, möchte ich Ihnen für das Vertrauen danken, das Sie "
                "uns schenken.\n\n"
                "Ihnen, Ihrem Team und Ihren Familien wünsche ich Zeit zum Ausruhen und danach einen guten "
                "Start. Ich freue mich auf alles, was wir als Nächstes gemeinsam angehen.",
            ),
            "fr": (
                "Les vœux de {{company}}",
                "Avant que ne commencent les jours calmes, je tiens à vous remercier de la confiance que "
                "vous nous accordez.\n\n"
                "Je vous souhaite, ainsi qu'à vos collègues et à vos proches, de prendre le temps de vous "
                "reposer et de bien repartir ensuite. Je me réjouis de ce que nous ferons ensemble.",
            ),
            "es": (
                "Un saludo de {{company}}",
                "Antes de que empiecen los días tranquilos, quiero darle las gracias por la confianza "
                "que deposita en nosotros.\n\n"
                "Le deseo a usted, a su equipo y a sus familias tiempo para descansar y un buen comienzo "
                "después. Me alegra pensar en lo que haremos juntos.",
            ),
            "nb": (
                "En hilsen fra {{company}}",
                "Før de rolige dagene begynner, vil jeg takke for tilliten dere viser oss.\n\n"
                "Jeg ønsker deg, kollegene dine og familiene deres tid til å hvile og en god start etterpå. "
                "Jeg gleder meg til det vi skal gjøre sammen videre.",
            ),
        },
    ),
}

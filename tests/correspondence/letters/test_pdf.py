"""Letters as PDF, opened and read back."""

from __future__ import annotations

import unicodedata
from io import BytesIO
from zlib import compress

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from correspondence.letters import pdf, typesetting
from correspondence.letters.sheets import PRINTABLE, Paper, unprintable
from correspondence.words.blocks import Bullets, Paragraph, Run
from tests.correspondence.letters.sheets import PAPER, places, read, sheet, squeezed, texts, words

LONG = tuple(words(f"{n}. " + "Thank you for the talk about the pumps in the north. " * 8) for n in range(14))
HOSTILE = (
    '#panic("evaluated")',
    '#read("/etc/passwd")',
    '#import "@preview/x:1.0.0"',
    "$ sum_(k=1)^n k $ *bold* _it_ `raw` <label> @ref \\ \\u{41}",
    '"); #eval("1+1") ("',
    "= Heading\n- item\n/* comment */ // end",
    "{{7*7}} {% debug %} ${7*7} %s {0}",
    "</w:t><script>alert(1)</script>",
)


def test_a_letter_holds_all_its_words_in_order():
    (text,) = texts(pdf.letters(PAPER, [sheet(reference="Our sign: KH-12")], "Our talk"))

    wanted = (
        "Hollerbeck Pumps", "Eva Lind", "Acme Machining", "Havnegata 7", "5003 Bergen",
    )  # fmt: skip
    for one in (*wanted, "Our sign: KH-12", "26 November 2026", "Org. 999 999 999 MVA"):
        assert one in text
    at = [text.index(one) for one in ("Our talk of today", "Dear Eva Lind,", "Thank you", "Kind regards")]
    assert at == sorted(at)


def test_the_address_stands_behind_the_window_of_form_b():
    found = {text: (x, y) for text, x, y in places(pdf.letters(PAPER, [sheet()], "t"))}

    for line in ("Eva Lind", "Acme Machining", "Havnegata 7", "5003 Bergen"):
        x, y = found[line]
        assert 20 < x < 105, line
        assert 62.7 < y < 90, line
    x, y = found["Hollerbeck Pumps · Storgata 1 · 0150 Oslo"]
    assert 20 < x < 105
    assert 45 < y < 62.7 + 1
    assert 98 < found["Our talk of today"][1] < 104
    assert found["26 November 2026"][0] == pytest.approx(125, abs=1)


def test_a_name_of_two_hundred_letters_stays_inside_the_window():
    company = "Vereinigte Maschinenbau- und Anlagentechnikgesellschaft " * 3 + "mbH & Co. KG"
    address = ("Eva Lind", company, "Havnegata 7", "5003 Bergen", "NORWEGEN")

    found = places(pdf.letters(PAPER, [sheet(address=address)], "t"))

    (last,) = [y for text, _, y in found if text == "NORWEGEN"]
    assert last < 90


def test_fold_and_hole_marks_are_drawn_on_the_first_page_only():
    made = read(pdf.letters(PAPER, [sheet(body=LONG)], "t"))

    lines = [page.get_contents().get_data().count(b" l\n") for page in made.pages]
    assert lines[0] >= 3
    assert set(lines[1:]) == {0}


def test_pages_of_each_letter_of_a_batch_are_counted_on_their_own():
    pages = texts(pdf.letters(PAPER, [sheet(), sheet(body=LONG), sheet()], "t"))

    assert len(pages) >= 4
    counted = [next((f"{n}/{len(pages) - 2}" for n in range(1, 9) if f"{n}/{len(pages) - 2}" in text), "")
               for text in pages]  # fmt: skip
    assert counted == ["", *(f"{n}/{len(pages) - 2}" for n in range(1, len(pages) - 1)), ""]
    assert "Eva Lind, Acme Machining" in pages[2]
    assert "Havnegata 7" not in pages[2]


def test_the_closing_never_stands_alone_on_a_page():
    for length in range(11, 17):
        body = tuple(words(f"{n}. " + "Thank you for the talk about the pumps. " * 4) for n in range(length))
        pages = texts(pdf.letters(PAPER, [sheet(body=(*body, words("Kind regards")))], "t"))
        assert f"{length - 1}. Thank you" in pages[-1]
        assert "Kind regards Kari Hansen" in pages[-1]


@pytest.mark.parametrize(
    "text",
    [
        "Blåbærsyltetøy på ærlig vis: ÆØÅ æøå",
        "Σας ευχαριστούμε για τη συνομιλία· ἀρχή, Ἑλλάς, ΰ",
        "Žluťoučký kůň, Łódź, ığüşöç, Đorđe, ő, ß, ẞ, ñ, ç, œ",
        "Спасибо за разговор, Їжак",
        "50 € – „so“, « ainsi », ‘this’ … № ™ ½ × →",
    ],
)
def test_every_letter_of_europe_is_shown(text):
    assert unprintable(text) == ""
    made = pdf.letters(PAPER, [sheet(body=(words(text),))], "t")
    assert unicodedata.normalize("NFC", text) in texts(made)[0].replace("- ", "-")


def test_decomposed_accents_are_composed():
    (text,) = texts(
        pdf.letters(PAPER, [sheet(subject=unicodedata.normalize("NFD", "Kjære Åse Bjørnå,"))], "t")
    )
    assert "Kjære Åse Bjørnå," in text


def test_what_counts_as_printable_has_a_glyph():
    """Glyph 0 is the empty box: no text that we call printable shows it, and a Chinese one does."""
    letters = "".join(
        chr(n) for first, last in PRINTABLE for n in range(first, last + 1)
        if unicodedata.category(chr(n))[0] in "LNPS"
    )  # fmt: skip
    body = tuple(words(letters[at : at + 400]) for at in range(0, len(letters), 400))

    assert missing_glyphs(pdf.letters(PAPER, [sheet(body=body)], "t")) == 0
    assert missing_glyphs(pdf.letters(PAPER, [sheet(body=(words("李"),))], "t")) > 0
    assert unprintable("Lǐ 李 and 😀, 李") == "李😀"


def missing_glyphs(made: bytes) -> int:
    """How often a page shows glyph 0 of a font."""
    found = 0
    for page in read(made).pages:
        contents = page.get_contents()
        assert contents is not None
        for operands, operator in contents.operations:
            shown = operands[0] if operator == b"TJ" else operands if operator == b"Tj" else []
            for text in shown:
                raw = getattr(text, "original_bytes", text)
                found += isinstance(raw, bytes) and any(
                    raw[at : at + 2] == b"\0\0" for at in range(0, len(raw), 2)
                )
    return found


def test_fonts_are_embedded_and_metadata_say_title_and_language():
    made = read(pdf.letters(PAPER, [sheet(language="nb", body=(words("Takk for praten, Ελλάς"),))], "Takk"))

    assert made.metadata is not None
    assert made.metadata.title == "Takk"
    assert str(made.trailer["/Root"]["/Lang"]).startswith("nb")
    fonts = [font.get_object() for page in made.pages for font in page["/Resources"]["/Font"].values()]
    assert fonts
    for font in fonts:
        descriptor = font["/DescendantFonts"][0]["/FontDescriptor"]
        assert {"/FontFile", "/FontFile2", "/FontFile3"} & set(descriptor)


def test_bold_italic_lists_and_addresses_of_the_web():
    address = "https://tend.example/x"
    agreed = (
        Run("Agreed: ", bold=True, italic=False, link=""), Run("soon", bold=False, italic=True, link="")
    )  # fmt: skip
    body = (
        Paragraph((agreed, (Run(address, bold=False, italic=False, link=address),))),
        Bullets((words("a quote"), words("two seals")), ordered=False),
        Bullets((words("first"), words("second")), ordered=True),
    )  # fmt: skip
    made = pdf.letters(PAPER, [sheet(body=body)], "t")

    (text,) = texts(made)
    for one in (
        "Agreed: soon",
        "https://tend.example/x",
        "• a quote",
        "• two seals",
        "1. first",
        "2. second",
    ):
        assert one in text
    names = {
        str(font.get_object()["/BaseFont"]) for font in read(made).pages[0]["/Resources"]["/Font"].values()
    }
    assert any("Bold" in name for name in names)
    assert any("Italic" in name for name in names)


@pytest.mark.parametrize("words_of_theirs", HOSTILE)
def test_nothing_in_a_letter_is_evaluated(words_of_theirs):
    made = pdf.letters(
        Paper(name=words_of_theirs, return_line=words_of_theirs, footer=(words_of_theirs,)),
        [sheet(address=(words_of_theirs,), subject=words_of_theirs, signer=(words_of_theirs,),
               body=(words(words_of_theirs),), date=words_of_theirs, language=words_of_theirs)],
        words_of_theirs,
    )  # fmt: skip

    text = "".join(texts(made)).replace(" ", "")
    assert text.count(squeezed(words_of_theirs).replace(" ", "")) >= 3
    assert read(made).metadata.title.replace("\u200b", "") == words_of_theirs.replace("\n", " ")


@settings(max_examples=40)
@given(text=st.text(max_size=300), language=st.text(max_size=8))
def test_any_text_whatsoever_is_printed(text, language):
    made = pdf.letters(
        Paper(name=text, return_line=text, beside=(text,), footer=(text,)),
        [sheet(address=(text, text), subject=text, signer=(text,), reference=text,
               continued=text, body=(words(text), words("THE END")), language=language)],
        text,
    )  # fmt: skip
    assert "THE END" in texts(made)[-1]


def test_a_word_longer_than_a_line_is_broken_and_not_lost():
    address = "https://tend.example/" + "a" * 150 + "/END"
    found = places(pdf.letters(PAPER, [sheet(body=(words(address),))], "t"))
    assert any("END" in text.replace("\u200b", "") for text, _, _ in found)
    assert squeezed("".join(text for text, _, _ in found)).count("a") >= 150


@pytest.mark.parametrize(("picture", "kind"), [("png", b"/Image"), ("jpeg", b"/DCTDecode")])
def test_a_logo_is_printed(picture, kind):
    made = pdf.letters(Paper(name="Acme", logo=PICTURES[picture]), [sheet()], "t")
    assert kind in made
    assert len(read(made).pages[0].images) == 1


def _png() -> bytes:
    def chunk(name: bytes, content: bytes) -> bytes:
        from zlib import crc32

        return len(content).to_bytes(4) + name + content + crc32(name + content).to_bytes(4)

    header = (40).to_bytes(4) + (20).to_bytes(4) + bytes([8, 2, 0, 0, 0])
    rows = b"".join(b"\0" + b"\x20\x60\xa0" * 40 for _ in range(20))
    return (
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", compress(rows)) + chunk(b"IEND", b"")
    )


def _jpeg() -> bytes:
    import base64

    return base64.b64decode(
        "/9j/4AAQSkZJRgABAQEAYABgAAD/2wBDAAgGBgcGBQgHBwcJCQgKDBQNDAsLDBkSEw8UHRofHh0aHBwgJC4nICIsIxwcKDcpLDAxNDQ0"
        "Hyc5PTgyPC4zNDL/wAALCAABAAEBAREA/8QAHwAAAQUBAQEBAQEAAAAAAAAAAAECAwQFBgcICQoL/8QAtRAAAgEDAwIEAwUFBAQAAAF9"
        "AQIDAAQRBRIhMUEGE1FhByJxFDKBkaEII0KxwRVS0fAkM2JyggkKFhcYGRolJicoKSo0NTY3ODk6Q0RFRkdISUpTVFVWV1hZWmNkZWZn"
        "aGlqc3R1dnd4eXqDhIWGh4iJipKTlJWWl5iZmqKjpKWmp6ipqrKztLW2t7i5usLDxMXGx8jJytLT1NXW19jZ2uHi4+Tl5ufo6erx8vP0"
        "9fb3+Pn6/9oACAEBAAA/APn+v//Z"
    )


PICTURES = {"png": _png(), "jpeg": _jpeg()}


class TestLabels:
    def test_twenty_one_on_a_sheet_beginning_with_the_first_free_one(self):
        addresses = [(f"Eva Lind {n}", f"Acme {n}", "Havnegata 7", "5003 Bergen") for n in range(1, 24)]

        made = pdf.labels(addresses, "Labels", first=20)

        assert [page.count("Havnegata 7") for page in texts(made)] == [2, 21]
        first = {text: (x, y) for text, x, y in places(made)}
        x, y = first["Eva Lind 1"]
        assert 7.2 + 66.04 < x < 7.2 + 66.04 + 63.5  # the second column of three
        assert 15.15 + 6 * 38.1 < y < 15.15 + 7 * 38.1  # the last row

    def test_many_are_set_by_a_process_of_their_own_and_say_the_same(self, monkeypatch):
        addresses = [(f"Eva Lind {n}", "Havnegata 7", "5003 Bergen") for n in range(1, 24)]
        here = pdf.labels(addresses, "Labels", first=20)
        monkeypatch.setattr(pdf, "FEW_LABELS", 22)
        monkeypatch.setattr(typesetting, "typeset", None)  # whoever set them here would fail

        assert texts(pdf.labels(addresses, "Labels", first=20)) == texts(here)

    def test_a_label_that_no_sheet_has_is_refused(self):
        for first in (0, 22):
            with pytest.raises(ValueError, match=str(first)):
                pdf.labels([("Eva",)], "Labels", first=first)


def test_a_batch_in_a_process_of_its_own_says_the_same():
    sheets = [sheet(subject=f"Letter {n}") for n in range(3)]
    apart = pdf.letters_apart(PAPER, sheets, "t")
    assert texts(apart) == texts(pdf.letters(PAPER, sheets, "t"))
    assert BytesIO(apart).read(5) == b"%PDF-"


def test_a_fault_inside_the_typesetter_ends_no_process(monkeypatch):
    class PanicException(BaseException):
        """As the typesetter's own language raises it."""

    def panics(*_args, **_more):
        raise PanicException("index out of bounds")

    monkeypatch.setattr(typesetting.typst, "compile", panics)
    with pytest.raises(typesetting.TypesettingError, match="out of bounds"):
        pdf.letters(PAPER, [sheet()], "t")

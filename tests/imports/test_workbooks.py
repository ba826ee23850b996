"""Workbooks and address books: what people have beside CSV."""

from __future__ import annotations

import tracemalloc
import zipfile
from collections.abc import Callable
from datetime import date, datetime
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from openpyxl import Workbook
from openpyxl.xml.constants import SHARED_STRINGS, STYLES_TYPE, WORKSHEET_TYPE, XLSX

from accounts.models import Account
from contacts.models import Contact
from imports import services, sources, workbooks
from imports.errors import BadFileError, BadMappingError
from imports.models import ImportBatch
from tests.factories import make_account
from users.models import User

Bring = Callable[..., dict[str, Any]]
HEADER = ["customer_id", "company_name", "country", "postal_code", "last_contact", "revenue"]


def book(path: Path, **sheets: list[list[Any]]) -> Path:
    made = Workbook()
    made.remove(made.active)
    for name, rows in sheets.items():
        sheet = made.create_sheet(name)
        for row in rows:
            sheet.append(row)
    made.save(path)
    return path


def rows(path: Path, sheet: str = "") -> list[tuple[int, list[str]]]:
    layout = sources.inspect(path, sheet=sheet)
    return [(row.line, row.cells) for row in sources.rows(path, layout)]


class TestCells:
    def test_come_as_a_csv_would_hold_them(self, tmp_path: Path) -> None:
        path = book(tmp_path / "a.xlsx", Sheet=[
            ["id", "name", "since", "met", "sum", "share", "yes"],
            [7, "Åse\nLind", date(2020, 3, 4), datetime(2020, 1, 1, 14, 30), 1.234, 0.1 + 0.2, True],
            [],
            ["C2", "b"],
        ])  # fmt: skip
        assert rows(path) == [
            (2, ["7", "Åse\nLind", "2020-03-04", "2020-01-01 14:30:00", "1.2340", "0.3", "true"]),
            (4, ["C2", "b", "", "", "", "", ""]),
        ]

    def test_zeros_that_a_format_shows_are_kept(self, tmp_path: Path) -> None:
        made = Workbook()
        made.active.append(["id", "plz"])
        made.active.append([1, 1067])
        made.active["B2"].number_format = "00000"
        made.save(tmp_path / "a.xlsx")
        assert rows(tmp_path / "a.xlsx") == [(2, ["1", "01067"])]

    def test_a_row_beyond_the_header_is_faulty_alone(self, tmp_path: Path) -> None:
        path = book(tmp_path / "a.xlsx", A=[["id", "name"], [1, "a", None, "x"], [2, "b", None]])
        found = list(sources.rows(path, sources.inspect(path)))
        assert [bool(row.fault) for row in found] == [True, False]

    def test_errors_and_formulas_never_calculated_refuse_what_needs_them(
        self, bring: Bring, tmp_path: Path
    ) -> None:
        path = book(tmp_path / "a.xlsx", A=[
            [*HEADER[:2], "note"], ["1", "=A1&A2", "x"], ["2", "#REF!", "x"], ["3", "Fine", "#REF!"],
        ])  # fmt: skip
        report = bring(
            "accounts", path, {"account.external_id": "customer_id", "account.name": "company_name"}
        )
        assert "without a result" in report["refused"][0]["reason"]
        assert "error of a formula" in report["refused"][1]["reason"]
        assert Account.objects.get().name == "Fine"


class TestSheets:
    def test_the_first_table_is_read_and_the_others_are_named(self, tmp_path: Path) -> None:
        path = book(tmp_path / "a.xlsx", Cover=[["Customers of 2024"]], Data=[["id", "name"], [1, "a"]])
        layout = sources.inspect(path)
        assert (layout.sheet, layout.sheets) == ("Data", ("Cover", "Data"))
        assert "“Data” is read. The workbook also has “Cover”" in layout.notes[0]

    def test_a_workbook_is_opened_once_however_many_sheets_it_has(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        covers = {f"Cover {number}": [["Nothing here"]] for number in range(9)}
        path = book(tmp_path / "a.xlsx", **covers, Data=[["id", "name"], [1, "a"]])
        opened: list[object] = []
        made = workbooks.Workbook.__init__
        monkeypatch.setattr(workbooks.Workbook, "__init__", lambda *said: opened.append(said) or made(*said))
        assert sources.inspect(path).sheet == "Data"
        assert len(opened) == 1
        assert list(workbooks.read(path, "Data"))
        assert len(opened) == 2

    def test_a_chosen_one_wins_and_must_be_there(self, tmp_path: Path) -> None:
        path = book(tmp_path / "a.xlsx", A=[["id", "name"], [1, "a"]], B=[["no", "city"], [2, "Oslo"]])
        assert rows(path, "B") == [(2, ["2", "Oslo"])]
        with pytest.raises(BadMappingError, match="It has: A, B"):
            rows(path, "C")
        assert sources.inspect(path, sheet="B").notes == ()

    @pytest.mark.django_db(transaction=True)
    def test_is_chosen_on_the_page_and_the_file_comes_in(
        self, admin: User, client: Client, tmp_path: Path, settings: Any, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        settings.MEDIA_ROOT = str(tmp_path / "media")
        monkeypatch.setattr(services, "ring", services.work)
        path = book(tmp_path / "a.xlsx",
            Old=[HEADER[:2], ["O1", "Old"]],
            New=[HEADER, ["N1", "Nyhavn", "DK", "1051", date(2024, 3, 4), 1234.5]],
        )  # fmt: skip
        client.force_login(admin)
        answer = client.post(
            reverse("imports:upload"), {"file": SimpleUploadedFile("kunder.xlsx", path.read_bytes())}
        )
        batch = ImportBatch.objects.get()
        page = client.get(answer.headers["Location"]).content.decode()
        assert "“Old” is read" in page.replace("&quot;", '"')
        assert 'name="sheet"' in page
        assert 'name="delimiter"' not in page
        client.post(reverse("imports:reread", args=[batch.pk]), {"sheet": "New"})
        batch.refresh_from_db()
        form = {f"c{n}": key for n, key in enumerate(
            ["account.external_id", "account.name", "account.country", "account.postal_code",
             "account.last_contacted_on", "account.yearly_revenue"])}  # fmt: skip
        client.post(reverse("imports:map", args=[batch.pk]), form)
        batch.refresh_from_db()
        assert batch.options["sheet"] == "New"
        client.post(reverse("imports:confirm", args=[batch.pk]))
        assert Account.objects.get().name == "Nyhavn"


def hostile_sheet(xml: bytes) -> bytes:
    """A workbook whose only sheet is this."""
    made = Workbook()
    made.active.append(["id", "name"])
    whole, out = BytesIO(), BytesIO()
    made.save(whole)
    with zipfile.ZipFile(whole) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for part in old.namelist():
            new.writestr(part, xml if part == "xl/worksheets/sheet1.xml" else old.read(part))
    return out.getvalue()


def typed(part: str, kind: str) -> str:
    return f'<Override PartName="/{part}" ContentType="{kind}" />'


def changed(folder: Path, said: dict[str, str], *, large: str) -> Path:
    """A workbook with this said in its list of types, and with one part blown up."""
    path, whole = folder / "a.xlsx", BytesIO(hostile_sheet(SHEET + b"</sheetData></worksheet>"))
    with zipfile.ZipFile(whole) as old:
        parts = {name: old.read(name) for name in old.namelist()}
    for before, after in said.items():
        types = parts["[Content_Types].xml"]
        assert before.encode() in types
        parts["[Content_Types].xml"] = types.replace(before.encode(), after.encode())
    parts[large] = parts.get(large, b"") + b" " * 9_000_000
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as new:
        for name, content in parts.items():
            new.writestr(name, content)
    return path


def refused(path: Path) -> None:
    with pytest.raises(BadFileError, match="8 MB unpacked"):
        sources.inspect(path)


SHEET = (
    b'<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>'
    b'<row r="1"><c t="inlineStr"><is><t>id</t></is></c><c t="inlineStr"><is><t>name</t></is></c></row>'
)
BOMB = (
    b'<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">]>'
    + SHEET + b"<row><c><v>&b;</v></c></row></sheetData></worksheet>"
)  # fmt: skip


class TestHostile:
    @pytest.mark.parametrize(
        ("xml", "words"),
        [
            (SHEET + b"<row>" + b"<c/>" * 3_000_000, "longer than"),
            (SHEET + b"<row>" * 3_000_000, "longer than"),
            (SHEET + b'<row r="2"><c r="XFD2"><v>1</v></c></row></sheetData></worksheet>', "16384 columns"),
            (SHEET + b'<row r="99999999"><c><v>1</v></c></row></sheetData></worksheet>', "damaged"),
            (SHEET + b'<row r="2"><c t="s"><v>77</v></c></row></sheetData></worksheet>', "damaged"),
            (SHEET + b"<row", "damaged"),
            (SHEET + b'<row r="2"/>' * 2 + b"</sheetData></worksheet>", "row 2 after row 2"),
            (SHEET + b'<row r="1"/>' * 900_000, "row 1 after row 1"),
            (b"", "damaged"),
            (BOMB, "damaged"),
        ],
    )
    def test_is_refused_in_bounded_memory(self, tmp_path: Path, xml: bytes, words: str) -> None:
        path = tmp_path / "a.xlsx"
        path.write_bytes(hostile_sheet(xml))
        del xml
        tracemalloc.start()
        with pytest.raises(BadFileError, match=words):
            for _row in sources.rows(path, sources.inspect(path)):
                pass
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        assert peak < 150_000_000

    def test_a_sheet_that_unpacks_to_gigabytes_is_refused_unread(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("imports.workbooks.LARGEST_SHEET", 1_000_000)
        path = tmp_path / "a.xlsx"
        path.write_bytes(hostile_sheet(SHEET + b" " * 9_000_000))
        assert path.stat().st_size < 100_000
        with pytest.raises(BadFileError, match="8 MB unpacked"):
            sources.inspect(path)

    @pytest.mark.parametrize("name", ["xl/strings.dat", "xl/worksheets/texts.xml", "xl/media/picture.png"])
    def test_the_table_of_texts_is_measured_whatever_it_is_called(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
    ) -> None:
        monkeypatch.setattr("imports.workbooks.LARGEST_TEXTS", 1_000_000)
        refused(changed(tmp_path, {"</Types>": typed(name, SHARED_STRINGS) + "</Types>"}, large=name))

    @pytest.mark.parametrize(
        "said",
        [
            {typed("xl/styles.xml", STYLES_TYPE): ""},
            {STYLES_TYPE: WORKSHEET_TYPE},
            {"</Types>": typed("xl/styles.xml", WORKSHEET_TYPE) + "</Types>"},
            {"</Types>": typed("xl/styles.xml", SHARED_STRINGS) + "</Types>"},
        ],
        ids=["by default only", "called a sheet", "called two things", "called the texts as well"],
    )
    def test_styles_are_measured_whatever_the_list_of_types_says(
        self, tmp_path: Path, said: dict[str, str]
    ) -> None:
        refused(changed(tmp_path, said, large="xl/styles.xml"))

    def test_the_workbook_is_measured_where_a_default_names_its_type(self, tmp_path: Path) -> None:
        default = f'<Default Extension="xml" ContentType="{XLSX}" />'
        said = {typed("xl/workbook.xml", XLSX): "", "</Types>": default + "</Types>"}
        refused(changed(tmp_path, said, large="xl/workbook.xml"))

    def test_texts_are_measured_under_the_name_that_is_opened(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("imports.workbooks.LARGEST_TEXTS", 1_000_000)
        said = {"</Types>": typed("/xl/texts.xml", SHARED_STRINGS) + "</Types>"}
        refused(changed(tmp_path, said, large="/xl/texts.xml"))

    def test_pictures_may_be_large_and_sheets_larger_than_other_parts(self, tmp_path: Path) -> None:
        path = book(tmp_path / "a.xlsx", A=[["id", "name"], [1, "a"]])
        with zipfile.ZipFile(path, "a", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr("xl/media/image1.bmp", b" " * 9_000_000)
            archive.writestr("xl/embeddings/large.xml", b" " * 9_000_000)
        assert rows(path) == [(2, ["1", "a"])]
        row = b'<row><c t="inlineStr"><is><t>%s</t></is></c></row>' % (b"x" * 1000)
        path.write_bytes(hostile_sheet(SHEET + row * 9_000 + b"</sheetData></worksheet>"))
        assert len(rows(path)) == 9_000

    @pytest.mark.parametrize("says", [0, 1_500_000])
    def test_millions_of_parts_are_refused_unread(self, tmp_path: Path, says: int) -> None:
        """Nobody trusts the number that it says: what counts is how long the list is."""
        entry = b"PK\x01\x02" + bytes(24) + b"\x01\0" + bytes(16) + b"x"
        listed = entry * 1_500_000
        numbers = (says & 0xFFFF).to_bytes(2, "little") * 2
        end = b"PK\x05\x06" + bytes(4) + numbers + len(listed).to_bytes(4, "little") + bytes(6)
        path = tmp_path / "a.xlsx"
        path.write_bytes(listed + end)
        del listed
        tracemalloc.start()
        with pytest.raises(BadFileError, match="list of parts"):
            sources.inspect(path)
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        assert peak < 2_000_000

    @pytest.mark.parametrize("content", [b"PK\x03\x04", b"\xd0\xcf\x11\xe0rest of an old workbook"])
    def test_what_is_no_workbook_says_so(self, tmp_path: Path, content: bytes) -> None:
        path = tmp_path / "a.xlsx"
        path.write_bytes(content)
        with pytest.raises(BadFileError, match="workbook"):
            sources.inspect(path)


CARDS = """BEGIN:VCARD
VERSION:2.1
N;CHARSET=UTF-8;ENCODING=QUOTED-PRINTABLE:M=C3=BCller;J=C3=B6rg;;;
FN;CHARSET=UTF-8;ENCODING=QUOTED-PRINTABLE:J=C3=B6rg M=C3=BCller
ORG;CHARSET=UTF-8;ENCODING=QUOTED-PRINTABLE:M=C3=BCller & S=C3=B6hne;Einkauf
TEL;WORK;VOICE:+49 351 491122
TEL;CELL:+49 170 1234567
EMAIL;PREF;INTERNET:joerg@mueller.example
PHOTO;ENCODING=BASE64;JPEG:/9j/4AAQSkZJRgABA
 QEAYABgAAD

END:VCARD
BEGIN:VCARD
VERSION:4.0
UID:urn:uuid:4fbe8971-0bc3-424c-9c26-36c3e1eff6b1
FN:Simon Perreault
N:Perreault;Simon;;;
ORG:Viagénie
TEL;VALUE=uri;TYPE="work,voice":tel:+1-418-656-9254
EMAIL;TYPE=work:simon@viagenie.example
item1.NOTE:Likes tea\\, not coffee\\nRing after ten
END:VCARD
BEGIN:VCARD
not a card at all
END:VCARD
"""


class TestAddressBooks:
    def test_every_age_of_the_format_is_read(self, tmp_path: Path) -> None:
        path = tmp_path / "a.vcf"
        path.write_text(CARDS)
        layout = sources.inspect(path)
        old, new, broken = sources.rows(path, layout)
        first = dict(zip(layout.header, old.cells, strict=True))
        assert (first["Last name"], first["Organization"], first["Department"]) == (
            "Müller", "Müller & Söhne", "Einkauf",
        )  # fmt: skip
        assert (first["Phone"], first["Mobile"]) == ("+49 351 491122", "+49 170 1234567")
        second = dict(zip(layout.header, new.cells, strict=True))
        assert (second["Phone"], second["Note"]) == (
            "+1-418-656-9254",
            "Likes tea, not coffee\nRing after ten",
        )
        assert (broken.line, "cannot be read" in broken.fault) == (23, True)

    def test_people_come_to_their_accounts(self, bring: Bring, tmp_path: Path) -> None:
        mill = make_account(name="Müller & Söhne")
        path = tmp_path / "a.vcf"
        path.write_text(CARDS)
        report = bring("contacts", path)
        assert (report["counts"]["new"], report["counts"]["refused"]) == (1, 2)
        assert Contact.objects.get().account == mill
        assert bring("contacts", path)["counts"]["unchanged"] == 1

    def test_a_card_without_an_end_before_another_is_refused_alone(self, tmp_path: Path) -> None:
        path = tmp_path / "a.vcf"
        path.write_text(
            "BEGIN:VCARD\nVERSION:3.0\nFN:Lost One\nN:One;Lost;;;\n"
            "BEGIN:VCARD\nVERSION:3.0\nFN:Eva Lind\nN:Lind;Eva;;;\nEND:VCARD\n"
        )
        lost, eva = sources.rows(path, sources.inspect(path))
        assert (lost.line, "cannot be read" in lost.fault, eva.fault, "Lind" in eva.cells) == (
            1,
            True,
            "",
            True,
        )

    @pytest.mark.parametrize("text", ["BEGIN:VCARD\nFN:x\n", "BEGIN:VCARD\n" + "NOTE:x\n" * 400_000])
    def test_a_card_without_an_end_names_its_line(self, tmp_path: Path, text: str) -> None:
        path = tmp_path / "a.vcf"
        path.write_text(text)
        with pytest.raises(BadFileError, match="line 1 never ends"):
            sources.inspect(path)

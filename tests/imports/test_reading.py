"""How files are written: encodings, delimiters, headers, quotes. No database."""

from __future__ import annotations

import tracemalloc
from collections.abc import Callable
from pathlib import Path

import pytest

from imports import reading
from imports.errors import BadFileError, BadMappingError

Write = Callable[..., Path]
TWO = "id,name\n1,Åse\n2,Łódź\n"


def rows(path: Path, encoding: str = "", delimiter: str = "") -> list[tuple[int, list[str]]]:
    layout = reading.inspect(path, encoding, delimiter)
    return [(row.line, row.cells) for row in reading.read(path, layout.encoding, layout.delimiter)]


class TestEncoding:
    @pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
    def test_unicode_is_told_by_itself(self, write: Write, encoding: str) -> None:
        path = write(TWO, encoding=encoding)
        assert rows(path) == [(2, ["1", "Åse"]), (3, ["2", "Łódź"])]
        assert reading.inspect(path).notes == ()

    def test_windows_1252_is_a_fallback_that_is_said(self, write: Write) -> None:
        path = write("id,name\n1,plain\n2,Müller – Söhne\n", encoding="windows-1252")
        layout = reading.inspect(path)
        assert layout.encoding == "windows-1252"
        assert "line 3" in layout.notes[0]
        assert "Windows-1252" in layout.notes[0]
        assert rows(path)[1] == (3, ["2", "Müller – Söhne"])

    def test_a_chosen_encoding_wins(self, write: Write) -> None:
        path = write("id;name\n1;1 €\n", encoding="iso-8859-15")
        assert rows(path, encoding="iso-8859-15") == [(2, ["1", "1 €"])]

    @pytest.mark.parametrize(
        ("content", "chosen", "words"),
        [
            ("id,name\n1,Å\n".encode("utf-16-le"), "", "NUL byte"),
            (b"id,name\n1,a\0b\n", "", "Line 2 holds a NUL"),
            ("id,name\n1,Å\n".encode() + b"2,\xe5\n", "", "mixes encodings"),
            (b"id,name\n1,\x81\x8d\n", "", "neither UTF-8 nor Windows-1252"),
            (b"id,name\n1,\xe5\n", "utf-8", "Line 2 cannot be read as utf-8"),
            ("id,name\n1,Å\n".encode("utf-16"), "utf-8", "UTF-16"),
            (b"PK\x03\x04sheet", "", "workbook"),
            (b"", "", "empty"),
            (TWO.encode(), "klingon", "Unknown encoding"),
        ],
    )
    def test_what_does_not_fit_is_said(self, write: Write, content: bytes, chosen: str, words: str) -> None:
        with pytest.raises(BadFileError, match=words):
            rows(write(content), encoding=chosen)


class TestDelimiter:
    @pytest.mark.parametrize("mark", [",", ";", "\t", "|"])
    def test_is_found(self, write: Write, mark: str) -> None:
        lines = [["id", "name", "sum"], ["1", "Borg, Son & Co; Oslo | Bergen", "1,5"], ["2", "x", "2,5"]]
        text = "\n".join(mark.join(f'"{cell}"' for cell in line) for line in lines)
        assert rows(write(text)) == [(2, lines[1]), (3, lines[2])]

    def test_decimal_commas_do_not_mislead(self, write: Write) -> None:
        assert rows(write("id;price\n1;1,50\n2;2,50\n")) == [(2, ["1", "1,50"]), (3, ["2", "2,50"])]

    def test_the_wrong_one_says_which_it_looks_like(self, write: Write) -> None:
        with pytest.raises(BadFileError, match=r"one single column.*comma"):
            rows(write(TWO), delimiter=";")

    def test_an_unknown_one_is_refused(self, write: Write) -> None:
        with pytest.raises(BadMappingError, match="semicolon"):
            rows(write(TWO), delimiter="#")


class TestHeader:
    @pytest.mark.parametrize(
        ("text", "words"),
        [
            ("10248,VINET,5\n10249,TOMSP,6\n", "should name the columns.*10248"),
            ("anna@example.com,Anna\n", "looks like data"),
            ("id,name,id\n1,2,3\n", "Columns 1 and 3 are both called “id”"),
            ("id,,name\n1,2,3\n", "Column 2 has no name"),
            ("id," + "n" * 500 + "\n1,2\n", "500 characters"),
            ("\n\n\n", "empty"),
            ("just one\n1\n", "one single column"),
            (",".join(f"c{i}" for i in range(1000)) + "\n", "1000 columns"),
        ],
    )
    def test_what_is_no_header_is_said(self, write: Write, text: str, words: str) -> None:
        with pytest.raises(BadFileError, match=words):
            rows(write(text))

    def test_examples_leave_out_what_is_no_value(self, write: Write) -> None:
        layout = reading.inspect(write("id,region\n1,NULL\n2,\n3,BC\n4,BC\n5,SP\n"))
        assert layout.examples == (("1", "2", "3"), ("BC", "SP"))


class TestRows:
    def test_line_numbers_are_those_of_the_file(self, write: Write) -> None:
        text = 'id,note\n\n1,"two\nlines"\n\n2,x\n'
        assert rows(write(text)) == [(3, ["1", "two\nlines"]), (6, ["2", "x"])]

    @pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
    def test_every_line_end(self, write: Write, end: str) -> None:
        assert rows(write(TWO.replace("\n", end).encode())) == [(2, ["1", "Åse"]), (3, ["2", "Łódź"])]

    def test_a_row_of_other_width_is_faulty_alone(self, write: Write) -> None:
        path = write("id,name\n1,a,b\n2\n3,c\n4,d,,\n")
        faults = [(row.line, bool(row.fault)) for row in reading.read(path, "utf-8", ",")]
        assert faults == [(2, True), (3, True), (4, False), (5, True)]

    def test_text_after_a_quote_is_a_fault_of_its_row(self, write: Write) -> None:
        path = write('id,name\n1,"Big" Co\n2,b\n')
        found = list(reading.read(path, "utf-8", ","))
        assert "Double the quotes" in found[0].fault
        assert found[1].cells == ["2", "b"]

    @pytest.mark.parametrize("rest", ["", "2,b\n" * 100, "2,b\n" * 200_000])
    def test_a_quote_never_closed_names_its_line(self, write: Write, rest: str) -> None:
        with pytest.raises(BadFileError, match="quote opened in line 3 is never closed"):
            list(reading.read(write(f'id,name\n1,a\n9,"oops\n{rest}'), "utf-8", ","))


class TestBounds:
    """Whatever the file, memory stays far below its size."""

    @pytest.mark.parametrize(
        ("head", "part", "words"),
        [
            ("id,name\n1,", "x" * 1000, "longer than"),
            ("id,name\n1,", ",", "longer than 2,000,000|columns, more than"),
            ('id,name\n1,"', "x\n", "never closed"),
            ('id,name\n1,"', '"",""\n', "never closed|columns, more than|closing quote"),
            ("", "a,", "longer than 2,000,000|columns, more than"),
        ],
    )
    def test_thirty_megabytes_of_it(self, tmp_path: Path, head: str, part: str, words: str) -> None:
        path = tmp_path / "large.csv"
        with path.open("w") as stream:
            stream.write(head)
            block = part * (300_000 // len(part))
            for _ in range(100):
                stream.write(block)
        tracemalloc.start()
        with pytest.raises(BadFileError, match=words):
            _consume(path)
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        assert peak < 60_000_000


def _consume(path: Path) -> None:
    for row in reading.read(path, reading.inspect(path).encoding, ","):
        assert len(row.cells) <= reading.MAX_COLUMNS


class TestFormulas:
    @pytest.mark.parametrize(
        "cell", ["=1+1", "+47 22 12", "-5", "@SUM(A1)", "\tx", "|calc", "%0", "'=x", "''-1"]
    )
    def test_a_live_cell_is_quoted_and_comes_back(self, cell: str) -> None:
        safe = reading.guarded(cell)
        assert safe[0] == "'"
        assert reading.inert(safe) == cell

    @pytest.mark.parametrize("cell", ["", "O'Neill", "'quoted'", "12", "a=b"])
    def test_other_cells_stay(self, cell: str) -> None:
        assert reading.guarded(cell) == cell
        assert reading.inert(cell) == cell

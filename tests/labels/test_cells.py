"""Tables of any shape become the same cells, and broken ones are told."""

import datetime
import gzip
import os

import pytest

from rarml.core.errors import InputError
from rarml.labels.cells import read_cells

ROWS = [["gene", "lfc", "padj"], ["A", "1.5", "0.01"], ["B", "-2", "NA"], ["C", "0", "1"]]


def write(folder, text, name="t.csv"):
    path = folder / name
    path.write_text(text)
    return path


@pytest.mark.parametrize(
    ("mark", "word"), [("\t", "tab"), (",", "comma"), (";", "semicolon"), ("|", "bar"), (" ", "blank")]
)
def test_each_delimiter_is_found(tmp_path, mark, word):
    cells = read_cells(write(tmp_path, "\n".join(mark.join(row) for row in ROWS)))
    assert (cells.header, cells.rows, cells.delimiter) == (ROWS[0], ROWS[1:], word)
    assert cells.lines == [2, 3, 4]


def test_quotes_blank_lines_comments_bom_and_crlf(tmp_path):
    text = '\ufeff# made by R\r\n"gene","lfc","padj"\r\n\r\n"A, the first","1","0.1"\r\n'
    cells = read_cells(write(tmp_path, text))
    assert cells.header == ROWS[0]
    assert cells.rows == [["A, the first", "1", "0.1"]]
    assert cells.where(0).endswith("t.csv:4")
    assert cells.notes == ["1 comment lines passed over"]


def test_header_of_r_is_one_cell_shorter(tmp_path):
    cells = read_cells(write(tmp_path, '"lfc" "padj"\n"A" 1 0.1\n"B" 2 0.2\n'))
    assert cells.header == ["", "lfc", "padj"]


def test_gzip_and_plain_are_the_same(tmp_path):
    text = "\n".join("\t".join(row) for row in ROWS)
    zipped = tmp_path / "t.tsv.gz"
    zipped.write_bytes(gzip.compress(text.encode()))
    assert read_cells(zipped).rows == read_cells(write(tmp_path, text)).rows


def test_xlsx_shows_dates_as_dates(tmp_path):
    openpyxl = pytest.importorskip("openpyxl")
    book = openpyxl.Workbook()
    book.active.append(["gene", "lfc", "padj"])
    book.active.append([datetime.datetime(2023, 3, 1), 1.5, 0.01])
    book.active.append([123.0, None, 1])
    book.create_sheet("other")
    book.save(tmp_path / "t.xlsx")
    cells = read_cells(tmp_path / "t.xlsx")
    assert cells.rows == [["2023-03-01 00:00:00", "1.5", "0.01"], ["123", "", "1"]]
    assert cells.notes == ["first of 2 sheets read: Sheet"]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "is empty"),
        ("\n\n", "one column only|holds no table"),
        ("gene:lfc:padj\nA:1:2\n", "one column only.*tab, comma or semicolon"),
        ("gene,lfc,padj\n", "a header and no rows"),
        ("gene,lfc,padj\nA,1,2\nB,1\nC,1,2\n", "t.csv:3: 2 columns, the header has 3"),
        ("gene,lfc,padj\nA,1,2\nB,1,2,3\nC,1,2\n", "t.csv:3: 4 columns, the header has 3"),
    ],
)
def test_broken_text(tmp_path, text, message):
    with pytest.raises(InputError, match=message):
        read_cells(write(tmp_path, text))


def test_broken_files(tmp_path):
    with pytest.raises(InputError, match="is a folder"):
        read_cells(tmp_path)
    with pytest.raises(InputError, match="no such table"):
        read_cells(tmp_path / "absent.csv")
    whole = gzip.compress("\n".join(f"G{n},{n},{n * 7919}" for n in range(20000)).encode())
    (tmp_path / "cut.csv.gz").write_bytes(whole[: len(whole) // 2])
    with pytest.raises(InputError, match="truncated"):
        read_cells(tmp_path / "cut.csv.gz")
    (tmp_path / "bad.xlsx").write_bytes(b"PK\x03\x04 no workbook")
    with pytest.raises(InputError, match="not a readable xlsx"):
        read_cells(tmp_path / "bad.xlsx")
    (tmp_path / "old.xls").write_bytes(b"\xd0\xcf\x11\xe0 old")
    with pytest.raises(InputError, match="old Excel file"):
        read_cells(tmp_path / "old.xls")
    (tmp_path / "latin.csv").write_bytes("gène,lfc\nA,1\n".encode("latin-1"))
    with pytest.raises(InputError, match="not UTF-8"):
        read_cells(tmp_path / "latin.csv")


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root may read every file")
def test_unreadable_file(tmp_path):
    path = write(tmp_path, "gene,lfc\nA,1\n")
    path.chmod(0)
    with pytest.raises(InputError, match="may not be read"):
        read_cells(path)

"""Any delimited or Excel table as text cells with line numbers; the delimiter is found, never assumed."""

from __future__ import annotations

import csv
import datetime
import zipfile
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from xml.etree.ElementTree import ParseError

from rarml.core.errors import InputError, MissingPartError
from rarml.core.files import open_text, require_file

DELIMITERS = {"\t": "tab", ",": "comma", ";": "semicolon", "|": "bar", " ": "blank"}
_SNIFFED_LINES = 60
_MOST_UNPACKED = 1 << 28  # bytes of XML; a sheet of a million cells has about 50 million
_MOST_CELLS = 20_000_000
_MOST_COLUMNS = 5_000
# what openpyxl and the zip and XML readers under it raise on files that are no workbooks
_ODD_XLSX = (
    zipfile.BadZipFile, zipfile.LargeZipFile, zlib.error, ParseError, LookupError, ValueError, TypeError,
    AttributeError, ArithmeticError, EOFError, OSError, RuntimeError, RecursionError,
)  # fmt: skip
_OLD_EXCEL = b"\xd0\xcf\x11\xe0"


@dataclass(frozen=True)
class Cells:
    """A table as it was written.

    Attributes
    ----------
    path : Path
        The file (or what the text is).
    header : list of str
        Column names; empty for an unnamed column.
    rows : list of list of str
        As long as the header, each; blanks at the ends removed.
    lines : list of int
        Line (1-based) of each row in the file.
    delimiter : str
        In words.
    notes : list of str
        What was noticed on reading.
    """

    path: Path
    header: list[str]
    rows: list[list[str]]
    lines: list[int]
    delimiter: str
    notes: list[str] = field(default_factory=list)

    def column(self, name: str) -> list[str]:
        """Cells of one column."""
        place = self.header.index(name)
        return [row[place] for row in self.rows]

    def where(self, row: int) -> str:
        """``file:line`` of a row."""
        return f"{self.path}:{self.lines[row]}"


def read_cells(path: str | Path) -> Cells:
    """Read a CSV, TSV (plain or gzip) or xlsx table with a header line.

    Raises
    ------
    InputError
        If it is empty, a folder, unreadable, truncated, has one column only (wrong delimiter), no row below the
        header, a column name twice, or a row (named by line) of another length than the header.
    MissingPartError
        For xlsx without openpyxl.
    """
    file = require_file(path, kind="table")
    with file.open("rb") as probe:
        magic = probe.read(4)
    if magic.startswith(_OLD_EXCEL):
        raise InputError("is an old Excel file (.xls)", where=file, fix="save it as .xlsx, CSV or TSV")
    if magic.startswith(b"PK"):
        lines, notes = _read_xlsx(file)
        return _table(file, lines, "Excel sheet", notes)
    with open_text(file, kind="table") as handle:
        text = handle.read()
    skipped = [line for line in text.splitlines() if line.startswith("#")]
    if text.lstrip()[:9].lower().startswith(("<!doctype", "<html")):
        raise InputError("is a page of a website", where=file, fix="download the table itself")
    delimiter = sniff_delimiter(text, file)
    if delimiter is None:
        fix = "separate columns by tab, comma or semicolon; a plain list of genes is a gene set, not a table"
        raise InputError("has one column only", where=f"{file}:1", fix=fix)
    notes = [f"{len(skipped)} comment lines passed over"] if skipped else []
    _require_closed_quotes(text, delimiter, file)
    return _table(file, split_lines(text, delimiter, file), DELIMITERS[delimiter], notes)


def _require_closed_quotes(text: str, delimiter: str, file: Path) -> None:
    """Refuse a quotation mark that is closed on another line, or never: it hides the rows between.

    A cell with line breaks but no delimiter in them (a description, from a spreadsheet) is let through.
    """
    if '"' not in text:
        return
    lines = text.splitlines()
    reader = csv.reader([line + "\n" for line in lines], delimiter=delimiter, skipinitialspace=delimiter == " ")
    before = 0
    fix = "remove the quotation mark, or close it on its line"
    try:
        for row in reader:
            inside = any("\n" in cell and delimiter in cell for cell in row)
            if reader.line_num > before + 1 and (inside or (row and row[-1].endswith("\n"))):
                what = f"a quotation mark opened here hides the lines to {reader.line_num}"
                raise InputError(what, where=f"{file}:{before + 1}", fix=fix)
            before = reader.line_num
    except csv.Error as error:
        raise InputError(f"not a table: {error}", where=f"{file}:{before + 1}", fix=fix) from error


def split_lines(text: str, delimiter: str, where: str | Path) -> list[tuple[int, list[str]]]:
    """(line number, cells) of each line that is neither blank nor a comment; `where` names the text in an error."""
    # line ends stay, so that a quoted cell over two lines is not read as one joined name
    reader = csv.reader(text.splitlines(keepends=True), delimiter=delimiter, skipinitialspace=delimiter == " ")
    try:
        found = [(reader.line_num, [cell.strip() for cell in row]) for row in reader]
    except csv.Error as error:
        fix = "no cell may be longer than 131,072 letters; is a quotation mark left open?"
        raise InputError(f"not a table: {error}", where=f"{where}:{reader.line_num}", fix=fix) from error
    return [(line, row) for line, row in found if any(row) and not row[0].startswith("#")]


def sniff_delimiter(text: str, where: str | Path) -> str | None:
    """The delimiter that cuts the first lines into equally many cells (at least 2); None if there is none.

    A header that is one cell shorter, as R writes it, is understood.
    """
    # lines that do not count stay as empty ones, so that an error names the right line
    head = ["" if line.startswith("#") else line for line in text.splitlines()[: 2 * _SNIFFED_LINES]]
    filled = [place for place, line in enumerate(head) if line.strip()][:_SNIFFED_LINES]
    sample = "\n".join(head[: filled[-1] + 1]) if filled else ""
    best: tuple[float, int, bool, str] | None = None
    for delimiter in DELIMITERS:
        counts = [len(row) for _, row in split_lines(sample, delimiter, where)]
        body = counts[1:] or counts
        # of two lengths that are as frequent it is the header's, so that a cut line is named and not the delimiter
        common = max(set(body), key=lambda n: (body.count(n), n == counts[0])) if body else 0
        if common < 2 or counts[0] not in (common, common - 1):
            continue
        # a header as long as the rows tells semicolons from decimal commas
        score = (body.count(common) / len(body), common, counts[0] == common, delimiter)
        if best is None or score[:3] > best[:3]:
            best = score
    return None if best is None or best[0] < 0.5 else best[3]


def _table(file: Path, lines: list[tuple[int, list[str]]], delimiter: str, notes: list[str]) -> Cells:
    if not lines:
        raise InputError("holds no table", where=file, fix="give a header line and one row per gene")
    (first, header), body = lines[0], lines[1:]
    if not body:
        raise InputError("has a header and no rows", where=f"{file}:{first}", fix="give one row per gene")
    if len(header) > _MOST_COLUMNS:
        raise InputError(
            f"has {len(header):,} columns", where=f"{file}:{first}", fix="give genes in rows, a few columns"
        )
    if len(body[0][1]) == len(header) + 1:
        header = ["", *header]
    if len(header) < 2:
        raise InputError("has one column only", where=f"{file}:{first}", fix="give genes and their statistics")
    for line, row in body:
        if len(row) != len(header):
            what = f"{len(row)} columns, the header has {len(header)}"
            raise InputError(what, where=f"{file}:{line}", fix="is the line cut off, or another delimiter used in it?")
    return Cells(file, header, [row for _, row in body], [line for line, _ in body], delimiter, notes)


def _read_xlsx(file: Path) -> tuple[list[tuple[int, list[str]]], list[str]]:
    try:
        import openpyxl
    except ImportError as error:
        raise MissingPartError("Excel tables need openpyxl", where=file, fix="pip install 'rarml[excel]'") from error
    try:
        with zipfile.ZipFile(file) as packed:
            if sum(part.file_size for part in packed.infolist()) > _MOST_UNPACKED:
                raise ValueError("it unpacks to an absurd size")
        with file.open("rb") as handle:  # by name, openpyxl would go by the ending
            book = openpyxl.load_workbook(handle, read_only=True, data_only=True)
            sheet = book.worksheets[0]
            sheet.reset_dimensions()  # some writers state a smaller sheet than they write: cells would be left out
            rows = list(_filled(sheet.values))
            title, others = sheet.title, len(book.worksheets) - 1
            book.close()
    except _ODD_XLSX as error:
        fix = "save it again, or export it as CSV"
        raise InputError(f"is not a readable xlsx file: {str(error)[:120]}", where=file, fix=fix) from error
    width = max((place + 1 for _, row in rows for place, cell in enumerate(row) if cell), default=0)
    padded = [(line, (row + [""] * width)[:width]) for line, row in rows if any(row)]
    notes = [f"first of {others + 1} sheets read: {title}"] if others else []
    return padded, notes


def _filled(values: Iterable[tuple[object, ...]]) -> Iterator[tuple[int, list[str]]]:
    """Row number and cells of each row that holds anything; a sheet of empty cells without end is an error."""
    seen = 0
    for line, row in enumerate(values, start=1):
        seen += max(1, len(row))
        if seen > _MOST_CELLS:
            raise ValueError(f"it has more than {_MOST_CELLS:,} cells")
        if any(value is not None for value in row):
            yield line, [_cell(value) for value in row]


def _cell(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, datetime.datetime | datetime.date):
        return value.isoformat(sep=" ") if isinstance(value, datetime.datetime) else value.isoformat()
    return str(value).strip()


def plain(name: str) -> str:
    """A column name with letters and digits only, lower case (adj.P.Val -> adjpval)."""
    return "".join(letter for letter in name.lower() if letter.isalnum())


def find_column(header: Iterable[str], wanted: Iterable[str]) -> str | None:
    """The first of `wanted` (plain names) that stands in the header, as the header spells it."""
    by_plain: dict[str, str] = {}
    for name in header:
        by_plain.setdefault(plain(name), name)
    return next((by_plain[name] for name in wanted if name in by_plain), None)

"""Names of others on the terminal and in tables: none steers the terminal, is taken for markup, or breaks a row."""

import csv
import os
import pty
import re
import subprocess
import sys

import pytest
from rich.console import Console

from rarml.cli import terminal
from rarml.core.plain_text import on_one_line, without_controls

STEERING = ("\x1b[31mEVIL", "\x1b]0;owned\x07", "A\x9b5mB", "RLO\u202ex", "back\x08\x08", "half\udcff")
MARKUP = ("[red]x[/red]", "[link=http://evil]x[/link]", "[/x]")
# what rich itself sends: colours and weights of text, nothing else
OWN = re.compile(r"\x1b\[[\d;]*m")


def on_a_terminal(*arguments, cwd):
    """(exit status, everything that the command wrote to a terminal of 200 columns)."""
    ours, theirs = pty.openpty()
    environment = {**os.environ, "COLUMNS": "200", "TERM": "xterm", "NO_COLOR": "1"}
    command = [sys.executable, "-m", "rarml", *arguments]
    running = subprocess.Popen(command, cwd=cwd, env=environment, stdout=theirs, stderr=theirs, stdin=theirs)
    os.close(theirs)
    said = b""
    while True:
        try:
            part = os.read(ours, 65536)
        except OSError:  # the command has ended
            break
        if not part:
            break
        said += part
    os.close(ours)
    return running.wait(), said.decode("utf-8")


def test_only_letters_that_steer_are_replaced():
    assert without_controls("RARβ\tCYP26A1 – 0,5 µM\n") == "RARβ\tCYP26A1 – 0,5 µM\n"
    for text in STEERING:
        shown = without_controls(text)
        assert "�" in shown
        assert len(shown) == len(text)
        assert all(letter == "�" or letter in text for letter in shown)
    assert on_one_line("a\tb\nc") == "a�b�c"


@pytest.mark.parametrize("text", [*STEERING, *MARKUP])
def test_a_name_in_any_place_of_a_table_is_shown_and_obeyed_in_none(monkeypatch, capsys, text):
    monkeypatch.setattr(terminal, "console", lambda **_: Console(force_terminal=True, width=120, highlight=False))
    terminal.print_table(f"title {text}", ["gene", f"head {text}"], [["cell", f"cell {text}"]])
    terminal.note(f"note {text}")
    said = OWN.sub("", capsys.readouterr().out)
    assert not re.search("[\x00-\x09\x0b-\x1f\x7f-\x9f\u202e]", said)
    for place in ("title", "head", "cell", "note"):
        assert f"{place} {without_controls(text)}" in said


def test_hostile_gene_and_file_names_at_a_terminal(tmp_path):
    genes = [*STEERING[:4], *MARKUP, "RARB", '=HYPERLINK("http://evil";"a")']
    (tmp_path / "genes.txt").write_text("\n".join(genes) + "\n", encoding="utf-8")
    out = "o\x1b]0;owned\x07\n[red]"
    status, said = on_a_terminal("score", "genes.txt", "--model", "mcf-7", "--out", out, cwd=tmp_path)
    assert status == 0, said
    left = OWN.sub("", said)
    assert not re.search("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u202e]", left)
    assert "�[31mEVIL: unmapped" in left
    for name in (*MARKUP, genes[-1]):
        assert f"{name}: unmapped" in left
    assert "wrote o�]0;owned��[red]/scores.tsv" in left
    # a row per name, the names as they came: a table holds data, and is not edited for a spreadsheet
    with (tmp_path / out / "scores.tsv").open(encoding="utf-8", newline="") as table:
        rows = list(csv.DictReader(table, delimiter="\t"))
    assert [row["query"] for row in rows] == genes


def test_hostile_names_in_errors_at_a_terminal(tmp_path):
    status, said = on_a_terminal("score", "no\x1b[31m[red]file.txt", cwd=tmp_path)
    assert status == 2
    assert said.startswith("rarml: error: no�[31m[red]file.txt: no such gene list")
    assert "\x1b" not in said


def test_names_with_tabs_and_line_ends_cannot_break_a_row(tmp_path):
    (tmp_path / "genes.csv").write_text('symbol,x\n"A\tB",1\n"=1+1",2\nRARB,3\n', encoding="utf-8")
    status, said = on_a_terminal("score", "genes.csv", "--model", "mcf-7", "--out", "out", cwd=tmp_path)
    assert status == 0, said
    with (tmp_path / "out" / "scores.tsv").open(encoding="utf-8", newline="") as table:
        rows = list(csv.DictReader(table, delimiter="\t"))
    assert [row["query"] for row in rows] == ["A\tB", "=1+1", "RARB"]
    assert all(None not in row for row in rows)

"""What verbs have in common on the terminal."""

from pathlib import Path

from rarml.cli.terminal import say_written


def test_genes_that_are_not_judged_come_last_and_are_named_where_they_do_not_fit(rarml):
    out = rarml("score", "CYP26A1", "DHRS3", "-m", "mcf-7", "--top", 1).out
    table, _, rest = out.partition("not judged, as not expressed in the untreated stand-in (1): ")
    assert "DHRS3" in table
    assert "CYP26A1" not in table
    assert rest.startswith("CYP26A1")
    both = rarml("score", "CYP26A1", "DHRS3", "-m", "mcf-7").out
    assert both.index("DHRS3") < both.index("CYP26A1")
    assert "not judged, as" not in both


def test_a_rank_is_never_torn_in_two(rarml, monkeypatch):
    out = rarml("score", "CYP26A1", "ACTB", "MYC", "-m", "sh-sy5y").out
    assert out.count("/13,217 ") == 3
    monkeypatch.setenv("COLUMNS", "100")
    monkeypatch.setenv("FORCE_COLOR", "1")  # taken for a terminal
    assert rarml("score", "MYC", "-m", "sh-sy5y").out.count("/13,217") == 1


def test_a_narrow_terminal_leaves_columns_out_and_says_so_rather_than_tear_words(rarml, monkeypatch):
    monkeypatch.setenv("COLUMNS", "80")
    monkeypatch.setenv("FORCE_COLOR", "1")  # taken for a terminal
    found = rarml("score", "DHRS3", "GAPDH", "-m", "sh-sy5y")
    assert all(word in found.out for word in ("candidate", "unlikely", "86%–93%", "77%"))
    assert "no room for not ruled out, rank, measured, best RARE in 80 columns" in found.err


def test_many_files_of_a_kind_are_counted(capsys):
    say_written([Path("out/report.html"), *(Path(f"out/figures/{i}.svg") for i in range(8)), Path("out/a.tsv")])
    assert capsys.readouterr().out.splitlines() == [
        "wrote out/report.html",
        "wrote out/figures/*.svg (8 files)",
        "wrote out/a.tsv",
    ]
    say_written([Path("x")], stderr=True)
    assert capsys.readouterr() == ("", "wrote x\n")

"""`rarml compare` on the terminal."""

import re

import pytest


@pytest.fixture
def targets(tmp_path):
    path = tmp_path / "targets.gmt"
    path.write_text("mine\tmade up\tDHRS3\tCYP26B1\tSTRA6\tTGM2\nsecond\tmade up\tRARA\tRXRA\tNRIP1\n")
    return path


def test_terminal_shows_transfer_core_receptors_and_each_list(rarml, targets):
    said = rarml("compare", "mcf-7", "sh-sy5y", "--known", targets, "--bootstrap", "5", "--top", "2").out
    assert re.search(r"sh-sy5y +0\.9\d\d! \(", said)
    assert "mean response elsewhere" in said
    assert re.search(r"mcf-7 +MCF7 +63\.7", said)
    assert [said.count(f" {name} ") for name in ("mine", "second")] == [2, 2]
    assert "Core:" in said


def test_files_hold_the_report_figures_and_reasons(rarml, targets, tmp_path):
    out = tmp_path / "out"
    said = rarml("compare", "mcf-7", "nb4", "--out", out, "--known", targets, "--bootstrap", "5", "--why", "1").out
    assert f"wrote {out / 'report.html'}" in said.replace("\n", "")
    assert (out / "figures" / "upset_called_up.svg").is_file()
    assert "why:rare" in (out / "differences.tsv").read_text().splitlines()[0]
    assert len((out / "known_targets.tsv").read_text().splitlines()) == 1 + 2 * 2


@pytest.mark.parametrize(
    ("content", "fault"),
    [(None, "no such gene set"), ("nothing\nof all\n", "none of the 2 names of 'targets'"), ("", "is empty")],
)
def test_a_list_that_cannot_be_used_is_named(rarml, tmp_path, content, fault):
    path = tmp_path / "targets.txt"
    if content is not None:
        path.write_text(content)
    assert fault in rarml("compare", "mcf-7", "sh-sy5y", "--known", path).fault()

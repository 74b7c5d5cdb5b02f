"""Genes of another species: through orthologues, and the message where there are none."""

import pandas as pd
import pytest

from rarml.core.errors import InputError
from rarml.workflows.score import score
from rarml.workflows.score_output import write_scores

FLAG = "out of domain: other species"
MODELS = ["sh-sy5y", "nb4"]
TABLE = """Gene stable ID\tGene name\tHuman gene stable ID\tHuman gene name
ENSMUSG00000024987\tCyp26a1\tENSG00000095596\tCYP26A1
ENSMUSG00000000001\tGnai3\tENSG00000065135\tGNAI3
ENSMUSG00000000001\tGnai3\tENSG00000114353\tGNAI2
ENSMUSG00000000002\tGnai3b\tENSG00000065135\tGNAI3
ENSMUSG00000066152\tSlc31a1\t\t
ENSMUSG00000000009\tOld\tENSG99999999999\tGONE
"""


@pytest.fixture
def table(tmp_path):
    path = tmp_path / "mouse.tsv"
    path.write_text(TABLE)
    return path


def test_the_answer_is_that_of_the_human_gene_and_flagged(table):
    mouse = score(["Cyp26a1", "ENSMUSG00000024987.8"], MODELS, orthologues=table).table
    human = score(["CYP26A1"], MODELS).table.set_index("model")
    assert len(mouse) == 4
    for row in mouse.to_dict("records"):
        own = human.loc[row["model"]]
        for column in ("p_up", "p_unresponsive", "rank", "call", "rare_type"):
            assert row[column] == own[column] or (pd.isna(row[column]) and pd.isna(own[column]))
        assert row["flags"].split("; ")[0] == FLAG
        assert own["flags"] in row["flags"]
        assert (row["orthology"], row["gene_id"]) == ("one to one", "ENSG00000095596")
        assert pd.isna(row["not_ruled_out"])  # the promise of the sets holds for genes like the training genes


def test_every_name_is_answered_in_order_or_says_why_not(table):
    names = ["Gnai3", "Slc31a1", "Unheard", "Gnai3b", "Old", "Gnai3"]
    found = score(names, ["nb4"], orthologues=table)
    rows = found.table
    assert rows["query"].tolist() == ["Gnai3", "Gnai3", "Slc31a1", "Unheard", "Gnai3b", "Old", "Gnai3", "Gnai3"]
    assert rows["symbol"].fillna("").tolist() == ["GNAI3", "GNAI2", "", "", "GNAI3", "", "GNAI3", "GNAI2"]
    assert rows["orthology"].tolist()[:5] == ["several to several", "one to several", "", "", "several to one"]
    notes = dict(zip(rows["query"], rows["note"], strict=True))
    assert "names no human orthologue" in notes["Slc31a1"]
    assert "not in the table" in notes["Unheard"]
    assert "ENSG99999999999" in notes["Old"]
    assert (rows.loc[rows["gene_id"].notna(), "flags"].str.startswith(FLAG)).all()
    summary = found.notes[0]
    assert "2 of 5 names have a human gene" in summary
    assert "2 without one, 1 not in the table" in summary
    assert FLAG in found.notes[1]


def test_a_human_name_is_no_answer_where_orthologues_are_asked_for(table):
    rows = score(["Cyp26a1", "DHRS3"], ["nb4"], orthologues=table).table
    assert rows["mapping"].tolist() == ["mapped", "unmapped"]
    with pytest.raises(InputError, match="spelt as in the table"):
        score(["DHRS3"], ["nb4"], orthologues=table)


def test_the_report_says_so_and_offers_no_human_controls(table, tmp_path):
    write_scores(score(["Cyp26a1", "Gnai3"], ["sh-sy5y"], orthologues=table), tmp_path / "out")
    page = (tmp_path / "out" / "report.html").read_text()
    assert FLAG in page
    assert "was not tested" in page
    assert "matched negative" not in page.lower()
    written = pd.read_csv(tmp_path / "out" / "scores.tsv", sep="\t")
    assert written["orthology"].tolist() == ["one to one", "several to several", "one to several"]


def test_without_a_table_mouse_names_make_one_message(rarml):
    found = rarml("score", "Cyp26a1", "ENSMUSG00000000001", "Dhrs3", "GAPDH", "-m", "nb4")
    assert found.status == 0
    said = [line for line in found.err.replace("\n", " ").split("note: ") if "--orthologues" in line]
    assert len(said) == 1
    assert "3 names look like genes of another species (Cyp26a1, ENSMUSG00000000001, Dhrs3)" in said[0]
    assert "2 were read as the human genes" in said[0]
    alone = rarml("score", "ENSMUSG00000000001", "-m", "nb4")
    assert "--orthologues" in alone.fault()
    assert "look like" not in rarml("score", "CYP26A1", "C1orf112", "-m", "nb4").err


def test_the_terminal_shows_both_names_and_bad_tables_are_one_line(rarml, table, tmp_path):
    found = rarml("score", "Cyp26a1", "Gnai3", "-m", "nb4", "--orthologues", table)
    assert "Cyp26a1 → CYP26A1" in found.out.replace("\n", " ") or "Cyp26a1 →" in found.out
    assert "Gnai3 →" in found.out
    (tmp_path / "bad.tsv").write_text("Rarb\nDhrs3\n")
    assert "bad.tsv" in rarml("score", "Rarb", "-m", "nb4", "--orthologues", tmp_path / "bad.tsv").fault()
    assert "no such table" in rarml("score", "Rarb", "-m", "nb4", "--orthologues", tmp_path / "none.tsv").fault()

"""Places of RAREs are written to the base, also where another gene of the list has none."""

import pandas as pd

from rarml.workflows.score import score
from rarml.workflows.score_output import write_scores

CYP26A1_R1 = (93_073_802, 93_073_819)


def test_a_gene_without_a_rare_rounds_nobody_elses_place(tmp_path):
    result = score(["CYP26A1", "RARB"], ["sh-sy5y"])
    assert set(result.table["rare_start"].isna()) == {True, False}, "one gene with and one without a RARE are needed"
    write_scores(result, tmp_path / "out")
    written = pd.read_csv(tmp_path / "out" / "scores.tsv", sep="\t", dtype=str).set_index("symbol")
    assert tuple(written.loc["CYP26A1", ["rare_start", "rare_end"]].astype(int)) == CYP26A1_R1
    assert pd.isna(written.loc["RARB", "rare_start"])
    stored = pd.read_parquet(tmp_path / "out" / "scores.parquet").set_index("symbol")
    assert (stored.loc["CYP26A1", "rare_start"], stored.loc["CYP26A1", "rare_end"]) == CYP26A1_R1

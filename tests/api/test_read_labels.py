"""Labels from counts in a script."""

from pathlib import Path

import pytest

import rarml as ra

EXAMPLES = Path(__file__).resolve().parents[2] / "docs" / "examples"


def test_counts_and_a_sheet_are_enough(tmp_path):
    pytest.importorskip("pydeseq2", reason="needs the extra counts")
    lines = (EXAMPLES / "counts.tsv").read_text().splitlines()
    (tmp_path / "counts.tsv").write_text("\n".join(lines[:201]) + "\n")
    labels = ra.read_labels(
        counts=tmp_path / "counts.tsv",
        design=EXAMPLES / "samples.tsv",
        treated=["ATRA"],
        subset={"batch": ["b1", "b2"]},
    )
    assert labels.counts()["mapped"] == 200
    frame = labels.computed["ATRA"].frame
    assert {"id", "log2fc", "lfcSE", "pvalue", "padj", "base_mean"} <= set(frame)
    up = labels.table.index[labels.table["status"] == "up"]
    assert (frame.set_index("id").loc[up, "log2fc"] >= 1).all()


def test_options_that_need_counts():
    with pytest.raises(ra.RarmlError, match="a design or replicate without counts"):
        ra.read_labels("de.csv", design="samples.tsv")
    with pytest.raises(ra.RarmlError, match="exclude each other"):
        ra.read_labels("de.csv", counts="counts.tsv", design="samples.tsv")

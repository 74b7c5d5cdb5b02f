"""`rarml train` on the real tables of each kind, as a user would call it."""

import json
import re
import time
from pathlib import Path

import pandas as pd
import pytest

REPO = Path(__file__).resolve().parents[2]
pytestmark = [pytest.mark.real_data, pytest.mark.slow]

TABLES = {
    "Degust": ("sh-sy5y_ra_differentiation_degust.csv", "SH-SY5Y", False),
    "DESeq2": ("mcf-7_ra_200nM_72h_deseq2.csv", "MCF7", False),
    "edgeR": ("neural-organoid_neurons_sc_shared_edger.tsv", "AF22", True),
    "limma": ("u937_pml-rara_induction_limma.txt", "U-937", True),
}
COUNTED = (
    "rows read", "mapped", "ambiguous names", "unmapped", "untested", "up", "down", "unresponsive", "without sequence",
    "trained on",
)  # fmt: skip


@pytest.mark.parametrize("dialect", TABLES)
def test_a_table_of_each_kind_trains_to_a_bundle_and_a_report(dialect, rarml, real_data, tmp_path):
    file, stand_in, unlabelled = TABLES[dialect]
    out = tmp_path / "model"
    began = time.perf_counter()
    quick = REPO / "configs" / "quick.yaml"
    found = rarml("train", real_data / "labels" / file, "--config", quick, "--stand-in", stand_in, "--out", out)
    assert found.status == 0, found.err
    assert time.perf_counter() - began < 240  # tests share the machine
    assert re.search(rf"note: {re.escape(file)}: {dialect}", found.err)
    line = next(line for line in found.out.splitlines() if line.startswith("genes: "))
    assert all(re.search(rf"[\d,]+ {word}", line) for word in COUNTED), line
    manifest = json.loads((out / "bundle.json").read_text())
    assert manifest["positive_unlabelled"] is unlabelled
    assert manifest["experimental"] is unlabelled
    # the model answers for every gene, whatever was in the table
    predictions = pd.read_parquet(out / "predictions.parquet")
    assert len(predictions) > 19_000
    assert predictions["p_up"].between(0, 1).all()
    page = (out / "report.html").read_text()
    assert not re.search(r"<(script|link|img)[^>]+(src|href)=[\"']https?:", page)
    assert file in page


def test_a_user_with_a_deseq2_table_alone_trains_the_full_model_in_minutes(rarml, real_data, tmp_path):
    began = time.perf_counter()
    found = rarml(
        "train", real_data / "labels" / "mcf-7_ra_400nM_72h_deseq2.csv", "--cell-type", "MCF-7", "--out", tmp_path / "m"
    )
    seconds = time.perf_counter() - began
    assert found.status == 0, found.err
    assert "stand-in expression: MCF7 (by the name of the cell type)" in found.err
    print(f"full training: {seconds:.0f} s")
    assert seconds < 240  # tests share the machine
    card = (tmp_path / "m" / "MODEL_CARD.md").read_text()
    for part in ("Intended use", "Not for", "covariates alone", "AUPRC", "Eligible"):
        assert part in card

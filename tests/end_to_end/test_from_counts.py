"""Real counts: labels agree with the tables that came with them, and become a model."""

import json
import runpy
from pathlib import Path

import pytest

from rarml.bundle.registry import shipped_atlas
from rarml.features.atlas import load_atlas
from rarml.labels.spec import LabelSpec
from rarml.labels.table import load_labels

REPO = Path(__file__).resolve().parents[2]
pytestmark = [pytest.mark.slow, pytest.mark.real_data]
QUICK = (
    "blocks: [composition, expression]\nmodel: {n_folds: 3, gradient: {n_rounds: 5, learning_rate: 0.3}}\n"
    "bootstrap: 20\nevaluation: {controls: false}\n"
)


@pytest.fixture(scope="module")
def script():
    return runpy.run_path(str(REPO / "experiments" / "from_counts.py"))


@pytest.fixture(scope="module")
def atlas():
    return load_atlas(shipped_atlas(), columns=[])


def test_the_results_on_file_are_above_the_floors(script):
    """Every comparison that the docs speak of, with its interval."""
    result = json.loads((REPO / "experiments" / "results" / "from_counts.json").read_text())
    assert result["floors"] == script["FLOORS"]
    one_to_one = [row for row in result["comparisons"] if row["data"] in ("SH-SY5Y", "MCF-7")]
    assert len(one_to_one) == 4
    for row in one_to_one:
        for measure, floor in script["FLOORS"].items():
            assert row[measure]["low"] >= floor, (row["contrast"], measure)
        assert row["contradicted"] == 0


@pytest.mark.parametrize("name", ["SH-SY5Y", "MCF-7"])
def test_counts_to_labels_to_a_model(name, script, atlas, real_data, rarml, tmp_path):
    """The way of a user: train --counts; the table beside the model agrees with the one that was given."""
    pytest.importorskip("pydeseq2", reason="needs the extra counts")
    withheld = {}
    spec, given = script["comparisons"](real_data / "labels", tmp_path / "build", atlas, withheld)[name]
    (tmp_path / "quick.yaml").write_text(QUICK)
    treated = spec.treated[-1:]
    words = [part for level in treated for part in ("--treated", level)]
    words += [part for column, values in spec.subset.items() for v in values for part in ("--subset", f"{column}={v}")]
    done = rarml(
        "train", "--counts", spec.matrix, "--design", spec.design, "--condition", spec.condition, *words,
        *(("--reference-level", spec.reference) if spec.reference else ()), "--cell-type", name,
        "--config", tmp_path / "quick.yaml", "--out", tmp_path / "model", "--quiet",
    )  # fmt: skip
    assert done.status == 0, done.err
    ours = load_labels(LabelSpec(files=(str(tmp_path / "model.deseq2.tsv"),)), atlas.names)
    assert not atlas.genes["chrom"].reindex(ours.table.index).isin(script["WITHHELD"]).any()
    row = script["agreement"](ours, load_labels(given[treated[0]][0], atlas.names), atlas)
    for measure, floor in script["FLOORS"].items():
        assert row[measure]["value"] >= floor, measure
    facts = json.loads((tmp_path / "model" / "bundle.json").read_text())
    assert facts["labels"]["counts"]["treated"] == list(treated)
    assert facts["counts"]["eligible"] > 1000

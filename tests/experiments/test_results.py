"""The tables of the docs are of the models, labels and features of this checkout: nothing stale, nothing typed in."""

import json
import os
import sys
from pathlib import Path

import numpy as np
import pytest
from sklearn.metrics import average_precision_score, roc_auc_score

REPO = Path(__file__).resolve().parents[2]
EXPERIMENTS = REPO / "experiments"
CELLS = ("mcf-7", "sh-sy5y", "neural-organoid", "nb4")
PEERS = (
    "kmer-logistic", "gapped-kmer-svm", "xpresso-like", "toolkit-cnn",
    "feature-logistic", "feature-boosting", "feature-forest", "feature-network",
)  # fmt: skip
pytestmark = [pytest.mark.slow, pytest.mark.real_data]


@pytest.fixture(scope="module")
def tables(real_data):
    """`held_out.py`, which finds its neighbours by their bare names; they are taken out of sight afterwards."""
    before, environment = set(sys.modules), os.environ.get("RARML_DATA")
    os.environ["RARML_DATA"] = str(real_data)
    sys.path.insert(0, str(EXPERIMENTS))
    try:
        import held_out

        yield held_out
    finally:
        sys.path.remove(str(EXPERIMENTS))
        os.environ.pop("RARML_DATA")
        if environment is not None:
            os.environ["RARML_DATA"] = environment
        for name in set(sys.modules) - before:
            if str(getattr(sys.modules[name], "__file__", "")).startswith(str(EXPERIMENTS)):
                del sys.modules[name]


@pytest.fixture(scope="module")
def results():
    return json.loads((EXPERIMENTS / "results" / "evaluation.json").read_text(encoding="utf-8"))


@pytest.mark.parametrize("cell", CELLS)
def test_every_model_is_kept_for_the_inputs_of_today(tables, results, cell):
    own = tables.kept("stack", cell)
    assert own.seeds(tables.STACK) == list(range(results["facts"]["seeds"])), "run experiments/evaluation.py"
    assert set(tables.kept("blocks-out", cell).names()) == set(tables.WITHOUT)
    assert set(PEERS) <= set(tables.peers(cell, 1)), "run experiments/peers/run.py"


@pytest.mark.parametrize("cell", CELLS)
def test_the_figures_are_those_of_the_kept_probabilities(tables, results, cell):
    """By scikit-learn, from the kept tables alone."""
    data, _ = tables.cell_data(cell)
    models = {name: tables.mean(parts) for name, parts in tables.held_out(cell, results["facts"]["seeds"]).items()}
    peers = {name: tables.mean(parts) for name, parts in tables.peers(cell, 5).items()}
    rows = [row for row in results["baselines"] if row["cell"] == cell and row["task"] == "up v unresponsive"]
    asked = data.status[data.status.isin(["up", "unresponsive"])]
    truth = (asked == "up").to_numpy()

    def score(table):
        own = table.loc[asked.index]
        return (own["p_up"] / (own["p_up"] + own["p_unresponsive"])).to_numpy()

    checked = 0
    for row in rows:
        table = (models | peers).get(row["baseline"])
        measure = {"auroc": roc_auc_score, "auprc": average_precision_score}.get(row["metric"])
        if table is None or measure is None:
            continue
        assert measure(truth, score(table)) == pytest.approx(row["value"], abs=2e-4), (row["baseline"], row["metric"])
        if row["kind"] != "peer":  # a peer is held against a stack of as many seeds as it has
            assert measure(truth, score(models["stack"])) == pytest.approx(row["model"], abs=2e-4)
        checked += 1
    assert checked >= 2 * (len(PEERS) + 5)
    assert np.isfinite([row["gain"] for row in rows]).all()


def test_the_atlas_and_the_labels_are_those_of_the_results(tables, results):
    from rarml.bundle.load import load_bundle

    assert results["facts"]["atlas"] == tables.atlas().digest
    shipped = {
        part["sha256"] for cell in CELLS for part in load_bundle(REPO / "models" / cell).manifest.labels["files"]
    }
    assert set(results["facts"]["labels"].values()) == shipped

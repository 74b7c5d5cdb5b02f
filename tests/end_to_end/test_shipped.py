"""The shipped models are what their configurations and the real data give."""

from pathlib import Path

import pytest

from rarml.bundle.load import load_bundle
from rarml.bundle.registry import find_model, shipped_atlas
from rarml.workflows.train import train
from rarml.workflows.train_inputs import train_inputs

REPO = Path(__file__).resolve().parents[2]
pytestmark = [pytest.mark.real_data, pytest.mark.slow]


def test_a_shipped_model_is_rebuilt_with_the_same_answers(real_data, tmp_path, monkeypatch):
    """One model in full; `experiments/train_shipped.py` does all. Rounded to 4 digits, so the machine may differ."""
    import numpy as np

    monkeypatch.setenv("RARML_DATA", str(real_data))
    labels, settings = train_inputs([], config=REPO / "configs" / "sh-sy5y.yaml", atlas=shipped_atlas())
    made = train(labels, settings, tmp_path / "sh-sy5y").bundle
    shipped = load_bundle(find_model("sh-sy5y"))
    assert made.labels.equals(shipped.labels)
    assert made.manifest.counts == shipped.manifest.counts
    assert made.manifest.columns == shipped.manifest.columns
    difference = (made.predictions - shipped.predictions)[["p_up", "p_down", "held_out_up"]].abs().to_numpy()
    assert np.nanquantile(difference, 0.999) < 0.01


def test_a_score_of_500_genes_is_quick_from_a_cold_start(tmp_path):
    import subprocess
    import sys
    import time

    import pandas as pd

    symbols = pd.read_parquet(shipped_atlas() / "genes.parquet")["symbol"].dropna()
    names = tmp_path / "genes.txt"
    names.write_text("\n".join(symbols[symbols != ""].sample(500, random_state=0)))
    command = [sys.executable, "-m", "rarml.cli.app", "score", str(names)]
    began = time.perf_counter()
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    seconds = time.perf_counter() - began
    print(f"500 genes, four models: {seconds:.1f} s")
    assert seconds < 15  # 5 s on an idle machine; others run beside this test
    assert done.stdout.count("of 500 genes") == 4

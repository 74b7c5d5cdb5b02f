"""How long the hot functions take (pytest-benchmark): `make bench`. Not collected by the tests, which are not timed.

Each also checks its answer, so that a quick wrong function does not pass for an improvement.
"""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

pytest.importorskip("pytest_benchmark")
LENGTH = 2000


@pytest.fixture(scope="module")
def codes() -> np.ndarray:
    return np.random.default_rng(1).integers(0, 4, (500, LENGTH)).astype(np.uint8)


def bench_scan(benchmark, codes):
    from rarml.features.calls import PairScanner

    scanner = PairScanner(max_pvalue=1e-4)
    assert len(benchmark(scanner.scan, codes)) > 1000  # 44 readings of 10^6 bases at 10^-4 each


def bench_best_pairs(benchmark, codes):
    from rarml.features.best_pairs import best_pairs
    from rarml.features.spacing import pair_types

    assert benchmark(best_pairs, codes, pair_types()).found.all()


def bench_composition(benchmark, codes):
    from rarml.features.composition import promoter_columns

    found = benchmark(promoter_columns, codes, LENGTH // 2, islands_from_sequence=True)
    assert found["gc"].mean() == pytest.approx(0.5, abs=0.01)


def bench_overlap(benchmark):
    from rarml.features.intervals import touches

    rng = np.random.default_rng(2)
    start = rng.integers(0, 10_000_000, 20_000)
    peaks = pd.DataFrame({"chrom": "chr1", "start": start, "end": start + 100})
    found = benchmark(touches, np.full(len(start), "chr1", dtype=object), start + 50, start + 60, peaks)
    assert found.all()


def bench_encode(benchmark):
    from rarml.reference.bases import encode

    assert benchmark(encode, b"ACGTN" * 400_000)[:5].tolist() == [0, 1, 2, 3, 4]


def bench_gradient_fit(benchmark):
    from rarml.estimators.gradient import GradientClassifier

    rng = np.random.default_rng(3)
    features = rng.normal(size=(1000, 100)).astype(np.float32)
    codes = (features[:, 0] > 0).astype(int)
    model = benchmark.pedantic(GradientClassifier(n_rounds=20).fit, (features, codes), rounds=3)
    assert (model.predict_proba(features).argmax(axis=1) == codes).mean() > 0.9


def bench_load_bundle(benchmark):
    from rarml.bundle.load import load_bundle
    from rarml.bundle.registry import find_model

    assert benchmark(lambda: load_bundle(find_model("mcf-7")).predictions.shape[0]) > 19_000


def bench_score(benchmark):
    from rarml.workflows.score import score

    result = benchmark.pedantic(score, (["CYP26A1", "DHRS3", "RARB"], ["mcf-7"]), rounds=3)
    assert result.table["symbol"].tolist() == ["CYP26A1", "DHRS3", "RARB"]

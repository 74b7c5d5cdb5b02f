"""What rarml writes itself beside the library that does the same: processor time and whether the answers are the same.

    python experiments/own_code.py

Processor time of this process and its threads, best of three, so that a busy machine does not decide. The reasons stand
in docs/own-code.md.
"""

from __future__ import annotations

import json
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

RESULTS = Path(__file__).resolve().parent / "results"
REPEATS = 3


def cpu(function: Callable[[], Any]) -> tuple[float, Any]:
    """Least processor seconds, and the answer."""
    best, answer = float("inf"), None
    for _ in range(REPEATS):
        start = time.process_time()
        answer = function()
        best = min(best, time.process_time() - start)
    return best, answer


def intervals(rng: np.random.Generator) -> dict[str, Any]:
    """All overlaps of 20,000 windows with 200,000 peaks on one contig, and bioframe's."""
    import bioframe

    from rarml.reference.intervals import overlapping_pairs

    starts = np.sort(rng.integers(0, 240_000_000, 200_000))
    ends = starts + rng.integers(100, 2_000, 200_000)
    asked = rng.integers(0, 240_000_000, 20_000)
    windows = pd.DataFrame({"chrom": "chr1", "start": asked, "end": asked + 2_000})
    peaks = pd.DataFrame({"chrom": "chr1", "start": starts, "end": ends})
    ours, pairs = cpu(lambda: overlapping_pairs(starts, ends, asked, asked + 2_000))
    theirs, found = cpu(lambda: bioframe.overlap(windows, peaks, how="inner", return_index=True))
    same = len(found) == len(pairs[0]) and set(zip(found["index"], found["index_"], strict=True)) == set(
        zip(pairs[0].tolist(), pairs[1].tolist(), strict=True)
    )
    return _row("overlaps of 20,000 windows with 200,000 peaks", "bioframe.overlap", ours, theirs, same)


def curves(rng: np.random.Generator) -> dict[str, Any]:
    """ROC points of 20,000 genes, thinned for a plot, and scikit-learn's."""
    from sklearn.metrics import roc_curve

    from rarml.evaluation.curves import roc_points

    truth, score = rng.random(20_000) < 0.1, np.round(rng.random(20_000), 4)
    ours, (x, y) = cpu(lambda: roc_points(truth, score))
    theirs, (fpr, tpr, _) = cpu(lambda: roc_curve(truth, score))
    same = abs(np.trapezoid(y, x) - np.trapezoid(tpr, fpr)) < 1e-4
    return _row("ROC curve of 20,000 genes, at most 300 points", "sklearn.metrics.roc_curve", ours, theirs, same)


def wilson(rng: np.random.Generator) -> dict[str, Any]:
    """Wilson intervals of 10 bins, and SciPy's one by one."""
    from scipy.stats import binomtest

    from rarml.evaluation.curves import reliability_bins

    score = rng.random(5_000)
    truth = rng.random(5_000) < score
    ours, (_, share, low, high, size) = cpu(lambda: reliability_bins(truth, score))
    hits = np.rint(share * size).astype(int)

    def each() -> list[Any]:
        found = [binomtest(int(k), int(n)) for k, n in zip(hits, size, strict=True)]
        return [one.proportion_ci(method="wilson") for one in found]

    theirs, ends = cpu(each)
    same = np.allclose(low, [one.low for one in ends]) and np.allclose(high, [one.high for one in ends])
    return _row("Wilson intervals of a reliability curve", "scipy.stats.binomtest", ours, theirs, bool(same))


def q_values(rng: np.random.Generator) -> dict[str, Any]:
    """BH q-values of 100,000 p-values, and SciPy's."""
    from scipy.stats import false_discovery_control

    from rarml.features.pvalues import benjamini_hochberg

    values = rng.random(100_000) ** 2
    ours, mine = cpu(lambda: benjamini_hochberg(values))
    theirs, found = cpu(lambda: false_discovery_control(values, method="bh"))
    return _row(
        "BH q-values of 100,000 p-values", "scipy.stats", ours, theirs, bool(np.allclose(mine, found, atol=1e-14))
    )


def strict_json(rng: np.random.Generator) -> dict[str, Any]:
    """A manifest of 20,000 numbers, and the standard library's reader without our rules."""
    from rarml.core.strict_json import parse_json

    text = json.dumps({f"k{n}": value for n, value in enumerate(rng.random(20_000).tolist())})
    ours, mine = cpu(lambda: parse_json(text, where="x"))
    theirs, found = cpu(lambda: json.loads(text))
    return _row("JSON without duplicate keys, NaN or nesting bombs", "json.loads", ours, theirs, mine == found)


def tables(rng: np.random.Generator) -> dict[str, Any]:
    """A DE table of 20,000 rows as cells with line numbers, and pandas' reader (which names no line of a fault)."""
    from rarml.labels.cells import read_cells

    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "de.csv"
        frame = pd.DataFrame(rng.random((20_000, 6)), columns=list("abcdef"), index=[f"g{n}" for n in range(20_000)])
        frame.to_csv(path)
        ours, mine = cpu(lambda: read_cells(path))
        theirs, found = cpu(lambda: pd.read_csv(path, sep=None, engine="python"))
    return _row(
        "DE table of 20,000 rows, delimiter found",
        "pandas.read_csv(sep=None)",
        ours,
        theirs,
        len(mine.rows) == len(found),
    )


def _row(what: str, library: str, ours: float, theirs: float, same: bool) -> dict[str, Any]:
    return {
        "what": what,
        "library": library,
        "rarml_s": round(ours, 4),
        "library_s": round(theirs, 4),
        "same": bool(same),
    }


def main() -> None:
    """Measure and write results/own_code.json and .md."""
    rows = [measure(np.random.default_rng(9)) for measure in (intervals, curves, wilson, q_values, strict_json, tables)]
    (RESULTS / "own_code.json").write_text(json.dumps(rows, indent=2) + "\n")
    lines = [
        "# Own code beside a library's",
        "",
        "From `experiments/own_code.py`: processor seconds, best of three.",
        "",
    ]
    lines += ["| what | library | rarml | library | same answer |", "|---|---|---|---|---|"]
    for row in rows:
        told = "yes" if row["same"] else "no"
        lines.append(f"| {row['what']} | {row['library']} | {row['rarml_s']:.3f} | {row['library_s']:.3f} | {told} |")
    (RESULTS / "own_code.md").write_text("\n".join([*lines, ""]))
    print("\n".join(lines))


if __name__ == "__main__":
    main()

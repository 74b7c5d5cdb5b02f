"""The measured work that is no command: `work.py JOB CONTESTANT SIZE` prints seconds, CPU seconds and facts as JSON.

Set-up (imports, made inputs, a first small run) is not timed. `work.py prepare JOB SIZE FOLDER` writes the inputs that
commands read.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from made import LENGTH, prepare, promoters

if TYPE_CHECKING:
    import pandas as pd

Timed = Callable[[], Any]
COLUMNS = 400


def main() -> None:
    if sys.argv[1] == "prepare":
        prepare(sys.argv[2], int(sys.argv[3]), Path(sys.argv[4]))
        return
    job, contestant, size = sys.argv[1], sys.argv[2], int(sys.argv[3])
    run = JOBS[job](contestant, size)
    began, busy = time.perf_counter(), time.process_time()
    facts = run()
    told = {"seconds": time.perf_counter() - began, "cpu": time.process_time() - busy}
    facts = facts if isinstance(facts, dict) else {}
    told |= {name: facts.pop(name) for name in ("seconds", "cpu") if name in facts}  # timed closer to the work
    print(json.dumps({**told, "facts": facts}))


def scan(contestant: str, size: int) -> Timed:
    """All calls at p <= 1e-4 on one thread; as in scan.py, which has more contestants."""
    from scan import run_lightmotif, run_rarml

    if contestant == "one read of the bases":
        codes = promoters(size)
        return lambda: int(codes.view(np.uint64).max() > 0)
    if contestant.startswith("lightmotif"):
        run_lightmotif(promoters(20), 1, times=1)
        codes = promoters(size)
        return lambda: run_lightmotif(codes, 1, times=1)
    run_rarml(promoters(20), 1, times=1)
    codes = promoters(size)
    return lambda: run_rarml(codes, 1, times=1)


def composition(contestant: str, size: int) -> Timed:
    """Block composition of one promoter per gene, a few thousand promoters at once as `build` does it."""
    from rarml.features.composition import promoter_columns

    codes = promoters(size)
    if contestant != "block composition":
        return lambda: _base_counts(codes)
    promoter_columns(codes[:20], LENGTH // 2, islands_from_sequence=True)

    def run() -> dict[str, int]:
        parts = [promoter_columns(rows, LENGTH // 2, islands_from_sequence=True) for rows in _parts(codes, 1000)]
        return {"columns": len(parts[0])}

    return run


def rare(contestant: str, size: int) -> Timed:
    """Sites at p <= 1e-3 and the best pair of each type, which block RARE is made of."""
    from rarml.features.best_pairs import best_pairs
    from rarml.features.calls import PairScanner

    codes = promoters(size)
    if contestant != "calls and best pairs":
        return lambda: _base_counts(codes)
    scanner = PairScanner(max_pvalue=1e-3)

    def some(rows: np.ndarray) -> int:
        best_pairs(rows, scanner.types)
        return len(scanner.scan(rows))

    some(codes[:20])
    return lambda: {"sites": sum(some(rows) for rows in _parts(codes, 500))}


def overlap(contestant: str, size: int) -> Timed:
    """Which promoters touch a peak; five peaks per promoter, on 24 chromosomes."""
    import pandas as pd

    rng = np.random.default_rng(4)
    names = np.array([f"chr{i}" for i in range(1, 25)], dtype=object)
    span = 1000 * size
    start = rng.integers(0, span, size)
    spans = pd.DataFrame({"chrom": names[rng.integers(0, 24, size)], "start": start, "end": start + 2000})
    start = rng.integers(0, span, 5 * size)
    peaks = pd.DataFrame({"chrom": names[rng.integers(0, 24, 5 * size)], "start": start})
    peaks["end"] = start + rng.integers(100, 2000, 5 * size)
    if contestant == "sorting the starts":
        return lambda: np.sort(peaks["start"].to_numpy()).size
    if contestant != "rarml touches":
        return _overlap_peer(contestant, spans, peaks)
    from rarml.features.intervals import touches

    columns = [spans[name].to_numpy() for name in ("chrom", "start", "end")]
    touches(*(column[:20] for column in columns), peaks.head(20))
    return lambda: {"touched": int(touches(*columns, peaks).sum())}


def _overlap_peer(contestant: str, spans: pd.DataFrame, peaks: pd.DataFrame) -> Timed:
    """The same question to libraries of intervals; those that know no chromosomes are asked for each in turn."""
    touched = np.zeros(len(spans), dtype=bool)

    def of_bioframe() -> None:
        touched[:] = bioframe.count_overlaps(spans, peaks)["count"] > 0

    def of_superintervals(own: pd.DataFrame, other: pd.DataFrame) -> None:
        # its ends belong to the interval
        starts, ends = (other[name].to_numpy(np.int32) for name in ("start", "end"))
        known = superintervals.IntervalMap.from_arrays(starts, ends - 1)
        counts = known.count_batch(own["start"].to_numpy(np.int32), own["end"].to_numpy(np.int32) - 1)
        touched[own.index.to_numpy()] = np.asarray(counts) > 0

    def of_ncls(own: pd.DataFrame, other: pd.DataFrame) -> None:
        known = ncls.NCLS(other["start"].to_numpy(), other["end"].to_numpy(), np.arange(len(other)))
        found = known.has_overlaps(own["start"].to_numpy(), own["end"].to_numpy(), own.index.to_numpy())
        touched[found] = True

    def by_chromosome(ask: Callable[[pd.DataFrame, pd.DataFrame], None]) -> dict[str, int]:
        others = dict(iter(peaks.groupby("chrom")))
        for name, own in spans.groupby("chrom"):
            ask(own, others[name])
        return {"touched": int(touched.sum())}

    if contestant.startswith("bioframe"):
        import bioframe

        return lambda: of_bioframe() or {"touched": int(touched.sum())}
    if contestant.startswith("superintervals"):
        import superintervals

        return lambda: by_chromosome(of_superintervals)
    import ncls

    return lambda: by_chromosome(of_ncls)


def gradient(contestant: str, size: int) -> Timed:
    """Boosted trees at rarml's default settings on one thread: three classes, 400 features, a tenth missing."""
    import xgboost as xgb

    from rarml.estimators.classifier import class_weights
    from rarml.estimators.gradient import GradientClassifier

    rng = np.random.default_rng(5)
    features = rng.normal(size=(size, COLUMNS)).astype(np.float32)
    codes = (features[:, 0] + 0.5 * features[:, 1] ** 2 + rng.normal(size=size) > 0.8).astype(int)
    codes[rng.random(size) < 0.1] = 2
    features[rng.random(features.shape) < 0.1] = np.nan
    model = GradientClassifier()
    GradientClassifier(n_rounds=1).fit(features[:200], codes[:200])
    if contestant == "GradientClassifier":
        return lambda: model.fit(features, codes) and {"classes": 3}
    model.classes_ = np.arange(3)
    parameters = model._parameters()

    def bare() -> None:
        weights = class_weights(np.bincount(codes), model.balance)[codes]
        data = xgb.QuantileDMatrix(features, label=codes, weight=weights, max_bin=model.max_bin, nthread=1)
        xgb.train(parameters, data, num_boost_round=model.n_rounds)

    return bare


def cnn(contestant: str, size: int) -> Timed:
    """One epoch of the promoter network in batches of 64 on two threads, the same network and optimiser in both."""
    import torch

    from rarml.estimators.network_training import Schedule, augmented, train_network
    from rarml.estimators.promoter_encoder import squared_error
    from rarml.estimators.promoter_network import PromoterNetwork

    targets, batch, tss = 252, 64, LENGTH // 2
    codes = promoters(size)
    torch.manual_seed(0)
    network = PromoterNetwork(targets)
    wanted, weights = torch.zeros(size, targets), torch.full((targets,), 1 / targets)
    known = torch.ones(size, targets, dtype=torch.bool)
    schedule, device = Schedule(epochs=1, batch_size=batch), torch.device("cpu")

    def loss(outputs: Any, rows: Any) -> Any:
        return squared_error(outputs, wanted[rows], known[rows], weights)

    def ours(n: int) -> None:
        rows = np.arange(n)
        train_network(network, codes, tss, rows, loss, schedule, seed=1, device=device, threads=2, what="")

    def bare(n: int) -> None:
        torch.set_num_threads(2)
        network.train()
        optimiser = torch.optim.AdamW(network.parameters(), lr=schedule.learning_rate)
        rng = np.random.default_rng(1)
        for rows in np.array_split(rng.permutation(n), max(1, n // batch)):
            shown, boundary = augmented(torch.from_numpy(codes[rows]), tss, schedule, rng)
            optimiser.zero_grad()
            loss(network(shown, boundary), rows).backward()
            optimiser.step()

    run = ours if contestant == "train_network" else bare
    run(min(batch, size))
    return lambda: run(size)


def predict(contestant: str, size: int) -> Timed:
    """Probabilities, intervals and conformal p-values of genes from their features, 2,048 at once on one thread."""
    from threadpoolctl import threadpool_limits

    from rarml.bundle.load import load_bundle
    from rarml.bundle.registry import find_model, shipped_atlas
    from rarml.features.atlas import load_atlas
    from rarml.workflows.model_files import load_model
    from rarml.workflows.predictions import conformal_columns, predict_genes

    bundle = load_bundle(find_model("mcf-7"))
    model = load_model(bundle)
    known = load_atlas(shipped_atlas(), columns=bundle.manifest.columns).features
    chosen = np.resize(np.arange(len(known)), size)
    features = known.iloc[chosen].set_axis([f"G{i}" for i in range(size)], axis=0)
    del known
    if contestant == "one copy of the features":
        return lambda: features.to_numpy().copy().size

    def some(part: Any) -> int:
        return len(predict_genes(model, part, model.full.training_folds).join(conformal_columns(model, part)))

    some(features.iloc[:20])

    def run() -> dict[str, int]:
        with threadpool_limits(1):
            return {
                "genes": sum(some(features.iloc[first : first + 2048]) for first in range(0, size, 2048)),
                "columns": features.shape[1],
            }

    return run


def report(contestant: str, size: int) -> Timed:
    """The page of a scored list."""
    from rarml.bundle.registry import shipped_atlas
    from rarml.features.atlas import load_atlas
    from rarml.report.score_report import score_html
    from rarml.workflows.score import score
    from rarml.workflows.score_content import score_content

    genes = list(load_atlas(shipped_atlas(), columns=[]).genes.index[:size])
    result = score(genes, ["mcf-7", "sh-sy5y", "neural-organoid"])
    if contestant != "score_html":
        return lambda: {"bytes": len(result.table.to_csv())}
    content = score_content(result, shares=result.shares, level=result.level)
    return lambda: {"bytes": len(score_html(content))}


def _base_counts(codes: np.ndarray) -> dict[str, int]:
    counts = sum(np.bincount(rows.ravel(), minlength=5) for rows in _parts(codes, 1000))
    return {"a": int(counts[0])}


def _parts(codes: np.ndarray, rows: int) -> list[np.ndarray]:
    return [codes[first : first + rows] for first in range(0, len(codes), rows)]


JOBS: dict[str, Callable[[str, int], Timed]] = {
    "scan": scan,
    "composition": composition,
    "rare": rare,
    "overlap": overlap,
    "gradient": gradient,
    "cnn": cnn,
    "predict": predict,
    "report": report,
}

if __name__ == "__main__":
    main()

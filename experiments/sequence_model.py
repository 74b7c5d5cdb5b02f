"""What promoter sequence is worth: CNN from scratch, pre-trained, fine-tuned, k-mer peers, and the stack.

    python experiments/sequence_model.py [--reference build/reference-hg38] [--seeds 5] [--cells mcf-7 ...]

Needs a built reference with sequence (`rarml reference build configs/reference-hg38.yaml --out build/reference-hg38`),
the shipped atlas and encoders, and the real labels. All models see the same genes and the same folds of whole
chromosomes. Encoders never saw the chromosomes they are asked about. Slow parts are kept in build/sequence-model, so a
run that is stopped goes on. Writes results/sequence_model.json and .md.
"""

from __future__ import annotations

import argparse
import json
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

import numpy as np
import pandas as pd
from common import CELL_TYPES, REPO, RESULTS
from gapped_kmers import kernel
from held_out import held_out
from joblib import Parallel, delayed
from numpy.typing import NDArray
from sequence_data import N_FOLDS, Data
from sequence_tables import BRANCH, JOINED, PEERS, SEED, STACK_MODELS, Scores, judge, markdown, matched_table
from sklearn.utils.extmath import randomized_svd

from rarml.core.files import atomic_file, write_json, write_text
from rarml.core.parallel import thread_count
from rarml.core.seeds import child_seed
from rarml.estimators.kmers import log_counts
from rarml.estimators.linear import LinearClassifier
from rarml.estimators.promoter_classifier import PromoterClassifier
from rarml.evaluation.summary import evaluate
from rarml.features.sequence_encoder import EncoderSet, load_encoders
from rarml.training.branches import SequenceSettings
from rarml.training.crossfit import CLASS_ORDER

WORK = REPO / "build" / "sequence-model"
SCRATCH = {"n_filters": 32, "dilations": (1, 2), "n_hidden": 64}
SCRATCH_WINDOW = 500
PENALTIES = {PEERS[0]: (3e-4, 1e-3), PEERS[1]: (1.0, 3.0)}


def main() -> None:
    """Run everything and write the tables."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--reference", type=Path, default=REPO / "build" / "reference-hg38")
    parser.add_argument("--seeds", type=int, default=5)
    parser.add_argument("--cells", nargs="*", default=CELL_TYPES)
    arguments = parser.parse_args()
    WORK.mkdir(parents=True, exist_ok=True)
    data = Data(arguments.reference, list(arguments.cells))
    encoders = load_encoders(REPO / "models" / "encoder")
    scores: Scores = {cell: {} for cell in data.sets}
    for name, features in sequence_features(data, encoders).items():
        for cell, proba in linear_models(data, name, features).items():
            scores[cell][name] = [proba]
    for cell in data.status:
        scores[cell][JOINED] = [mean_score(scores[cell][PEERS[0]][0], scores[cell][PEERS[1]][0])]
    for cell in data.sets:
        found = held_out(cell, arguments.seeds)
        scores[cell] |= {name: found[name] for name in STACK_MODELS if name != BRANCH}
        scores[cell].setdefault(BRANCH, found[BRANCH])
    for name, pretrained in (("CNN, pre-trained and fine-tuned", True), ("small CNN from scratch", False)):
        for cell, parts in networks(data, encoders if pretrained else None, arguments.seeds).items():
            scores[cell][name] = parts
    status = {cell: found.status for cell, found in data.sets.items()}
    table = judge(status, data.groups, scores)
    matched = matched_table(status, data.groups, data.atlas.features, scores)
    write_json(
        RESULTS / "sequence_model.json",
        {
            "held_out": json.loads(table.round(5).to_json(orient="records")),
            "matched": json.loads(matched.round(5).to_json(orient="records")),
            "encoder_accuracy": encoders.facts["accuracy"],
            "seeds": arguments.seeds,
        },
    )
    write_text(RESULTS / "sequence_model.md", markdown(table, matched, pd.DataFrame(encoders.facts["accuracy"])))
    print(f"wrote {RESULTS / 'sequence_model.md'}")


def sequence_features(data: Data, encoders: EncoderSet) -> dict[str, NDArray[np.float32]]:
    """Feature tables of the linear sequence models, one row per gene of `data`."""
    words = kept("words", lambda: log_counts(data.codes, 6))
    gapped = kept("gapped", lambda: kernel_features(kernel(data.codes[:, data.tss - 500 : data.tss + 500])))
    deep, linear = (np.zeros((len(data.genes), len(encoders.targets)), dtype=np.float32) for _ in range(2))
    for member in encoders.members:
        rows = np.isin(data.chrom, sorted(member.unseen))
        deep[rows] = np.mean([network.predict(data.codes[rows]) for network in member.networks], axis=0)
        linear[rows] = member.kmers.predict(data.codes[rows])
    own = [name for name in data.atlas.features.columns if name.startswith("sequence:")]
    return {
        PEERS[0]: words,
        PEERS[1]: gapped,
        "CNN, pre-trained and frozen": deep,
        "k-mer encoder, pre-trained and frozen": linear,
        "both encoders, frozen": (deep + linear) / 2,
        BRANCH: data.atlas.features.loc[data.genes, own].to_numpy(dtype=np.float32),
    }


def kernel_features(gram: NDArray[np.float32], rank: int = 1500) -> NDArray[np.float32]:
    """Coordinates whose inner products are the centred kernel, in its leading directions; mean square norm 1.

    No label is used. The power iterations are normalised by QR: without, float32 loses all but the first directions.
    """
    mean = gram.mean(axis=0)
    centred = gram - mean - mean[:, None] + mean.mean()
    left, size, _ = randomized_svd(centred, rank, n_iter=3, power_iteration_normalizer="QR", random_state=SEED)
    features = left * np.sqrt(size)
    return np.ascontiguousarray(features / np.sqrt((features**2).sum(axis=1).mean()), dtype=np.float32)


def linear_models(data: Data, name: str, features: NDArray[np.float32]) -> dict[str, pd.DataFrame]:
    """Held-out probabilities of logistic regression; of a peer's two penalties the one that does better is shown."""
    result = {}
    for cell, status in data.status.items():
        best: tuple[float, pd.DataFrame] | None = None
        for penalty in PENALTIES.get(name, (SequenceSettings().C,)):
            began = time.perf_counter()
            proba = kept_table(
                f"{cell} {name} {penalty}", partial(held_out_linear, data, status, features, penalty, name == PEERS[0])
            )
            found = evaluate(proba, proba, status, data.groups.loc[status.index], seed=SEED, n_bootstrap=1)
            value = float(found.loc[found["metric"] == "auroc", "value"].mean())
            print(f"{cell:16s} {name:40s} {penalty} {value:.3f} {time.perf_counter() - began:5.0f} s", flush=True)
            if best is None or value > best[0]:
                best = (value, proba)
        assert best is not None
        result[cell] = best[1]
    return result


def held_out_linear(
    data: Data, status: pd.Series, features: NDArray[np.float32], penalty: float, standardise: bool
) -> pd.DataFrame:
    """Each fold by a logistic regression on all the others; no calibration, which changes no ranking that is judged."""
    rows = data.genes.get_indexer(status.index)
    classes = [name for name in CLASS_ORDER if (status == name).any()]
    codes = status.map({name: code for code, name in enumerate(classes)}).to_numpy(dtype=int)
    own, fold = features[rows], data.fold[rows]
    proba = np.zeros((len(rows), len(classes)))
    for k in range(N_FOLDS):
        test, seen = fold == k, data.seen(k)[rows]
        model = LinearClassifier(penalty, standardise=standardise).fit(own[seen], codes[seen])
        proba[test] = model.predict_proba(own[test])
    return pd.DataFrame(proba, index=status.index, columns=[f"p_{name}" for name in classes])


def networks(data: Data, encoders: EncoderSet | None, seeds: int) -> dict[str, list[pd.DataFrame]]:
    """Networks with a shared trunk and one head per cell type, per seed: from scratch, or fine-tuned encoders."""
    heads = data.heads()
    jobs = [(fold, seed) for seed in range(seeds) for fold in range(N_FOLDS)]
    found = Parallel(thread_count(), return_as="generator")(
        delayed(one_network)(data, heads, encoders, fold, seed) for fold, seed in jobs
    )
    by_seed: dict[int, list[NDArray[np.float64]]] = {}
    for (fold, seed), parts in zip(jobs, found, strict=True):
        whole = by_seed.setdefault(seed, [np.zeros((len(data.genes), part.shape[1])) for part in parts])
        for target, part in zip(whole, parts, strict=True):
            target[data.fold == fold] = part
    result = {}
    for number, (cell, status) in enumerate(data.status.items()):
        columns = [f"p_{name}" for name in CLASS_ORDER if (status == name).any()]
        result[cell] = [
            pd.DataFrame(parts[number], index=data.genes, columns=columns).loc[status.index]
            for parts in by_seed.values()
        ]
    return result


def one_network(
    data: Data, heads: NDArray[np.int64], encoders: EncoderSet | None, fold: int, seed: int
) -> list[NDArray[np.float64]]:
    """Probabilities of the genes of a fold by a network that never saw it."""
    file = WORK / f"{'scratch' if encoders is None else 'fine-tuned'}-{fold}-{seed}.npz"
    if not file.is_file():
        began = time.perf_counter()
        test, seen = data.fold == fold, data.seen(fold)
        # a network from scratch is stopped early on the next fold; fine-tuning is one pass over all that may be seen
        inner = (data.fold == (fold + 1) % N_FOLDS)[seen] if encoders is None else None
        common = {"seed": child_seed(SEED, "network", seed), "threads": 1}
        if encoders is None:
            codes, tss, encoder = (
                data.codes[:, data.tss - SCRATCH_WINDOW : data.tss + SCRATCH_WINDOW],
                SCRATCH_WINDOW,
                None,
            )
            model = PromoterClassifier(epochs=5, learning_rate=2e-3, network=SCRATCH, **common)
        else:
            codes, tss = data.codes, data.tss
            encoder = next(m for m in encoders.members if set(data.chrom[test]) <= m.unseen).networks[0]
            model = PromoterClassifier(epochs=1, learning_rate=5e-4, **common)
        model.fit(codes[seen], heads[seen], tss=tss, inner=inner, encoder=encoder)
        parts = model.predict_proba(codes[test])
        with atomic_file(file) as temporary, temporary.open("wb") as handle:
            np.savez(handle, *parts)
        print(f"{file.stem} {time.perf_counter() - began:5.0f} s, best epoch {model.best_epochs_}", flush=True)
    with np.load(file, allow_pickle=False) as stored:
        return [stored[f"arr_{number}"] for number in range(len(stored.files))]


def mean_score(one: pd.DataFrame, other: pd.DataFrame) -> pd.DataFrame:
    """Two models joined with equal weight on the log scale."""
    both = np.sqrt(one * other)
    return both.div(both.sum(axis=1), axis=0)


def kept(name: str, make: Callable[[], NDArray[np.float32]]) -> NDArray[np.float32]:
    """An array made once and read afterwards."""
    file = WORK / f"{name}.npy"
    if not file.is_file():
        values = make()
        with atomic_file(file) as temporary, temporary.open("wb") as handle:
            np.save(handle, values)
    return np.load(file, allow_pickle=False)


def kept_table(name: str, make: Callable[[], pd.DataFrame]) -> pd.DataFrame:
    """A table made once and read afterwards."""
    file = WORK / f"{name.replace(' ', '_').replace('/', '-')}.parquet"
    if not file.is_file():
        make().to_parquet(file)
    return pd.read_parquet(file)


if __name__ == "__main__":
    main()

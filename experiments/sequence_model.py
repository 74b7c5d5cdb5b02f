"""What promoter sequence is worth: CNN from scratch, pre-trained, fine-tuned, k-mer peers, and the stack.

    python experiments/sequence_model.py [--reference build/reference-hg38] [--seeds 5] [--encoder-seeds 5]

Needs a built reference with sequence (`rarml reference build configs/reference-hg38.yaml --out build/reference-hg38`),
the shipped atlas and encoders, and the real labels. All models see the same genes and the same folds of whole
chromosomes. Encoders never saw the chromosomes they are asked about: those of the first seed are the shipped ones,
others are pre-trained into build/encoders when they are needed (a quarter of an hour each). Held-out tables are kept
(`sequence_kept.py`), and finished folds of networks in build/sequence-model, so a run that is stopped goes on. Writes
results/sequence_model.json and .md.
"""

from __future__ import annotations

import argparse
import json
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pandas as pd
from common import CELL_TYPES, REPO, RESULTS, config
from held_out import held_out
from joblib import Parallel, delayed
from numpy.typing import NDArray
from promoters import REFERENCE
from sequence_data import N_FOLDS, Data
from sequence_features import BOTH, FROZEN, KMERS, SECOND, Features, encoder_features, kmer_features
from sequence_kept import Kept
from sequence_tables import (
    BRANCH,
    JOINED,
    PEERS,
    SEED,
    SHIPPED,
    STACK_MODELS,
    TWO_HEADS,
    Scores,
    judge,
    markdown,
    matched_table,
)

from rarml.core.files import atomic_file, write_json, write_text
from rarml.core.parallel import thread_count
from rarml.core.seeds import child_seed
from rarml.core.settings import load_settings
from rarml.estimators.linear import LinearClassifier
from rarml.estimators.promoter_classifier import PromoterClassifier
from rarml.evaluation.summary import evaluate
from rarml.features.sequence_encoder import EncoderSet, load_encoders
from rarml.training.branches import SequenceSettings
from rarml.training.crossfit import CLASS_ORDER
from rarml.training.pretrain import EncoderSettings
from rarml.workflows.pretrain import pretrain

WORK = REPO / "build" / "sequence-model"
SCRATCH = {"n_filters": 32, "dilations": (1, 2), "n_hidden": 64}
SCRATCH_WINDOW = 500
PENALTIES = {PEERS[0]: (3e-4, 1e-3), PEERS[1]: (1.0, 3.0)}
AllKept = dict[str, Kept]
FINE_TUNED, FROM_SCRATCH = "CNN, pre-trained and fine-tuned", "small CNN from scratch"


def main() -> None:
    """Run everything and write the tables."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--reference", type=Path, default=REFERENCE)
    parser.add_argument("--seeds", type=int, default=5)
    parser.add_argument("--encoder-seeds", type=int, help="seeds of what is pre-trained (as --seeds)")
    arguments = parser.parse_args()
    seeds = arguments.seeds
    pretrained = seeds if arguments.encoder_seeds is None else arguments.encoder_seeds
    data = Data(arguments.reference, CELL_TYPES)
    kept = {cell: Kept(data, cell) for cell in data.status}
    fit_all(data, kept, arguments.reference, seeds, pretrained)
    scores: Scores = {cell: {name: own.all_seeds(name, seeds) for name in own.names()} for cell, own in kept.items()}
    for cell in data.status:
        pairs = zip(scores[cell][BRANCH], scores[cell][SECOND], strict=False)
        scores[cell][TWO_HEADS] = [mean_score(one, other) for one, other in pairs]
        scores[cell][JOINED] = [mean_score(scores[cell][PEERS[0]][0], scores[cell][PEERS[1]][0])]
    for cell in data.sets:
        found = held_out(cell, seeds)
        own = scores.setdefault(cell, {})
        own |= {name: found[BRANCH if name == SHIPPED else name] for name in STACK_MODELS}
    status = {cell: found.status for cell, found in data.sets.items()}
    table = judge(status, data.groups, scores)
    matched = matched_table(status, data.groups, data.atlas.features, scores)
    accuracy = load_encoders(REPO / "models" / "encoder").facts["accuracy"]
    write_json(
        RESULTS / "sequence_model.json",
        {
            "held_out": json.loads(table.round(5).to_json(orient="records")),
            "matched": json.loads(matched.round(5).to_json(orient="records")),
            "encoder_accuracy": accuracy,
            "seeds": seeds,
            "encoder_seeds": pretrained,
        },
    )
    write_text(RESULTS / "sequence_model.md", markdown(table, matched, pd.DataFrame(accuracy)))
    print(f"wrote {RESULTS / 'sequence_model.md'}")


def fit_all(data: Data, kept: AllKept, reference: Path, seeds: int, pretrained: int) -> None:
    """Fit what is not kept yet: models without chance once, networks once per seed."""
    for name, features in kmer_features(data).items():
        keep_linear(data, kept, name, 0, features)
    keep_networks(data, kept, FROM_SCRATCH, None, range(seeds))
    for seed in range(pretrained):
        names = [name for name in (FROZEN, BOTH, BRANCH, SECOND) if missing(kept, name, seed)]
        if names or missing(kept, FINE_TUNED, seed) or (seed == 0 and missing(kept, KMERS, 0)):
            encoders = load_encoders(encoder_folder(reference, seed))
            for name, features in encoder_features(data, encoders).items():
                if name != KMERS or seed == 0:  # a ridge has no chance in it
                    keep_linear(data, kept, name, seed, features)
            keep_networks(data, kept, FINE_TUNED, encoders, [seed])


def missing(kept: AllKept, name: str, seed: int) -> bool:
    """Whether a cell type has no table of a model and seed."""
    return any(seed not in own.seeds(name) for own in kept.values())


def encoder_folder(reference: Path, seed: int) -> Path:
    """The shipped encoders for seed 0; others are pre-trained with the same settings."""
    if seed == 0:
        return REPO / "models" / "encoder"
    folder = REPO / "build" / "encoders" / f"seed-{seed}"
    if not folder.is_dir():
        shipped = load_settings(config("encoder"), EncoderSettings)
        began = time.perf_counter()
        pretrain(reference, folder, shipped.model_copy(update={"seed": shipped.seed + seed}))
        print(f"encoders of seed {seed} pre-trained: {time.perf_counter() - began:5.0f} s", flush=True)
    return folder


def keep_linear(data: Data, kept: AllKept, name: str, seed: int, features: Features) -> None:
    """Held-out probabilities of logistic regression; of a peer's two penalties the one that does better is kept."""
    for cell, status in data.status.items():
        if seed in kept[cell].seeds(name):
            continue
        began = time.perf_counter()
        tried: list[tuple[float, float, pd.DataFrame]] = []
        for penalty in PENALTIES.get(name, (SequenceSettings().C,)):
            proba = held_out_linear(data, status, features(), penalty, name == PEERS[0])
            found = evaluate(proba, proba, status, data.groups.loc[status.index], seed=SEED, n_bootstrap=1)
            tried.append((float(found.loc[found["metric"] == "auroc", "value"].mean()), penalty, proba))
        value, penalty, proba = max(tried, key=lambda one: one[0])
        kept[cell].of(name).put({name: proba}, seed, {"penalty": penalty})
        spent = time.perf_counter() - began
        print(f"{cell:16s} {name:40s} seed {seed} {penalty} {value:.3f} {spent:5.0f} s", flush=True)


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


def keep_networks(data: Data, kept: AllKept, name: str, encoders: EncoderSet | None, seeds: range | list[int]) -> None:
    """Networks with a shared trunk and one head per cell type, per seed: from scratch, or fine-tuned encoders."""
    wanted = [seed for seed in seeds if missing(kept, name, seed)]
    if not wanted:
        return
    heads = data.heads()
    jobs = [(seed, fold) for seed in wanted for fold in range(N_FOLDS)]
    found: Iterator[list[NDArray[np.float64]]] = iter(
        Parallel(thread_count(), return_as="generator")(
            delayed(one_network)(data, heads, encoders, fold, seed) for seed, fold in jobs
        )
    )
    for seed in wanted:
        whole: list[NDArray[np.float64]] = []
        for fold in range(N_FOLDS):
            parts = next(found)
            whole = whole or [np.zeros((len(data.genes), part.shape[1])) for part in parts]
            for target, part in zip(whole, parts, strict=True):
                target[data.fold == fold] = part
        for values, (cell, status) in zip(whole, data.status.items(), strict=True):
            columns = [f"p_{name}" for name in CLASS_ORDER if (status == name).any()]
            table = pd.DataFrame(values, index=data.genes, columns=columns).loc[status.index]
            kept[cell].of(name).put({name: table}, seed)


def one_network(
    data: Data, heads: NDArray[np.int64], encoders: EncoderSet | None, fold: int, seed: int
) -> list[NDArray[np.float64]]:
    """Probabilities of the genes of a fold by a network that never saw it."""
    file = WORK / data.digest / f"{'scratch' if encoders is None else 'fine-tuned'}-{fold}-{seed}.npz"
    file.parent.mkdir(parents=True, exist_ok=True)
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


if __name__ == "__main__":
    main()

"""Pre-train promoter encoders on untreated cells, once for each set of chromosomes that is to be left unseen."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from pydantic import Field

from rarml.core.seeds import child_seed
from rarml.core.settings import Settings
from rarml.estimators.kmer_ridge import KmerRidge
from rarml.estimators.kmers import log_counts
from rarml.estimators.promoter_encoder import PromoterEncoder
from rarml.features.motif_filters import known_filters
from rarml.features.sequence_encoder import EncoderMember

_LEAST_TO_SCORE = 30


class NetworkSettings(Settings):
    """Parameters of `rarml.estimators.promoter_encoder.PromoterEncoder`.

    Attributes
    ----------
    n_filters : int
        Motif filters, and channels of the body.
    width : int
        Bases per filter.
    cell : int
        Bases over which the best match of a filter is taken.
    dilations : tuple of int
        Dilation of each residual layer, in cells.
    n_hidden : int
        Units of the layer before the targets.
    dropout : float
        Share of them left out at random in training.
    epochs : int
        Times that every promoter is seen.
    batch_size : int
        Promoters per step.
    learning_rate : float
        Its peak: it rises linearly and falls like a cosine.
    weight_decay : float
        Decay of the weights (AdamW).
    shift : int
        Most bases by which a training window is moved.
    reverse : float
        Share of batches on the other strand.
    both_strands : bool
        Predictions are the mean over both strands.
    """

    n_filters: int = Field(default=64, ge=1)
    width: int = Field(default=15, ge=1)
    cell: int = Field(default=16, ge=1)
    dilations: tuple[int, ...] = (1, 2, 4)
    n_hidden: int = Field(default=128, ge=1)
    dropout: float = Field(default=0.2, ge=0, lt=1)
    epochs: int = Field(default=8, ge=1)
    batch_size: int = Field(default=64, ge=2)
    learning_rate: float = Field(default=2e-3, gt=0)
    weight_decay: float = Field(default=0.01, ge=0)
    shift: int = Field(default=50, ge=0)
    reverse: float = Field(default=0.5, ge=0, le=1)
    both_strands: bool = True


class KmerSettings(Settings):
    """Parameters of `rarml.estimators.kmer_ridge.KmerRidge`.

    Attributes
    ----------
    k : int
        Length of the k-mers.
    ridge : float
        Strength of the ridge.
    """

    k: int = Field(default=6, ge=1, le=8)
    ridge: float = Field(default=30000.0, gt=0)


class ComponentSettings(Settings):
    """Parameters of `rarml.estimators.kmer_components.KmerComponents`.

    Attributes
    ----------
    k : int
        Length of the k-mers.
    reach : int
        Bases on each side of the TSS whose k-mers are counted.
    n_components : int
        Principal components that are kept.
    total_variance : float
        Variance of all components together, to which they are scaled.
    """

    k: int = Field(default=6, ge=1, le=7)
    reach: int = Field(default=500, ge=10)
    n_components: int = Field(default=128, ge=1)
    total_variance: float = Field(default=4.0, gt=0)


class EncoderSettings(Settings):
    """How promoter encoders are made.

    Attributes
    ----------
    n_folds : int
        Sets of whole chromosomes; an encoder is trained without each.
    starts : int
        Networks per fold, from different random weights; their predictions are averaged.
    known_motifs : bool
        Begin the first layer with RARE and partner motifs (`rarml.features.motif_filters`) instead of chance.
    network : NetworkSettings
        The network.
    kmers : KmerSettings
        The k-mer model beside it.
    components : ComponentSettings
        The k-mer components.
    seed : int
        Root of all random streams.
    """

    n_folds: int = Field(default=6, ge=3)
    starts: int = Field(default=1, ge=1)
    known_motifs: bool = False
    network: NetworkSettings = NetworkSettings()
    kmers: KmerSettings = KmerSettings()
    components: ComponentSettings = ComponentSettings()
    seed: int = 2026


@dataclass(frozen=True)
class PromoterData:
    """What encoders learn from.

    Attributes
    ----------
    codes : uint8 array of shape (n, length)
        Base codes, 5' to 3' on the gene's strand.
    tss : int
        Position of the TSS in each row.
    targets : float32 DataFrame of shape (n, targets)
        NaN where not measured.
    weights : float array of shape (targets,)
        Weight of each target in the loss.
    chrom : array of str, shape (n,)
        Chromosome of each row.
    fold : int array of shape (n,)
        The fold of each row's chromosome.
    kept : list of int
        Targets that the encoders will be asked for.
    """

    codes: NDArray[np.uint8]
    tss: int
    targets: pd.DataFrame
    weights: NDArray[np.float64]
    chrom: NDArray[np.str_]
    fold: NDArray[np.integer]
    kept: list[int]


def pretrain_fold(
    data: PromoterData,
    fold: int,
    settings: EncoderSettings,
    *,
    device: str = "cpu",
    threads: int | None = None,
    work: Path | None = None,
    counts: NDArray[np.float32] | None = None,
) -> tuple[EncoderMember, pd.DataFrame]:
    """One encoder that never saw the chromosomes of a fold, and how well it predicts them.

    Parameters
    ----------
    data : PromoterData
        All promoters; those of `fold` are used for the accuracy only.
    fold : int
        The fold to leave out.
    settings : EncoderSettings
        Networks and k-mer model.
    device : str
        ``cpu``, ``cuda`` or ``auto``.
    threads : int, optional
        CPU threads.
    work : Path, optional
        Folder for checkpoints, so that a run that was stopped goes on where it was.
    counts : float32 array, optional
        `log_counts` of all rows, where the caller has them.

    Returns
    -------
    EncoderMember
        With the kept targets only.
    DataFrame
        One row per target: ``target, fold, n`` and the Pearson correlation on the left-out chromosomes of ``network,
        kmers`` and ``joined`` (their mean).
    """
    seen, left_out = np.flatnonzero(data.fold != fold), np.flatnonzero(data.fold == fold)
    words = log_counts(data.codes, settings.kmers.k) if counts is None else counts
    values = data.targets.to_numpy(dtype=np.float32)
    kmers = KmerRidge(**settings.kmers.model_dump()).fit_counts(words[seen], values[seen])
    networks = []
    for start in range(settings.starts):
        network = PromoterEncoder(
            **settings.network.model_dump(), seed=child_seed(settings.seed, "encoder", start), device=device,
            threads=threads,
        )  # fmt: skip
        networks.append(
            network.fit(
                data.codes[seen], values[seen], tss=data.tss, weight=data.weights,
                motifs=known_filters(settings.network.width) if settings.known_motifs else None,
                checkpoint=None if work is None else work / f"fold-{fold}-start-{start}.safetensors",
                what=f"pre-training {fold + 1}/{settings.n_folds}" + (f".{start + 1}" if settings.starts > 1 else ""),
            )
        )  # fmt: skip
    deep = np.mean([network.predict(data.codes[left_out]) for network in networks], axis=0)
    linear = kmers.predict_counts(words[left_out])
    accuracy = _accuracy(values[left_out], {"network": deep, "kmers": linear, "joined": (deep + linear) / 2})
    accuracy.insert(0, "target", list(data.targets.columns))
    accuracy.insert(1, "fold", fold)
    unseen = frozenset(str(name) for name in np.unique(data.chrom[left_out]))
    member = EncoderMember(
        unseen, tuple(network.narrowed(data.kept) for network in networks), kmers.narrowed(data.kept)
    )
    return member, accuracy


def _accuracy(truth: NDArray[np.float32], predictions: dict[str, NDArray[np.float32]]) -> pd.DataFrame:
    known = ~np.isnan(truth)
    table: dict[str, list[float]] = {"n": known.sum(axis=0).tolist()}
    for name, predicted in predictions.items():
        table[name] = [
            _correlation(truth[rows, number], predicted[rows, number]) for number, rows in enumerate(known.T)
        ]
    return pd.DataFrame(table)


def _correlation(truth: NDArray[np.float32], predicted: NDArray[np.float32]) -> float:
    if len(truth) < _LEAST_TO_SCORE or truth.std() == 0 or predicted.std() == 0:
        return float("nan")
    return float(np.corrcoef(truth, predicted)[0, 1])

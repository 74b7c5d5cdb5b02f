"""What each base of a promoter adds to the margins of the sequence branch, against shuffles of the same promoter.

The branch is linear in the columns of the promoter encoders. Of these,

- the network's part is attributed by integrated gradients (Sundararajan 2017, arXiv:1703.01365; captum), from
  dinucleotide shuffles of the promoter and averaged over them: a zero baseline is no sequence that the network has
  seen, and would credit every base for what base composition explains. What numerical integration leaves is `error`;
- the k-mer parts are sums over words, so what a word adds beyond its mean in the shuffles is shared evenly over its
  occurrences and their bases, exactly. What the lack of a word adds has no place: it is `absent`.

So baseline, importance, absent and error sum to the margin.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from rarml.core.errors import MissingPartError
from rarml.estimators.kmers import word_counts, word_numbers
from rarml.estimators.promoter_encoder import PromoterEncoder
from rarml.features.sequence_encoder import EncoderMember, EncoderSet
from rarml.features.shuffles import dinucleotide_shuffle
from rarml.reference.bases import N

Codes = NDArray[np.uint8]
Scale = Callable[[NDArray[np.float64]], NDArray[np.float64]]
SHUFFLES, STEPS = 10, 16
_BATCH = 32


@dataclass(frozen=True)
class BaseAttribution:
    """An account of one margin of one promoter.

    Attributes
    ----------
    importance : float64 array of shape (length,)
        What each base adds; 0 at N.
    of_network : float64 array of shape (length,)
        The part of `importance` that is the network's; the rest is the k-mers'.
    baseline : float
        Mean margin of the shuffled promoters.
    absent : float
        What words add that the shuffles have and the promoter has not.
    margin : float
        Of the promoter.
    """

    importance: NDArray[np.float64]
    of_network: NDArray[np.float64]
    baseline: float
    absent: float
    margin: float

    @property
    def error(self) -> float:
        """What the account leaves unexplained."""
        return self.margin - self.baseline - self.absent - float(self.importance.sum())


def member_of(encoders: EncoderSet, chrom: str) -> tuple[EncoderMember, ...]:
    """The member that answers for promoters of a contig; all of them for a strange one."""
    own = tuple(member for member in encoders.members if chrom in member.unseen)
    return own or encoders.members


def margin_of(encoders: EncoderSet, weights: NDArray[np.float64], codes: Codes, chrom: str, tss: int) -> NDArray:
    """Weighted sum of the encoders' columns, float64 of shape (n,), for base codes of shape (n, length)."""
    values = encoders.encode(codes, np.full(len(codes), chrom, dtype=object), tss)
    return np.asarray(values.astype(np.float64) @ weights)


def attribute_bases(
    encoders: EncoderSet,
    weights: NDArray[np.float64],
    codes: Codes,
    chrom: str,
    tss: int,
    *,
    seed: int = 0,
    n_shuffles: int = SHUFFLES,
    n_steps: int = STEPS,
) -> BaseAttribution:
    """Account for a weighted sum of the encoders' columns, base by base.

    Parameters
    ----------
    encoders : EncoderSet
    weights : float64 array of shape (columns,)
        Of `encoders.columns`, per unit of the column.
    codes : uint8 array of shape (length,)
        Base codes (A 0, C 1, G 2, T 3, N 4), 5' to 3' on the gene's strand.
    chrom : str
        Contig: the encoder that never saw it answers.
    tss : int
        Position of the TSS.
    seed : int
        Of the shuffles.
    n_shuffles, n_steps : int
        Shuffled promoters, and steps of each integral.

    Raises
    ------
    MissingPartError
        If captum is not installed.
    """
    shuffles = dinucleotide_shuffle(np.repeat(codes[None], n_shuffles, axis=0), seed=seed)
    n_targets = len(encoders.targets)
    by_target, by_component = weights[:n_targets], weights[n_targets:]
    members = member_of(encoders, chrom)
    importance, network_part, absent = np.zeros(len(codes)), np.zeros(len(codes)), 0.0
    for member in members:
        share = 1 / len(members)
        for network in member.networks:
            part = share / (2 * len(member.networks))  # the encoder is the mean of the networks and the k-mer model
            network_part += part * integrated_gradients(network, by_target, codes, shuffles, tss, n_steps)
        word_weights = share / 2 * (member.kmers.weights_.astype(np.float64) @ by_target)
        found, lacking = share_words(codes, shuffles, member.kmers.k, word_weights, _log)
        importance, absent = importance + found, absent + lacking
    components = encoders.components
    near = slice(max(tss - components.reach, 0), tss + components.reach)
    word_weights = components.directions_.astype(np.float64) @ by_component
    found, lacking = share_words(codes[near], shuffles[:, near], components.k, word_weights, _root_share)
    importance[near] += found
    margins = margin_of(encoders, weights, np.concatenate([codes[None], shuffles]), chrom, tss)
    return BaseAttribution(
        importance + network_part, network_part, float(margins[1:].mean()), absent + lacking, float(margins[0])
    )


def share_words(
    codes: Codes,
    shuffles: Codes,
    k: int,
    weights: NDArray[np.float64],
    scale: Scale,
) -> tuple[NDArray[np.float64], float]:
    """Share the change of a weighted sum over scaled word counts among the bases of the words.

    Parameters
    ----------
    codes : uint8 array of shape (length,)
    shuffles : uint8 array of shape (n, length)
    k : int
        Bases per word.
    weights : float64 array of shape (words,)
        In the order of `rarml.estimators.kmers.canonical_words`.
    scale : callable
        From counts, shape (n, words), to what is weighted.

    Returns
    -------
    importance : float64 array of shape (length,)
    absent : float
        Importance and this sum to the weighted sum less its mean over the shuffles.
    """
    counts = word_counts(codes[None], k).astype(np.float64)
    excess = weights * (scale(counts)[0] - scale(word_counts(shuffles, k).astype(np.float64)).mean(axis=0))
    numbers = word_numbers(codes, k)
    known = np.flatnonzero(numbers >= 0)
    per_base = np.zeros(len(numbers))
    per_base[known] = excess[numbers[known]] / counts[0, numbers[known]] / k
    importance = np.convolve(per_base, np.ones(k)) if len(numbers) else np.zeros(len(codes))
    return importance, float(excess[counts[0] == 0].sum())


def integrated_gradients(
    network: PromoterEncoder, weights: NDArray[np.float64], codes: Codes, shuffles: Codes, tss: int, n_steps: int
) -> NDArray[np.float64]:
    """Integrated gradients of a weighted sum of a network's outputs, mean over baselines, float64 (length,).

    Parameters
    ----------
    network : PromoterEncoder
    weights : float64 array of shape (targets,)
    codes : uint8 array of shape (length,)
    shuffles : uint8 array of shape (n, length)
        Baselines, with N where `codes` has it.
    tss, n_steps : int
        Position of the TSS; steps of the integral.
    """
    try:
        from captum.attr import IntegratedGradients
    except ImportError as error:
        raise MissingPartError("attribution of bases needs captum", fix="pip install 'rarml[explain]'") from error
    import torch

    from rarml.estimators.device import find_device, numeric_setting
    from rarml.estimators.onehot_network import OnehotNetwork, onehot

    device = find_device("cpu")
    score = OnehotNetwork(network.network_, weights, codes, tss, both_strands=network.both_strands)
    with numeric_setting(device, network.threads):
        start = onehot(torch.from_numpy(shuffles))
        inputs = onehot(torch.from_numpy(codes[None])).expand_as(start)
        given = IntegratedGradients(score).attribute(
            inputs, start, n_steps=n_steps, internal_batch_size=max(_BATCH, len(start))
        )
    found: NDArray[np.float64] = given.detach().double().sum(dim=2).mean(dim=0).numpy()
    return np.where(codes == N, 0.0, found)


def _log(counts: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.log1p(counts)


def _root_share(counts: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.sqrt(counts / np.maximum(counts.sum(axis=1, keepdims=True), 1))

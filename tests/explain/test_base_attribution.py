"""Accounts of single bases: they add up, and point at what the model looks for."""

import numpy as np
import pytest

from rarml.estimators.kmer_components import KmerComponents
from rarml.estimators.kmer_ridge import KmerRidge
from rarml.estimators.kmers import canonical_words, log_counts
from rarml.estimators.promoter_encoder import PromoterEncoder
from rarml.explain.base_attribution import attribute_bases, margin_of, share_words
from rarml.explain.mutagenesis import base_importance, mutation_effects
from rarml.features.sequence_encoder import EncoderMember, EncoderSet
from rarml.features.shuffles import dinucleotide_shuffle
from rarml.reference.bases import encode

LENGTH, TSS = 200, 100
MOTIF = encode("AGGTCA")
TINY = {"n_filters": 8, "width": 9, "dilations": (1,), "n_hidden": 8, "epochs": 12, "batch_size": 16, "threads": 1}


@pytest.fixture(scope="module")
def case():
    """Encoders trained on a planted task: how many AGGTCA a promoter holds; the second target is noise."""
    rng = np.random.default_rng(0)
    codes = rng.integers(0, 4, (400, LENGTH), dtype=np.uint8)
    y = np.stack([np.arange(400) % 2 * 1.0, rng.normal(size=400)], axis=1)
    for row in range(1, 400, 2):
        for start in rng.integers(0, LENGTH - 6, 4):
            codes[row, start : start + 6] = MOTIF
    network = PromoterEncoder(**TINY, shift=5, learning_rate=1e-2).fit(codes, y, tss=TSS)
    kmers = KmerRidge(k=6, ridge=5.0).fit(codes, y)
    members = (EncoderMember(frozenset({"chr1"}), (network,), kmers),)
    components = KmerComponents(3, reach=80, n_components=4).fit(codes, tss=TSS)
    encoders = EncoderSet(members, components, ("a", "b"), TSS, {})
    weights = np.array([1.0, 0.0, 0.2, -0.1, 0.3, 0.1])
    promoter = rng.integers(0, 4, LENGTH, dtype=np.uint8)
    promoter[60:66] = MOTIF
    promoter[:4] = 4
    return encoders, weights, promoter


def test_an_account_adds_up_to_the_margin(case):
    encoders, weights, promoter = case
    found = attribute_bases(encoders, weights, promoter, "chr1", TSS, n_shuffles=6, n_steps=64)
    assert found.margin == pytest.approx(float(margin_of(encoders, weights, promoter[None], "chr1", TSS)[0]))
    assert abs(found.error) < 0.02 * max(abs(found.margin - found.baseline), np.abs(found.importance).sum())
    assert (found.importance[:4] == 0).all()


def test_the_share_of_words_is_exact(case):
    encoders, _, promoter = case

    numbers = dinucleotide_shuffle(np.repeat(promoter[None], 5, axis=0), seed=0)
    by_word = encoders.members[0].kmers.weights_[:, 0].astype(np.float64)
    found, absent = share_words(promoter, numbers, 6, by_word, np.log1p)
    wanted = log_counts(promoter[None], 6)[0] @ by_word - (log_counts(numbers, 6) @ by_word).mean()
    assert found.sum() + absent == pytest.approx(wanted, abs=1e-5)


def test_each_word_is_shared_over_its_own_bases():
    words = canonical_words(3)
    weights = np.zeros(len(words))
    weights[words.index("AAC")] = 6.0
    codes = encode("TTAACTTGTTCC")  # AAC at 2, and GTT, its reverse complement, at 7
    found, absent = share_words(codes, encode("TTTTTTTTTTTT")[None], 3, weights, lambda counts: counts)
    np.testing.assert_allclose(found, [0, 0, 2, 2, 2, 0, 0, 2, 2, 2, 0, 0])
    assert absent == 0
    _, absent = share_words(encode("TTTTTTTTTTTT"), codes[None], 3, weights, lambda counts: counts)
    assert absent == pytest.approx(-12.0)


def test_the_planted_element_gets_the_credit_and_mutagenesis_agrees(case):
    encoders, _, promoter = case
    weights = np.eye(6)[0]  # the target that counts the planted element, and nothing else
    found = attribute_bases(encoders, weights, promoter, "chr1", TSS, seed=2)
    inside = found.importance[60:66]
    assert (inside > 0).sum() >= 5
    assert inside.mean() > 5 * np.abs(np.delete(found.importance, np.arange(55, 71))).mean()
    effects = mutation_effects(lambda rows: margin_of(encoders, weights, rows, "chr1", TSS), promoter, 40, 90)
    lost = base_importance(effects, promoter[40:90])
    assert np.corrcoef(lost, found.importance[40:90])[0, 1] > 0.7


def test_the_same_seed_gives_the_same_account(case):
    encoders, weights, promoter = case
    one, two, other = (
        attribute_bases(encoders, weights, promoter, "chr1", TSS, seed=seed, n_shuffles=3, n_steps=8).importance
        for seed in (1, 1, 2)
    )
    np.testing.assert_array_equal(one, two)
    assert (one != other).any()

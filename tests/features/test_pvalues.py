"""Exact p-values against enumeration, simulation and the rate of calls on random sequence."""

import itertools
from pathlib import Path

import numpy as np
import pytest

from rarml.core.errors import SettingsError
from rarml.features.background import HUMAN_PROMOTERS, HUMAN_PROMOTERS_ORDER_0, count_dinucleotides, uniform
from rarml.features.calls import PairScanner
from rarml.features.pvalues import benjamini_hochberg, pair_distribution, score_distribution
from rarml.features.spacing import pair_types, parse_types
from rarml.reference.bases import reverse_complement

BACKGROUNDS = [uniform(), HUMAN_PROMOTERS_ORDER_0, HUMAN_PROMOTERS]


def random_chain(rng, background, shape):
    codes = np.empty(shape, dtype=np.uint8)
    codes[:, 0] = rng.choice(4, p=background.base, size=shape[0])
    limits = background.step.cumsum(axis=1)[:, :3]
    for column in range(1, shape[1]):
        draw = rng.random(shape[0])
        codes[:, column] = (draw[:, None] > limits[codes[:, column - 1]]).sum(axis=1)
    return codes


@pytest.mark.parametrize("background", BACKGROUNDS, ids=lambda b: b.name)
@pytest.mark.parametrize("width", [1, 2, 5])
def test_exhaustive_enumeration(background, width):
    matrix = np.random.default_rng(width).integers(-60, 40, size=(width, 4))
    distribution = score_distribution(matrix, background)
    mass = {}
    for word in itertools.product(range(4), repeat=width):
        probability = background.base[word[0]]
        for a, b in itertools.pairwise(word):
            probability *= background.step[a, b]
        score = sum(int(matrix[i, base]) for i, base in enumerate(word))
        mass[score] = mass.get(score, 0) + probability
    for score in range(distribution.lowest - 2, distribution.highest + 3):
        expected = sum(value for key, value in mass.items() if key >= score)
        assert distribution.pvalue(score) == pytest.approx(expected, rel=1e-12, abs=1e-15)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("name", "background", "total"),
    [
        ("DR0", HUMAN_PROMOTERS, 10**7),
        ("DR1", HUMAN_PROMOTERS, 10**6),
        ("DR5", HUMAN_PROMOTERS_ORDER_0, 10**6),
        ("ER0", HUMAN_PROMOTERS_ORDER_0, 10**6),
    ],
)
def test_simulation_agrees_within_its_error(name, background, total):
    pair = parse_types([name])[0]
    distribution = pair_distribution(pair, background)
    matrix, rng = pair.matrix(), np.random.default_rng(11)
    cuts = np.array([distribution.threshold(10.0**-k) for k in (2, 3, 4, 5)])
    above = np.zeros(len(cuts))
    for _ in range(20):
        codes = random_chain(rng, background, (total // 20, len(matrix)))
        score = sum(row[codes[:, i]] for i, row in enumerate(matrix))
        above += (score[:, None] >= cuts).sum(axis=0)
    expected = distribution.pvalue(cuts)
    assert (np.abs(above / total - expected) < 4.5 * np.sqrt(expected / total)).all()


def test_thresholds_give_the_expected_rate_on_random_sequence():
    codes = random_chain(np.random.default_rng(2), HUMAN_PROMOTERS, (1000, 2000))
    for target, slack in ((1e-3, 0.02), (1e-4, 0.04), (1e-5, 0.12)):
        scanner = PairScanner(max_pvalue=target)
        found = scanner.scan(codes)
        expected = sum(
            float(d.pvalue(t)) * len(codes) * (2000 - p.length + 1) * (1 if p.palindromic else 2)
            for d, t, p in zip(scanner.distributions, scanner.thresholds, scanner.types, strict=True)
        )
        assert len(found) == pytest.approx(expected, rel=slack)


def test_one_in_a_million_is_one_in_a_million():
    codes = random_chain(np.random.default_rng(6), HUMAN_PROMOTERS, (8000, 2000))
    scanner = PairScanner(max_pvalue=1e-6)
    expected = sum(
        float(d.pvalue(t)) * len(codes) * (2000 - p.length + 1) * (1 if p.palindromic else 2)
        for d, t, p in zip(scanner.distributions, scanner.thresholds, scanner.types, strict=True)
    )
    # hits of one place in several types come together, so the spread is somewhat above that of a Poisson count
    assert expected > 400
    assert abs(len(scanner.scan(codes)) - expected) < 5 * np.sqrt(expected)


def test_threshold_is_the_smallest_score_that_is_rare_enough():
    distribution = pair_distribution(parse_types(["DR5"])[0])
    for target in (1e-3, 1e-4, 1e-5, 1e-6):
        score = distribution.threshold(target)
        assert distribution.pvalue(score) <= target < distribution.pvalue(score - 1)
    assert distribution.threshold(1e-300) == distribution.highest + 1
    assert distribution.pvalue(distribution.highest + 1) == 0
    with pytest.raises(SettingsError):
        distribution.threshold(0)


def test_stored_thresholds_are_what_is_computed():
    lines = Path(__file__).with_name("expected_thresholds.tsv").read_text().splitlines()[1:]
    stored = {tuple(line.split("\t")[:2]): [int(v) for v in line.split("\t")[2:]] for line in lines}
    for background in (HUMAN_PROMOTERS_ORDER_0, HUMAN_PROMOTERS):
        for pair in pair_types():
            distribution = pair_distribution(pair, background)
            scores = [distribution.threshold(10.0**-k) for k in (3, 4, 5, 6)]
            assert stored[(str(background.order), pair.name)] == scores


def test_background_is_stationary_and_alike_on_both_strands():
    assert HUMAN_PROMOTERS.base @ HUMAN_PROMOTERS.step == pytest.approx(HUMAN_PROMOTERS.base, abs=1e-12)
    pair = HUMAN_PROMOTERS.base[:, None] * HUMAN_PROMOTERS.step
    assert pair == pytest.approx(pair[::-1, ::-1].T, abs=1e-12)


def test_dinucleotides_leave_out_unknown_bases():
    codes = np.array([[0, 1, 4, 2, 2]], dtype=np.uint8)
    counts = count_dinucleotides(codes)
    assert counts[0, 1] == 1
    assert counts[2, 2] == 1
    assert counts.sum() == 2
    assert count_dinucleotides(reverse_complement(codes))[1, 1] == 1


def test_benjamini_hochberg_agrees_with_scipy():
    from scipy.stats import false_discovery_control

    values = np.random.default_rng(0).random(50) ** 3
    assert benjamini_hochberg(values) == pytest.approx(false_discovery_control(values))
    assert benjamini_hochberg(values[:5], 50)[values[:5].argmin()] <= 1

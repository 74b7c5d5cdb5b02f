import dataclasses

import numpy as np
import pandas as pd
import pytest

from rarml.training.pretrain import EncoderSettings, PromoterData, pretrain_fold

TINY = EncoderSettings.model_validate(
    {
        "n_folds": 3,
        "network": {"n_filters": 3, "width": 5, "cell": 8, "dilations": [1], "n_hidden": 4, "epochs": 1, "shift": 4},
        "kmers": {"k": 2, "ridge": 10},
        "components": {"k": 2, "n_components": 3, "reach": 40},
        "seed": 0,
    }
)


def make_data(n=150):
    rng = np.random.default_rng(0)
    codes = rng.integers(0, 4, (n, 64), dtype=np.uint8)
    targets = pd.DataFrame(rng.normal(size=(n, 3)), columns=["chromatin:a", "level:b", "expression:mean"], dtype="f4")
    targets["chromatin:a"] = ((codes == 1) | (codes == 2)).mean(axis=1)
    targets.loc[::7, "level:b"] = np.nan
    fold = np.arange(n) % 3
    chrom = np.where(fold == 0, "chr1", np.where(fold == 1, "chr2", np.where(np.arange(n) % 2, "chr3", "chrX")))
    return PromoterData(codes, 32, targets, np.array([0.6, 0.2, 0.2]), chrom, fold, [0, 2])


@pytest.fixture(scope="module")
def data():
    return make_data()


@pytest.fixture(scope="module")
def trained(data):
    return pretrain_fold(data, 2, TINY, threads=1)


def weights(member):
    return [*(network.to_tensors() for network in member.networks), member.kmers.to_tensors()]


def same(one, other):
    return all(
        np.array_equal(first[name], second[name])
        for first, second in zip(weights(one), weights(other), strict=True)
        for name in first
    )


def test_the_left_out_chromosomes_are_those_of_the_fold(trained):
    assert trained[0].unseen == {"chr3", "chrX"}


def test_only_the_kept_targets_are_predicted(data, trained):
    assert trained[0].predict(data.codes, 32).shape == (150, 2)


def poisoned(data, rows):
    """Other bases and other targets in some rows."""
    codes, targets = data.codes.copy(), data.targets.copy()
    codes[rows] = 3 - codes[rows][:, ::3].repeat(3, axis=1)[:, :64]
    targets.loc[rows] = 1e6
    return dataclasses.replace(data, codes=codes, targets=targets)


def test_nothing_of_the_left_out_chromosomes_is_ever_used(data, trained):
    again, accuracy = pretrain_fold(poisoned(data, data.fold == 2), 2, TINY, threads=1)
    assert same(again, trained[0])
    assert not accuracy["kmers"].equals(trained[1]["kmers"])


def test_the_other_chromosomes_are_used(data, trained):
    changed = poisoned(data, np.arange(150) == 0)  # one row of fold 0
    assert not same(pretrain_fold(changed, 2, TINY, threads=1)[0], trained[0])


def test_accuracy_is_the_correlation_on_the_left_out_chromosomes(data, trained):
    member, accuracy = trained
    left_out = data.fold == 2
    assert accuracy["target"].tolist() == list(data.targets)
    assert accuracy["n"].tolist() == data.targets[left_out].notna().sum().tolist()
    for name, predicted in [
        ("kmers", member.kmers.predict(data.codes[left_out])),
        ("network", member.networks[0].predict(data.codes[left_out])),
        ("joined", member.predict(data.codes[left_out], 32)),
    ]:
        oracle = np.corrcoef(data.targets["chromatin:a"][left_out], predicted[:, 0])[0, 1]
        assert accuracy.loc[0, name] == pytest.approx(oracle, abs=0.01)
    assert accuracy.loc[0, "kmers"] > 0.8


def test_too_few_or_constant_values_are_not_scored(data):
    targets = data.targets.copy()
    targets.loc[data.fold == 2, "level:b"] = 1.0
    targets.loc[np.flatnonzero(data.fold == 2)[5:], "expression:mean"] = np.nan
    _, accuracy = pretrain_fold(dataclasses.replace(data, targets=targets), 2, TINY, threads=1)
    assert accuracy["joined"].isna().tolist() == [False, True, True]


def test_counts_made_before_change_nothing(data, trained):
    from rarml.estimators.kmers import log_counts

    assert same(pretrain_fold(data, 2, TINY, threads=1, counts=log_counts(data.codes, 2))[0], trained[0])


def test_starts_are_networks_of_other_seeds(data, trained):
    both, _ = pretrain_fold(data, 2, TINY.model_copy(update={"starts": 2}), threads=1)
    first, second = (network.predict(data.codes) for network in both.networks)
    np.testing.assert_array_equal(first, trained[0].networks[0].predict(data.codes))
    assert np.abs(first - second).max() > 1e-3


def test_a_checkpoint_per_fold_and_start_resumes_to_the_same_weights(data, trained, tmp_path):
    for _ in range(2):
        member, _ = pretrain_fold(data, 2, TINY, threads=1, work=tmp_path)
        assert same(member, trained[0])
    assert [file.name for file in tmp_path.iterdir()] == ["fold-2-start-0.safetensors"]

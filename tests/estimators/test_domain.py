import json

import numpy as np

from rarml.estimators.domain import DomainCheck


def fitted():
    rng = np.random.default_rng(0)
    X = rng.normal(size=(2000, 40)).astype(np.float32)
    X[rng.random(2000) < 0.3, 0] = np.nan
    return DomainCheck().fit(X), X


def test_training_rows_are_inside_and_strangers_outside():
    check, X = fitted()
    assert np.median(check.percentile(X)) < 75
    stranger = np.full((1, 40), 9.0, dtype=np.float32)
    assert check.percentile(stranger)[0] == 100
    assert check.distance(stranger)[0] == 1


def test_missing_counts_only_where_it_is_unusual():
    check, _ = fitted()
    usual, unusual = np.zeros((2, 40), dtype=np.float32)
    usual[0] = np.nan
    unusual[1:] = np.nan
    assert check.distance(usual[None])[0] == 0
    assert check.distance(unusual[None])[0] == 39 / 40


def test_a_feature_that_was_always_missing_is_no_fault():
    X = np.column_stack([np.full(50, np.nan), np.arange(50)]).astype(np.float32)
    assert DomainCheck().fit(X).distance(X[10:11])[0] == 0


def test_round_trip():
    check, X = fitted()
    again = DomainCheck.from_dict(json.loads(json.dumps(check.to_dict())))
    np.testing.assert_array_equal(again.percentile(X), check.percentile(X))

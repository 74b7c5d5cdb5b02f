"""Contributions of the branches to their margins, against brute force."""

import json
from itertools import combinations
from math import factorial

import numpy as np
import pytest

from rarml.estimators.gradient import GradientClassifier
from rarml.estimators.linear import LinearClassifier
from rarml.estimators.probability import softmax

N_FEATURES = 4


def make(n=400, gaps=0.15):
    rng = np.random.default_rng(3)
    X = rng.normal(size=(n, N_FEATURES)).astype(np.float32)
    z = X[:, 0] * X[:, 1] + X[:, 2] + 0.4 * rng.normal(size=n)
    X[rng.random(X.shape) < gaps] = np.nan
    return X, np.digitize(z, [-0.8, 0.8])


@pytest.fixture(scope="module", params=[3, 2], ids=["three classes", "two classes"])
def trees(request):
    X, y = make()
    rows = y < request.param
    model = GradientClassifier(n_rounds=6, learning_rate=0.4, colsample=1.0, max_depth=3, seed=1)
    return model.fit(X[rows], y[rows]), X


def rows_of(node):
    """Cover of a node from its leaves: those stored with the splits are rounded one by one."""
    return node["cover"] if "leaf" in node else sum(rows_of(child) for child in node["children"])


def known_value(tree, node, x, known):
    """Mean leaf of a tree when only the features `known` are looked at; elsewhere both ways, weighted by cover."""
    if "leaf" in node:
        return node["leaf"]
    children = {child["nodeid"]: child for child in node["children"]}
    feature = int(node["split"].removeprefix("f"))
    if feature in known:
        missing = np.isnan(x[feature])
        way = node["missing"] if missing else node["yes"] if x[feature] < node["split_condition"] else node["no"]
        return known_value(tree, children[way], x, known)
    covers = [rows_of(child) for child in node["children"]]
    values = [known_value(tree, child, x, known) for child in node["children"]]
    return float(np.dot(covers, values) / np.sum(covers))


def brute_force(model, x):
    """Shapley values of each class's margin by their definition, shape (classes, features), and the mean margins."""
    n_classes = len(model.classes_)
    trees = [json.loads(text) for text in model.booster_.get_dump(with_stats=True, dump_format="json")]
    values, base = np.zeros((n_classes, N_FEATURES)), np.zeros(n_classes)
    for number, tree in enumerate(trees):
        of_class = number % n_classes
        base[of_class] += known_value(tree, tree, x, set())
        for feature in range(N_FEATURES):
            others = [one for one in range(N_FEATURES) if one != feature]
            for size in range(N_FEATURES):
                share = factorial(size) * factorial(N_FEATURES - size - 1) / factorial(N_FEATURES)
                for chosen in combinations(others, size):
                    with_it = known_value(tree, tree, x, {*chosen, feature})
                    values[of_class, feature] += share * (with_it - known_value(tree, tree, x, set(chosen)))
    return values, base


def test_trees_agree_with_the_definition_of_shapley_values(trees):
    model, X = trees
    rows = X[:12]
    assert np.isnan(rows).any()
    found, base = model.contributions(rows)
    for row, x in zip(found, rows, strict=True):
        expected, start = brute_force(model, x)
        np.testing.assert_allclose(row, expected, atol=1e-5)
    # the booster starts every class at a score of its own, beside the trees
    margins = base + found.sum(axis=2)
    leaves = np.array([brute_force(model, x)[1] + brute_force(model, x)[0].sum(axis=1) for x in rows[:2]])
    np.testing.assert_allclose(margins[:2] - leaves, np.broadcast_to(base - start, (2, len(start))), atol=1e-5)


def test_trees_add_up_to_the_probabilities(trees):
    model, X = trees
    found, base = model.contributions(X)
    assert found.shape == (len(X), len(model.classes_), N_FEATURES)
    np.testing.assert_allclose(softmax(found.sum(axis=2) + base), model.predict_proba(X), atol=1e-6)


def test_one_row_depends_on_no_other(trees):
    model, X = trees
    whole, base = model.contributions(X)
    alone, same = model.contributions(X[7:8])
    np.testing.assert_array_equal(alone[0], whole[7])
    np.testing.assert_array_equal(same, base)


@pytest.mark.parametrize("n_classes", [3, 2])
@pytest.mark.parametrize("standardise", [True, False])
def test_linear_contributions_add_up_and_are_coefficient_times_distance(n_classes, standardise):
    X, y = make()
    rows = y < n_classes
    model = LinearClassifier(0.5, standardise=standardise).fit(X[rows], y[rows])
    found, base = model.contributions(X)
    np.testing.assert_allclose(softmax(found.sum(axis=2) + base), model.predict_proba(X), atol=1e-9)
    assert (found[np.isnan(X)[:, None, :].repeat(n_classes, axis=1)] == 0).all()
    moved = X.copy()
    moved[:, 1] += 1.0
    expected = np.where(np.isnan(X[:, 1])[:, None], 0.0, model.coef_[:, 1] / model.spread_[1])
    np.testing.assert_allclose(model.contributions(moved)[0][:, :, 1] - found[:, :, 1], expected, atol=1e-6)


def test_a_feature_that_is_not_used_gets_nothing():
    X, y = make()
    X[:, 3] = 7.0
    for model in (GradientClassifier(n_rounds=5, colsample=1.0), LinearClassifier(1.0)):
        found, _ = model.fit(X, y).contributions(X)
        assert np.abs(found[:, :, 3]).max() < 1e-12
        assert np.abs(found[:, :, 2]).max() > 0.01

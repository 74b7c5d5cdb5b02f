"""Trees from a file, checked before XGBoost walks them: it trusts node numbers and would read outside its memory."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

_LARGEST_LEAF = 1e6
_MOST_NODES = 1 << 20


def check_booster(content: dict[str, Any], n_features: int, n_classes: int) -> None:
    """Raise `ValueError` unless the JSON holds plain, finite, acyclic trees over `n_features` for `n_classes`."""
    learner = content["learner"]
    booster = learner["gradient_booster"]
    if booster["name"] != "gbtree" or learner["objective"]["name"] != "multi:softprob":
        raise ValueError("the trees are of another kind than rarml fits")
    facts = learner["learner_model_param"]
    if int(facts["num_feature"]) != n_features or int(facts["num_class"]) != n_classes:
        raise ValueError(f"the trees are not of {n_features} features and {n_classes} classes")
    base = np.array([float(part) for part in str(facts["base_score"]).strip("[]").split(",")])
    if not np.isfinite(base).all():
        raise ValueError("the base score is no number")
    model = booster["model"]
    trees, groups = model["trees"], np.asarray(model["tree_info"], dtype=np.int64)
    if int(model["gbtree_model_param"]["num_trees"]) != len(trees) or len(groups) != len(trees) or not len(trees):
        raise ValueError("the number of trees is wrong")
    if ((groups < 0) | (groups >= n_classes)).any():
        raise ValueError("a tree is of a class that does not exist")
    for number, tree in enumerate(trees):
        _check_tree(tree, n_features, number)


def _check_tree(tree: dict[str, Any], n_features: int, number: int) -> None:
    nodes = int(tree["tree_param"]["num_nodes"])
    left, right, column = (
        np.asarray(tree[name], dtype=np.int64) for name in ("left_children", "right_children", "split_indices")
    )
    value = np.asarray(tree["split_conditions"], dtype=np.float64)
    lengths = {len(tree[name]) for name in ("default_left", "parents", "sum_hessian", "base_weights", "loss_changes")}
    if not 0 < nodes <= _MOST_NODES or lengths | {len(left), len(right), len(column), len(value)} != {nodes}:
        raise ValueError(f"tree {number} has arrays of unlike length")
    if tree.get("categories") or int(tree["tree_param"].get("size_leaf_vector", 1)) > 1:
        raise ValueError(f"tree {number} is of another kind than rarml fits")
    leaf = left < 0
    if (leaf != (right < 0)).any() or _astray(left[~leaf], right[~leaf], np.flatnonzero(~leaf), nodes):
        raise ValueError(f"tree {number} is no tree: a node's children do not come after it")
    if ((column < 0) | (column >= n_features)).any():
        raise ValueError(f"tree {number} splits a feature that does not exist")
    if not np.isfinite(value).all() or (np.abs(value[leaf]) > _LARGEST_LEAF).any():
        raise ValueError(f"tree {number} holds a value that is no finite number")
    if not np.isfinite(np.asarray(tree["sum_hessian"], dtype=np.float64)).all():
        raise ValueError(f"tree {number} holds a cover that is no finite number")


def _astray(left: NDArray[np.int64], right: NDArray[np.int64], parent: NDArray[np.int64], nodes: int) -> bool:
    """Whether children lie outside the tree, at or before their parent (a circle), or are shared."""
    children = np.concatenate([left, right])
    twice = len(np.unique(children)) != len(children)
    before = (left <= parent).any() or (right <= parent).any()
    return bool(twice or before or (children >= nodes).any())

import numpy as np
import pandas as pd
import pytest

from rarml.core.errors import RarmlError
from rarml.features import expression_block
from rarml.features.builder import build_features


def test_blocks_side_by_side(reference):
    table = build_features(reference, ["chromatin", "composition"])
    assert table.index.equals(reference.genes.index)
    assert (table.dtypes == np.float32).all()
    assert {name.split(":")[0] for name in table.columns} == {"composition", "chromatin"}
    assert table.columns[0].startswith("composition")
    assert table.columns.is_unique


def test_all_blocks_by_default(reference):
    table = build_features(reference)
    owners = dict.fromkeys(name.split(":")[0] for name in table.columns)
    assert list(owners) == ["rare", "partners", "sequence", "composition", "chromatin", "expression", "coexpression"]


def test_no_blocks_no_columns(reference):
    assert build_features(reference, []).shape == (5, 0)


@pytest.mark.parametrize(
    ("frame", "fault"),
    [
        (pd.DataFrame({"expression:x": [1.0]}, index=["other"]), "rows are not the genes"),
        (pd.DataFrame({"x": [1.0] * 5}), "lacks its prefix"),
        (pd.DataFrame({"expression:x": [np.inf] * 5}), "infinite"),
    ],
)
def test_a_block_that_breaks_its_promise_is_named(reference, monkeypatch, frame, fault):
    if len(frame) == 5:
        frame.index = reference.genes.index
    monkeypatch.setattr(expression_block, "build", lambda _: frame)
    with pytest.raises(RarmlError, match=f"'expression': .*{fault}"):
        build_features(reference, ["expression"])

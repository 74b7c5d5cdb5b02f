from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from rarml.report.compare_differences import pair_views, shares
from rarml.report.compare_figures import evidence, scatter_pairs
from tests.report.example_compare_more import KINDS, with_more


@pytest.fixture(scope="module")
def content(compare_example):
    return with_more(compare_example)


def test_each_pair_holds_its_own_genes_and_their_reasons(content):
    table = content.more.differences
    views = pair_views(content)
    assert [(view.direction, view.a, view.b) for view in views] == scatter_pairs(content)
    assert sum(len(view.rows) for view in views) == len(table)
    for view in views:
        assert view.kinds == list(KINDS)
        for row in view.rows:
            values = [cell.value for cell in row.why]
            assert sum(values) == pytest.approx(row.facts["difference"])
            assert [cell.side for cell in row.why] == ["a" if value >= 0 else "b" for value in values]
            assert row.facts["ntpm_b"] is None
            assert f">{row.facts['symbol'][:16]}</text>" in view.figure


def test_without_reasons_there_are_no_such_columns(content):
    bare = content.more.differences[[c for c in content.more.differences if not c.startswith("why:")]]
    views = pair_views(replace(content, more=replace(content.more, differences=bare)))
    assert all(view.kinds == [] and view.shares == "" and view.rows for view in views)


def test_shares_by_hand():
    table = pd.DataFrame({"why:rare": [1.0, -1.0], "why:covariates": [3.0, 3.0], "why:chromatin": [0.0, 0.0]})
    assert shares(table) == "covariates 75 %, RAREs and motifs 25 %"
    assert shares(pd.DataFrame({"gene_id": ["g"]})) == ""


def test_evidence_is_that_of_the_evaluation(content):
    from rarml.evaluation.consensus import evidence as expected

    info = content.models[0]
    found = evidence(content, "up", info.name)
    wanted = expected(content.genes[f"p_up:{info.name}"], info.prevalence["up"])
    judged = (content.genes[f"call:{info.name}"] != "not judged").to_numpy()
    assert found[judged] == pytest.approx(wanted[judged])
    assert np.isnan(found[~judged]).all()
    assert 0 < judged.sum() < len(judged)

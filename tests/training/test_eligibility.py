import numpy as np
import pandas as pd
import pytest

from rarml.core.errors import InputError, SettingsError
from rarml.training.dataset import covariate_columns, training_status
from rarml.training.eligibility import EligibilityRule, eligibility
from rarml.training.missing_blocks import drop_blocks

GENES = pd.DataFrame(
    {"has_sequence": [True, False, True, True, True], "tier": ["A", "A", "B", "A", "A"]},
    index=["ok", "blind", "unsure", "silent", "unknown"],
)
FEATURES = pd.DataFrame(
    {"expression:level:MCF7": [1.0, 5, 5, 0.99, np.nan], "expression:level:T-47d": [0.0, 5, 5, 0.5, np.nan]},
    index=GENES.index,
)


def test_each_gene_gets_its_reason():
    found = eligibility(GENES, FEATURES, ["MCF7"], EligibilityRule(min_level=1.0))
    assert found.tolist() == [
        "eligible",
        "no sequence",
        "uncertain promoter placement",
        "not expressed in the untreated stand-in",
        "no expression data",
    ]


def test_the_highest_stand_in_counts():
    found = eligibility(GENES, FEATURES, ["T-47d", "MCF7"], EligibilityRule(min_level=1.0))
    assert found["ok"] == "eligible"


def test_unknown_stand_in_suggests_the_right_one():
    with pytest.raises(SettingsError, match="did you mean 'MCF7'"):
        eligibility(GENES, FEATURES, ["MCF-7"], EligibilityRule(min_level=1.0))


def labelled(n_up, n_down, n_flat):
    status = ["up"] * n_up + ["down"] * n_down + ["unresponsive"] * n_flat
    index = pd.Index([f"g{i}" for i in range(len(status))])
    return pd.Series(status, index=index), pd.Series("eligible", index=index)


def test_positive_unlabelled_takes_every_other_eligible_gene_by_the_same_rule():
    status = pd.Series(["up"] * 30 + ["up"] * 5, index=[f"g{i}" for i in range(35)])
    eligible = pd.Series("eligible", index=[f"g{i}" for i in range(100)])
    eligible.iloc[[0, 99]] = "no sequence"
    found = training_status(status, eligible, positive_unlabelled=True)
    assert found.value_counts().to_dict() == {"unresponsive": 64, "up": 34}
    assert "g0" not in found.index
    assert "g99" not in found.index


def test_tables_without_flat_genes_and_short_classes_are_refused_with_a_mend():
    status, eligible = labelled(50, 50, 0)
    with pytest.raises(InputError, match="positive-unlabelled"):
        training_status(status, eligible, positive_unlabelled=False)
    status, eligible = labelled(50, 3, 100)
    with pytest.raises(InputError, match="too few eligible genes that are down .*down 3"):
        training_status(status, eligible, positive_unlabelled=False)


def test_ambiguous_and_untested_genes_are_in_no_class():
    status, eligible = labelled(30, 30, 30)
    status.iloc[0], status.iloc[1] = "ambiguous", "untested"
    assert training_status(status, eligible, positive_unlabelled=False).value_counts()["up"] == 28


def test_covariates_are_expression_and_composition():
    assert covariate_columns(["rare:DR5:count", "composition:gc", "expression:mean", "coexpression:c01"]) == [
        "composition:gc",
        "expression:mean",
    ]


def test_blocks_of_one_kind_are_hidden_together_and_nothing_else():
    values = np.ones((4000, 4), dtype=np.float32)
    masked = drop_blocks(values, ["rare", "composition", "chromatin", "expression"], 0.1, seed=0)
    hidden = np.isnan(masked)
    np.testing.assert_array_equal(hidden[:, 0], hidden[:, 1])
    assert np.abs(hidden.mean(axis=0) - 0.1).max() < 0.02
    assert (hidden[:, 0] != hidden[:, 2]).any()
    assert not np.isnan(values).any()


def test_a_model_of_one_kind_loses_nothing():
    values = np.ones((10, 2), dtype=np.float32)
    assert drop_blocks(values, ["rare", "composition"], 0.5, seed=0) is values

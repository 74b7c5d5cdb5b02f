import pandas as pd
import pytest

from rarml.core.errors import InputError
from rarml.workflows.calls import UNCLEAR
from rarml.workflows.compare import _groups, compare


@pytest.fixture(scope="module")
def compared():
    return compare(["mcf-7", "sh-sy5y"], bootstrap=50)


def test_the_diagonal_of_the_transfer_matrix_is_each_models_own_performance(compared):
    for bundle in compared.bundles:
        own = {row["task"]: row["value"] for row in bundle.manifest.metrics if row["metric"] == "auroc"}
        transfer = compared.transfer
        diagonal = transfer[(transfer["model"] == bundle.name) & (transfer["labels"] == bundle.name)]
        assert diagonal.set_index("task")["value"].round(6).to_dict() == pytest.approx(own, abs=2e-6)


def test_the_order_of_models_changes_no_number(compared):
    swapped = compare(["sh-sy5y", "mcf-7"], bootstrap=50)
    keys = ["model", "labels", "task"]
    pd.testing.assert_frame_equal(
        compared.transfer.sort_values(keys, ignore_index=True), swapped.transfer.sort_values(keys, ignore_index=True)
    )
    assert swapped.correlations["spearman"].tolist() == pytest.approx(compared.correlations["spearman"].tolist())
    assert swapped.genes["group"].tolist() == compared.genes["group"].tolist()


def test_only_genes_eligible_in_both_are_compared(compared):
    for bundle in compared.bundles:
        assert (bundle.labels.loc[compared.genes["gene_id"], "eligibility"] == "eligible").all()


def test_groups_by_hand():
    up, down, no = "candidate up", "candidate down", "uncertain"
    table = pd.DataFrame(
        {
            "call:a": [up, down, up, up, no, up, no, UNCLEAR],
            "call:b": [up, down, down, no, down, UNCLEAR, no, no],
        }
    )
    assert _groups(table, ["a", "b"]) == [
        "shared up", "shared down", "opposite", "only in a", "only in b", "partly shared", "none", "none",
    ]  # fmt: skip


def test_fewer_than_two_models_or_one_twice_is_an_error():
    with pytest.raises(InputError, match="at least two"):
        compare(["mcf-7"])
    with pytest.raises(InputError, match="both named 'mcf-7'"):
        compare(["mcf-7", "mcf-7"])

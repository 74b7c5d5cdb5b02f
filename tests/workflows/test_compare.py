import numpy as np
import pandas as pd
import pytest

from rarml.core.errors import InputError
from rarml.evaluation.consensus import evidence
from rarml.workflows.calls import NOT_JUDGED, UNCLEAR
from rarml.workflows.compare import compare
from rarml.workflows.compare_genes import NOT_BY_ALL, group_words
from rarml.workflows.compare_output import comparison_tables, write_comparison

KEYS = ["model", "labels", "task", "metric"]


@pytest.fixture(scope="module")
def targets(tmp_path_factory):
    path = tmp_path_factory.mktemp("known") / "targets.txt"
    path.write_text("\n".join(["CYP26A1", "DHRS3", "TGM2", "RARB", "HOXA1", "CYP26B1", "STRA6", "no gene"]))
    return path


@pytest.fixture(scope="module")
def compared(targets):
    return compare(["mcf-7", "sh-sy5y"], known=targets, bootstrap=50, per_side=3)


def test_the_diagonal_of_the_transfer_matrix_is_each_models_own_performance(compared):
    for bundle in compared.bundles:
        for metric in ("auroc", "auprc"):
            own = {row["task"]: row["value"] for row in bundle.manifest.metrics if row["metric"] == metric}
            transfer = compared.transfer[compared.transfer["metric"] == metric]
            diagonal = transfer[(transfer["model"] == bundle.name) & (transfer["labels"] == bundle.name)]
            assert diagonal.set_index("task")["value"].round(6).to_dict() == pytest.approx(own, abs=2e-6)


def test_the_lead_over_covariates_on_the_diagonal_is_the_gain_of_training(compared):
    for bundle in compared.bundles:
        own = {row["task"]: row["gain"] for row in bundle.manifest.metrics if row["metric"] == "auroc"}
        chosen = compared.transfer[compared.transfer["metric"] == "auroc"]
        chosen = chosen[(chosen["model"] == bundle.name) & (chosen["labels"] == bundle.name)]
        assert chosen.set_index("task")["over_covariates"].to_dict() == pytest.approx(own, abs=3e-4)


def test_the_order_of_models_changes_no_number(compared, targets):
    swapped = compare(["sh-sy5y", "mcf-7"], known=targets, bootstrap=50, reasons=False, per_side=3)
    pd.testing.assert_frame_equal(
        compared.transfer.sort_values(KEYS, ignore_index=True), swapped.transfer.sort_values(KEYS, ignore_index=True)
    )
    assert swapped.correlations["spearman"].tolist() == pytest.approx(compared.correlations["spearman"].tolist())
    assert swapped.genes["group"].tolist() == compared.genes["group"].tolist()
    pd.testing.assert_frame_equal(swapped.consensus, compared.consensus, check_exact=True)
    pd.testing.assert_frame_equal(swapped.core, compared.core)
    one, two = (found.differences.set_index(["direction", "gene_id"])["difference"] for found in (compared, swapped))
    assert one.sort_index().to_dict() == pytest.approx((-two).sort_index().to_dict())


def test_genes_are_those_that_a_model_may_judge_and_groups_those_of_all(compared):
    genes = compared.genes.set_index("gene_id")
    eligible = pd.DataFrame({b.name: b.labels["eligibility"] == "eligible" for b in compared.bundles})
    assert sorted(genes.index) == sorted(eligible.index[eligible.any(axis=1)])
    assert ((genes["group"] != NOT_BY_ALL) == eligible.all(axis=1)[genes.index]).all()
    for bundle in compared.bundles:
        assert ((genes[f"call:{bundle.name}"] == NOT_JUDGED) == ~eligible.loc[genes.index, bundle.name]).all()
    assert genes["spread"].notna().all()
    assert (compared.correlations["n"] == eligible.all(axis=1).sum()).all()


def test_sets_are_the_calls_and_the_measured_statuses(compared):
    genes = compared.genes[compared.genes["group"] != NOT_BY_ALL]
    names = [bundle.name for bundle in compared.bundles]
    tested = genes[[f"measured:{name}" for name in names]].ne("untested").all(axis=1)
    for sets in compared.sets:
        chosen = genes if sets.kind == "called" else genes[tested]
        word = f"candidate {sets.direction}" if sets.kind == "called" else sets.direction
        column = "call" if sets.kind == "called" else "measured"
        assert sets.n_genes == len(chosen)
        assert sets.sizes == {name: (chosen[f"{column}:{name}"] == word).sum() for name in names}
        assert sets.intersections["n"].sum() == (chosen[[f"{column}:{n}" for n in names]] == word).any(axis=1).sum()


def test_core_and_specific_genes_do_not_meet(compared):
    core, specific = compared.core, compared.specific
    assert not set(core["gene_id"]) & set(specific["gene_id"])
    assert (core["called_in"] == 2).all()
    words = compared.genes.set_index("gene_id")["group"]
    assert (words[core["gene_id"]] == ("shared " + core["direction"]).to_numpy()).all()
    assert (words[specific["gene_id"]] == ("only in " + specific["model"]).to_numpy()).all()
    assert specific["lead"].to_numpy() == pytest.approx(
        (specific["evidence"] - specific["highest_elsewhere"]).to_numpy()
    )


def test_differences_are_the_largest_and_their_reasons_add_up(compared):
    found = compared.differences
    why = [name for name in found if name.startswith("why:")]
    assert len(why) == 6
    # the stored probabilities have four digits, the account all
    slack = sum(0.6e-4 / (found[f"p_{end}"] * (1 - found[f"p_{end}"])).clip(lower=1e-4) for end in "ab")
    assert ((found[why].sum(axis=1) - found["difference"]).abs() <= slack + 1e-6).all()
    assert found.groupby(["direction", "higher_in"]).size().max() == 3
    up = found[(found["direction"] == "up") & (found["higher_in"] == "mcf-7")]
    genes = compared.genes.set_index("gene_id")
    share = {bundle.name: bundle.manifest.prevalence["up"] for bundle in compared.bundles}
    a, b = (pd.Series(evidence(genes[f"p_up:{name}"], share[name]), genes.index) for name in ("mcf-7", "sh-sy5y"))
    called = (genes[["call:mcf-7", "call:sh-sy5y"]] == "candidate up").any(axis=1)
    larger = (a - b)[called.to_numpy()].sort_values(ascending=False)
    domain = {bundle.name: bundle.predictions["domain"] <= 99 for bundle in compared.bundles}
    both = (genes[["call:mcf-7", "call:sh-sy5y"]] != NOT_JUDGED).all(axis=1)
    inside = [gene for gene in larger.index if both[gene] and all(known[gene] for known in domain.values())]
    assert up["gene_id"].tolist() == inside[:3]
    assert (found[["promoter_a", "promoter_b"]].isin(["open", "poised", "repressed", "closed"])).all(axis=None)


def test_known_targets_are_counted_among_the_eligible(compared):
    known = compared.known.set_index("model")
    assert (known["named"] == 8).all()
    assert (known["mapped"] == 7).all()
    for bundle in compared.bundles:
        ids = compared.consensus.set_index("symbol")["gene_id"]
        eligible = bundle.labels["eligibility"] == "eligible"
        names = ["CYP26A1", "DHRS3", "TGM2", "HOXA1", "CYP26B1", "STRA6"]
        expected = sum(bool(eligible[ids[name]]) for name in names if name in ids)
        assert known.loc[bundle.name, "eligible"] == expected
        assert known.loc[bundle.name, "n"] == eligible.sum()


def test_receptors_come_from_the_stand_in_cells(compared):
    table = compared.receptors
    assert set(zip(table["model"], table["sample"], strict=True)) == {("mcf-7", "MCF7"), ("sh-sy5y", "SH-SY5Y")}
    level = table.set_index(["model", "receptor"])["ntpm"]
    assert level["mcf-7", "RARA"] > level["sh-sy5y", "RARA"] > 1
    assert compared.marks["mcf-7"] == "MCF-7 (H3K27ac, H3K27me3, H3K4me3)"


def test_all_files_are_written_and_tables_come_back(compared, tmp_path):
    written = write_comparison(compared, tmp_path / "out")
    assert sorted(path.relative_to(tmp_path / "out") for path in written) == sorted(
        path.relative_to(tmp_path / "out") for path in (tmp_path / "out").rglob("*") if path.is_file()
    )
    for name, table in comparison_tables(compared).items():
        back = pd.read_csv(tmp_path / "out" / f"{name}.tsv", sep="\t")
        assert back.shape == table.shape
    assert len(list((tmp_path / "out" / "figures").glob("*.svg"))) == 4 + 4 + 2


def test_without_a_list_there_is_no_such_table(compared):
    bare = comparison_tables(compared) | {}
    assert "known_targets" in bare
    assert "known_targets" not in comparison_tables(compare(["mcf-7", "nb4"], bootstrap=5, reasons=False))


def test_a_list_without_a_gene_is_named(tmp_path):
    path = tmp_path / "none.txt"
    path.write_text("nothing\nat all\n")
    with pytest.raises(InputError, match="none of the 2 names of 'none'"):
        compare(["mcf-7", "sh-sy5y"], known=path, bootstrap=5, reasons=False)


def test_groups_by_hand():
    up, down, no = "candidate up", "candidate down", "uncertain"
    table = pd.DataFrame(
        {
            "call:a": [up, down, up, up, no, up, no, UNCLEAR],
            "call:b": [up, down, down, no, down, UNCLEAR, no, no],
        }
    )
    assert group_words(table, ["a", "b"]) == [
        "shared up", "shared down", "opposite", "only in a", "only in b", "partly shared", "none", "none",
    ]  # fmt: skip


def test_fewer_than_two_models_or_one_twice_is_an_error():
    with pytest.raises(InputError, match="at least two"):
        compare(["mcf-7"])
    with pytest.raises(InputError, match="both named 'mcf-7'"):
        compare(["mcf-7", "mcf-7"])


def test_no_number_of_the_gene_table_is_infinite(compared):
    numbers = compared.genes.select_dtypes("number").to_numpy(dtype=float)
    assert not np.isinf(numbers).any()

import numpy as np
import pandas as pd
import pytest

from rarml.bundle.load import load_bundle
from rarml.bundle.manifest import Context
from rarml.bundle.registry import find_model, shipped_atlas
from rarml.evaluation.consensus import evidence
from rarml.features.atlas import load_atlas
from rarml.workflows.compare_account import account
from rarml.workflows.compare_cells import gene_level, marks_read, promoter_state
from rarml.workflows.compare_differences import most_different, with_reasons
from rarml.workflows.compare_genes import consensus_table
from rarml.workflows.compare_sets import core_genes

UP, DOWN, NO = "candidate up", "candidate down", "uncertain"


class Model:
    """As much of a bundle as the sets ask for."""

    def __init__(self, name, classes=("up", "down", "unresponsive")):
        self.name, self.manifest = name, self
        self.classes = classes


def test_open_closed_poised_and_repressed_by_hand():
    columns = {
        "chromatin:A:H3K27ac:overlap": [0.5, 0.0, 0.1, 0.0, np.nan],
        "chromatin:A:H3K27me3:overlap": [0.0, 0.3, 0.2, 0.0, np.nan],
        "chromatin:B:ATAC:overlap": [1.0, 1.0, 1.0, 1.0, 1.0],
        "chromatin:A:CTCF:overlap": [1.0, 1.0, 1.0, 1.0, 1.0],
        "chromatin:A:H3K27ac:signal": [9.0] * 5,
    }
    features = pd.DataFrame(columns, index=list("vwxyz"))
    found = promoter_state(features, Context(chromatin=("A",)))
    assert found["state"].tolist() == ["open", "repressed", "poised", "closed", "not measured"]
    assert found["marks"].tolist() == ["A H3K27ac", "A H3K27me3", "A H3K27ac, A H3K27me3", "", ""]
    assert set(promoter_state(features, Context(chromatin=None))["state"]) == {"open", "poised"}
    assert set(promoter_state(features, Context(chromatin=()))["state"]) == {"not measured"}
    assert marks_read(Context(chromatin=("A",)), list(columns)) == "A (H3K27ac, H3K27me3)"


def test_the_level_is_the_highest_of_the_stand_ins():
    features = pd.DataFrame({"expression:level:A": [0.0, 2.0, np.nan], "expression:level:B": [1.0, 1.0, np.nan]})
    np.testing.assert_allclose(gene_level(features, Context(stand_in=("A", "B"))), [1.0, 3.0, np.nan])
    assert np.isnan(gene_level(features, Context(stand_in=("C",)))).all()


@pytest.mark.parametrize(
    ("calls", "core"),
    [
        ((UP, UP, UP, UP), "up"),
        ((UP, UP, UP, NO), "up"),
        ((UP, UP, NO, NO), None),
        ((UP, UP, UP, DOWN), None),
        ((DOWN, DOWN, DOWN, NO), "down"),  # the fourth model does not know "down"
        ((DOWN, DOWN, NO, NO), None),
    ],
)
def test_core_of_four_models_of_which_one_knows_no_down(calls, core):
    bundles = [Model("a"), Model("b"), Model("c"), Model("d", ("up", "unresponsive"))]
    row = {"symbol": "G", **{f"call:{b.name}": call for b, call in zip(bundles, calls, strict=True)}}
    genes = pd.DataFrame([row | {f"measured:{b.name}": "up" for b in bundles}], index=["g"])
    scores = {way: pd.DataFrame([[1.0] * 4], index=["g"], columns=list("abcd")) for way in ("up", "down")}
    together = consensus_table(scores, pd.DataFrame(True, index=["g"], columns=list("abcd")))
    found = core_genes(genes, together, bundles)
    assert found["direction"].tolist() == ([core] if core else [])
    if core:
        assert found.loc[0, "of"] == (4 if core == "up" else 3)
        assert found.loc[0, "measured_in"] == (4 if core == "up" else 0)


def test_a_rank_asks_most_models():
    scores = {
        "up": pd.DataFrame(np.arange(12.0).reshape(3, 4), columns=list("abcd")),
        "down": pd.DataFrame(index=range(3)),
    }
    usable = pd.DataFrame([[1, 1, 1, 0], [1, 1, 0, 0], [0, 0, 0, 0]], columns=list("abcd")).astype(bool)
    found = consensus_table(scores, usable)
    assert found.index.tolist() == [0, 1]
    assert found["rank_up"].notna().tolist() == [True, False]


def test_reasons_are_those_of_a_less_those_of_b():
    index = pd.MultiIndex.from_tuples([("g", "up"), ("g", "down")], names=["gene_id", "direction"])
    accounts = {
        "a": pd.DataFrame({"start": [1.0, 5.0], "rare": [2.0, 6.0]}, index),
        "b": pd.DataFrame({"start": [0.5, 0.0], "rare": [-1.0, 0.0]}, index),
    }
    found = pd.DataFrame([("a", "b", "up", "g"), ("b", "a", "down", "g"), ("a", "c", "up", "g")])
    found = with_reasons(found.set_axis(["a", "b", "direction", "gene_id"], axis=1), accounts, ["rare"])
    np.testing.assert_allclose(found[["why:start", "why:rare"]], [[0.5, 3.0], [-5.0, -6.0], [np.nan, np.nan]])
    assert with_reasons(found, {}, ["rare"])["why:rare"].isna().all()


def test_the_largest_differences_of_each_side_among_candidates_in_both_domains():
    genes = pd.DataFrame(index=[f"g{i}" for i in range(6)])
    genes["symbol"] = genes.index
    for name in "ab":
        genes[f"p_up:{name}"], genes[f"measured:{name}"], genes[f"call:{name}"] = 0.5, "up", UP
    genes.loc["g0", ["call:a", "call:b"]] = NO
    scores = pd.DataFrame({"a": [9.0, 8, 3, 2, 0, 0], "b": [0.0, 0, 0, 0, 1, 4]}, index=genes.index)
    usable = pd.DataFrame(True, index=genes.index, columns=["a", "b"])
    usable.loc["g1", "b"] = False
    found = most_different(genes, {"up": scores, "down": pd.DataFrame(index=genes.index)}, usable, per_side=1)
    assert found["gene_id"].tolist() == ["g2", "g5"]
    assert found["difference"].tolist() == [3, -4]
    assert found["higher_in"].tolist() == ["a", "b"]


def test_an_account_adds_up_to_the_evidence_of_the_stored_probability():
    bundle = load_bundle(find_model("nb4"))
    atlas = load_atlas(shipped_atlas(), columns=bundle.manifest.columns)
    labels = bundle.labels
    trained = labels.index[labels["trained_as"].notna()][:2]
    other = labels.index[labels["eligibility"] == "no sequence"][:1]
    genes = [*trained, *other]
    found = account(bundle, atlas.features, genes)
    assert found.index.tolist() == [(gene, "up") for gene in genes]
    parts = found.drop(columns="evidence").sum(axis=1)
    np.testing.assert_allclose(parts, found["evidence"], atol=1e-5)
    share = bundle.manifest.prevalence["up"]
    p = 1 / (1 + np.exp(-(found["evidence"].to_numpy() - evidence([0.5], share))))
    np.testing.assert_allclose(p, bundle.predictions.loc[genes, "p_up"], atol=6e-5)

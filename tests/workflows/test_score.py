"""Answers of the shipped models: what must not change them, and what must."""

import numpy as np
import pandas as pd
import pytest

from rarml.bundle.load import load_bundle
from rarml.bundle.registry import find_model, shipped_atlas
from rarml.core.errors import InputError
from rarml.workflows.score import score

GENES = ["CYP26A1", "DHRS3", "RARB", "MYC", "GAPDH", "HOXA1", "TGM2"]
MODELS = ["mcf-7", "nb4"]


@pytest.fixture(scope="module")
def answers():
    return score(GENES, MODELS)


def by_gene(result):
    return result.table.set_index(["model", "symbol"]).drop(columns=["query", "note"]).sort_index()


def test_order_and_company_change_nothing(answers):
    whole = by_gene(answers)
    pd.testing.assert_frame_equal(by_gene(score(GENES[::-1], MODELS)), whole)
    for gene in ("DHRS3", "RARB"):
        alone = by_gene(score([gene], MODELS))
        pd.testing.assert_frame_equal(alone, whole.loc[alone.index], check_dtype=False)


def test_every_name_of_a_gene_gives_the_same_answer():
    names = ["CYP26A1", "cyp26a1", "1592", "ENSG00000095596", "ENSG00000095596.12", "HGNC:2603"]
    table = score(names, ["mcf-7"]).table
    assert table["query"].tolist() == names
    assert table["gene_id"].nunique() == 1
    assert table[["p_up", "p_down", "rank"]].drop_duplicates().shape[0] == 1


def test_a_row_for_every_name_in_the_order_of_the_input():
    names = ["NOT-A-GENE", "MYC", "1-Mar", "MYC"]
    table = score(names, MODELS).table
    for _, rows in table.groupby("model", sort=False):
        assert rows["query"].tolist() == names
        assert rows["mapping"].tolist() == ["unmapped", "mapped", "unmapped", "mapped"]
        assert rows["p_up"].isna().tolist() == [True, False, True, False]


def test_probabilities_are_probabilities_inside_their_intervals(answers):
    mcf7 = answers.table[answers.table["model"] == "mcf-7"]
    total = mcf7[["p_up", "p_down", "p_unresponsive"]].sum(axis=1)
    np.testing.assert_allclose(total, 1, atol=2e-4)
    for name in ("up", "down", "unresponsive"):
        assert (mcf7[f"p_{name}_low"] <= mcf7[f"p_{name}"] + 1e-6).all()
        assert (mcf7[f"p_{name}"] <= mcf7[f"p_{name}_high"] + 1e-6).all()
    responsive = 1 - mcf7["p_unresponsive"]
    covariates = 1 - mcf7["covariates_unresponsive"]
    np.testing.assert_allclose(mcf7["gain"], responsive - covariates, atol=2e-4)


def test_a_gene_without_sequence_is_answered_and_flagged(answers):
    rarb = answers.table[answers.table["symbol"] == "RARB"]
    assert (rarb["flags"] == "no sequence").all()
    assert rarb["p_up"].notna().all()
    assert rarb["rare_type"].isna().all()


def test_the_r1_element_is_the_evidence_of_cyp26a1(answers):
    row = answers.table[answers.table["symbol"] == "CYP26A1"].iloc[0]
    assert (row["rare_type"], row["rare_chrom"], row["rare_start"], row["rare_strand"]) == (
        "DR5",
        "chr10",
        93073802,
        "-",
    )
    assert row["rare_tss_distance"] == -90


def test_a_training_gene_is_answered_by_models_that_never_saw_its_chromosome():
    bundle = load_bundle(find_model("mcf-7"))
    trained = bundle.labels["trained_as"].dropna().index
    table = bundle.predictions.loc[trained]
    np.testing.assert_array_equal(table["p_up"], table["held_out_up"])
    others = bundle.predictions.drop(index=trained)
    assert (others["p_up"] != others["held_out_up"]).mean() > 0.5


def test_withheld_chromosomes_are_in_no_model_but_answered():
    for name in ("mcf-7", "sh-sy5y", "neural-organoid", "nb4"):
        bundle = load_bundle(find_model(name))
        genes = pd.read_parquet(shipped_atlas() / "genes.parquet").set_index("gene_id")
        withheld = genes.index[genes["chrom"].isin(["chr4", "chr8", "chr16"])]
        assert len(withheld) > 1500
        assert bundle.predictions.loc[withheld, "p_up"].notna().all()
        if name != "nb4":  # a list without a background: its unlabelled genes are everywhere
            assert bundle.labels.loc[withheld, "trained_as"].isna().all()


def test_no_name_is_an_error():
    with pytest.raises(InputError, match="no gene was named"):
        score([], MODELS)


def test_the_prediction_set_holds_the_classes_above_the_level(answers):
    judged = answers.table[answers.table["call"] != "not judged"]
    assert len(judged) > 4
    for _, row in judged.iterrows():
        classes = [
            name for name in ("up", "down", "unresponsive") if row[f"conformal_{name}"] == row[f"conformal_{name}"]
        ]
        assert row["not_ruled_out"] == "|".join(name for name in classes if round(row[f"conformal_{name}"], 6) > 0.1)
    assert answers.table.loc[answers.table["call"] == "not judged", "not_ruled_out"].isna().all()


def test_more_certainty_rules_out_less():
    sizes = []
    for level in (0.6, 0.9, 0.98):
        sets = score(GENES, ["mcf-7"], level=level).table["not_ruled_out"].dropna()
        sizes.append(sum(len(text.split("|")) for text in sets if text))
    assert sizes == sorted(sizes)
    assert sizes[0] < sizes[-1]


@pytest.mark.parametrize("level", [0, 1, -0.1, 90])
def test_a_level_out_of_range_is_refused(level):
    with pytest.raises(InputError, match="level of a prediction set"):
        score(["MYC"], ["nb4"], level=level)


def test_trained_genes_keep_their_own_class_nine_times_in_ten():
    bundle = load_bundle(find_model("mcf-7"))
    trained = bundle.labels["trained_as"].dropna().astype(str)
    for name in ("up", "down", "unresponsive"):
        genes = trained.index[trained == name]
        kept = (bundle.predictions.loc[genes, f"conformal_{name}"].round(6) > 0.1).mean()
        assert kept == pytest.approx(0.9, abs=3 * (0.09 / len(genes)) ** 0.5 + 0.01)


def test_a_lower_share_of_responsive_genes_lowers_their_probabilities_and_nothing_else():
    was, now = (score(GENES, MODELS, prevalence=share).table for share in (None, {"up": 0.002}))
    assert (now["p_up"] <= was["p_up"]).all()
    assert (now["p_up"] < was["p_up"]).any()
    same = ["query", "gene_id", "not_ruled_out", "conformal_up", "flags", "measured", "rare_type", "rank_of"]
    pd.testing.assert_frame_equal(now[same], was[same])
    nb4 = was["model"] == "nb4"
    pd.testing.assert_series_equal(now.loc[nb4, "rank"], was.loc[nb4, "rank"])  # of two classes the order stays

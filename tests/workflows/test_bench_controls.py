"""Controls for the bench, of the shipped MCF-7 model: responders that are known, and flat genes that were measured."""

import pytest

from rarml.features.atlas import load_atlas
from rarml.report.score_report import score_html
from rarml.workflows.bench_controls import NEGATIVE_ROLE, POSITIVE, POSITIVE_ROLE, bench_controls
from rarml.workflows.score import score
from rarml.workflows.score_content import score_content
from tests.conftest import REPO


@pytest.fixture(scope="module")
def result():
    genes = ["DHRS3", "RET", "HOXA1", "CRABP2", "STRA6", "HOXB1", "MYCN", "GAPDH"]
    return score(genes, [REPO / "models" / "mcf-7"])


@pytest.fixture(scope="module")
def rows(result):
    return bench_controls(result.table, result.bundles)


def test_known_responders_come_first_with_what_the_model_says(result, rows):
    known = [row for row in rows if row["role"] == POSITIVE_ROLE]
    assert [row["symbol"] for row in known] == list(POSITIVE)
    dhrs3 = next(row for row in known if row["symbol"] == "DHRS3")
    own = result.table.set_index("symbol").loc["DHRS3"]
    assert dhrs3["p_up"] == pytest.approx(float(own["p_up"]))
    assert dhrs3["measured"] == own["measured"] == "up"


def test_negatives_were_measured_flat_are_no_candidates_and_are_used_once(result, rows):
    negatives = [row for row in rows if row["role"] == NEGATIVE_ROLE]
    candidates = result.table[result.table["call"].str.startswith("candidate")]
    assert negatives
    assert {row["for_gene"] for row in negatives} <= set(candidates["symbol"])
    assert len({row["gene_id"] for row in negatives}) == len(negatives)
    labels = result.bundles[0].labels
    chance = candidates.set_index("symbol")["p_unresponsive"]
    for row in negatives:
        assert row["measured"] == labels.loc[row["gene_id"], "status"] == "unresponsive"
        assert row["gene_id"] not in set(candidates["gene_id"])
        assert row["p_unresponsive"] > chance[row["for_gene"]]


def test_a_negative_is_nearer_in_expression_than_flat_genes_are_at_large(result, rows):
    atlas = load_atlas(REPO / "models" / "atlas", columns=["expression:level:MCF7"])
    level = atlas.features["expression:level:MCF7"].astype(float)
    symbols = {symbol: gene for gene, symbol in atlas.genes["symbol"].items()}
    labels = result.bundles[0].labels
    flat = level.reindex(labels.index[(labels["trained_as"] == "unresponsive").fillna(False)])
    for row in rows:
        if row["role"] == NEGATIVE_ROLE:
            own = level[symbols[row["for_gene"]]]
            assert abs(row["level"] - own) < (flat - own).abs().median()


def test_no_candidate_means_no_negative(result):
    quiet = result.table.assign(call="unlikely")
    assert {row["role"] for row in bench_controls(quiet, result.bundles)} == {POSITIVE_ROLE}


def test_the_report_shows_controls_hit_rates_methods_and_links_to_gene_pages(result):
    gene = result.table["gene_id"].iloc[0]
    content = score_content(result, pages={gene: "genes/DHRS3.html"})
    page = score_html(content)
    for mark in ('id="t-bench"', 'id="t-hits"', 'id="methods-text"', "genes/DHRS3.html"):
        assert mark in page
    assert content.methods[-1].startswith("Software.")

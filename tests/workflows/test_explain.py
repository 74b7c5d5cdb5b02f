"""Cards from shipped models: they explain the probabilities that score shows."""

import json
import math
from dataclasses import replace
from types import SimpleNamespace

import pytest

from rarml.core.errors import InputError
from rarml.workflows.explain import explain, with_experiments
from rarml.workflows.explain_output import cards_json, page_names, write_cards
from rarml.workflows.explain_promoter import BASES, UNTRIED, from_tss
from rarml.workflows.score import score

GENES = ["CYP26A1", "P450RAI2", "RARB", "not-a-gene"]
MODELS = ["nb4", "mcf-7"]
HALF_A_DIGIT = 1.01e-4  # predictions are stored with four digits


@pytest.fixture(scope="module")
def result():
    return explain(GENES, MODELS, top=5)


def test_one_card_per_gene_in_the_order_given(result):
    assert [card.symbol for card in result.cards] == ["CYP26A1", "CYP26B1", "RARB"]
    assert [row["query"] for row in result.unanswered] == ["not-a-gene"]
    assert result.cards[1].note == "alias of CYP26B1"
    assert [answer.info.name for answer in result.cards[0].answers] == MODELS


def test_accounts_are_of_the_probabilities_that_score_shows(result):
    shown = score(GENES, MODELS).table.set_index(["gene_id", "model"])
    for card in result.cards:
        for answer in card.answers:
            row = shown.loc[(card.gene_id, answer.info.name)]
            for account in answer.accounts:
                assert account.probability == pytest.approx(row[f"p_{account.name}"], abs=HALF_A_DIGIT)
                total = account.base + sum(share.contribution for share in account.kinds)
                assert 1 / (1 + math.exp(-total)) == pytest.approx(row[f"p_{account.name}"], abs=HALF_A_DIGIT)
                single = sum(reason.contribution for reason in account.reasons) + account.others
                assert single == pytest.approx(sum(share.contribution for share in account.kinds), abs=1e-9)
                assert len(account.reasons) == 5
                assert abs(account.error) < 1e-6


def test_reasons_tell_the_genes_own_values(result):
    from rarml.bundle.registry import shipped_atlas
    from rarml.features.atlas import load_atlas

    features = load_atlas(shipped_atlas(), columns=["expression:level:MCF7", "expression:mean"]).features
    seen = 0
    for card in result.cards:
        for reason in (r for answer in card.answers for account in answer.accounts for r in account.reasons):
            if reason.feature in features:
                column = features[reason.feature]
                assert reason.value == pytest.approx(column.loc[card.gene_id])
                below = 100 * (column.dropna() < reason.value).mean()
                assert reason.percentile == pytest.approx(
                    below + 50 * (column.dropna() == reason.value).mean(), abs=1e-6
                )
                seen += 1
    assert seen > 0


def test_sites_lie_where_the_atlas_has_them(result):
    card = result.cards[0]
    assert {site["type"] for site in card.sites} >= {"DR5"}
    for site in card.sites:
        assert site["start"] - card.place["tss"] == site["place"]  # a gene on the plus strand
        assert abs(site["place"] - (site["promoter_tss"] - card.place["tss"])) <= 1000
        assert (site["reads"] == site["strand"]) or site["strand"] == "."


def test_places_run_with_the_gene():
    plus, minus = {"strand": "+", "tss": 1000}, {"strand": "-", "tss": 1000}
    assert from_tss(1000, 1001, plus) == from_tss(1000, 1001, minus) == (0, 1)
    assert from_tss(1010, 1020, plus) == (10, 20)
    assert from_tss(1010, 1020, minus) == (-19, -9)


def test_a_gene_without_sequence_says_so_and_gets_no_credit_from_it(result):
    card = result.cards[2]
    assert not card.place["has_sequence"]
    assert card.sites == ()
    assert "no sequence of this promoter" in card.lacking[0]
    for answer in card.answers:
        for account in answer.accounts:
            sequence = next(share for share in account.kinds if share.kind == "sequence")
            assert sequence.contribution == 0
            assert all(r.value_words == "not known" for r in account.reasons if r.feature.startswith("rare:"))


@pytest.mark.parametrize(
    ("name", "hint"), [("CYP26AA1", "did you mean 'CYP26A1'"), ("Q9ZZZZ9", "see rarml check"), ("", "see rarml check")]
)
def test_a_name_of_no_gene_is_an_error_that_helps(name, hint):
    with pytest.raises(InputError, match="is no gene of the atlas") as error:
        explain([name], ["nb4"])
    assert hint in str(error.value)


def test_an_ambiguous_name_lists_its_genes():
    with pytest.raises(InputError, match=r"is ambiguous: .*ENSG.*ENSG"):
        explain(["HOX1"], ["nb4"])


def test_what_was_tried_on_the_bases_replaces_the_remark_that_it_is_lacking(result):
    card = result.cards[0]
    assert BASES in card.lacking
    tried = with_experiments(card, bases={"start": -2, "letters": "AC", "importance": [0.1, 0.2]})
    assert BASES not in tried.lacking
    assert with_experiments(card).lacking == card.lacking
    tried = with_experiments(replace(card, lacking=(UNTRIED,)), knockouts=[{"site": "DR5", "change": -0.1}])
    assert tried.lacking == ()


def test_files_hold_all_cards(result, tmp_path):
    written = write_cards(result, tmp_path / "cards")
    assert [path.name for path in written] == ["CYP26A1.html", "CYP26B1.html", "RARB.html", "card.json"]
    assert all(path.is_file() for path in written)
    assert json.loads((tmp_path / "cards" / "card.json").read_text()) == json.loads(json.dumps(cards_json(result)))
    with pytest.raises(InputError, match="exists already"):
        write_cards(result, tmp_path / "cards")


def test_pages_have_names_that_are_safe_and_different(result):
    card = result.cards[0]
    cards = tuple(
        replace(card, symbol=symbol, gene_id=gene)
        for symbol, gene in [("A", "G1"), ("a", "G2"), ("../x", "G3"), ("H/J", "G4"), (".hidden", "G5")]
    )
    assert page_names(cards) == ["A_G1.html", "a_G2.html", "G3.html", "G4.html", "G5.html"]


def test_a_reference_puts_tracks_in_their_places(result):
    """Against the genome's coordinates, on both strands; a window that was not read is named."""
    import pandas as pd

    from rarml.reference.sequences import PromoterSequences
    from rarml.workflows.explain_reference import with_tracks

    card = result.cards[0]
    chrom, tss = card.place["chrom"], card.place["tss"]
    window = (64, 64)
    motif = "TGTTTACTTTG"  # the consensus of FOXA1
    for strand, sign in (("+", 1), ("-", -1)):
        here = replace(card, place={**card.place, "strand": strand})
        bases = "C" * 10 + motif + "C" * (128 - 10 - len(motif))
        reference = SimpleNamespace(
            promoters=pd.DataFrame(
                {
                    "gene_id": card.gene_id,
                    "tss": [tss, tss + sign * 500],
                    "start": 0,
                    "end": 128,
                    "bases_known": [128, 3],
                }
            ),
            cpg_islands=pd.DataFrame(
                {"chrom": [chrom, chrom, "chrX"], "start": [tss - 30, 5, tss], "end": [tss + 10, 9, tss + 5]}
            ),
            tracks=None,
            sequences=PromoterSequences.from_strings([bases, "N" * 128], window),
            window=window,
        )
        drawn = {track["name"]: track for track in with_tracks(here, reference).tracks}
        assert drawn["TSS"]["places"] == [0, 500]
        assert drawn["TSS"]["without_sequence"] == [500]
        assert drawn["CpG island"]["intervals"] == ([[-30, 10]] if strand == "+" else [[-9, 31]])
        marks = {mark["label"]: mark["place"] for mark in drawn["partner motifs"]["marks"]}
        assert 10 - 64 <= marks["FOXA1"] < 10 - 64 + len(motif)

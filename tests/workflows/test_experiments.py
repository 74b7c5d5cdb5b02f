"""In-silico experiments: a model that scores a planted DR5 answers as it must, and the shipped model in full."""

import os
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

from rarml.core.errors import InputError
from rarml.features import rare_block
from rarml.features.compact import round_significant
from rarml.reference.bases import encode
from rarml.reference.sequences import PromoterSequences
from rarml.reference.store import Reference
from rarml.workflows.experiments import in_silico

UP, DOWN = 300, 200
FILLER = encode("CACTATCCATACAATCCTACTTCACACATATC" * 16)[: UP + DOWN]
SITE = encode("AGGTCACCAAAAGGTCA")
REFERENCE = Path(os.environ.get("RARML_REFERENCE", Path(__file__).resolve().parents[2] / "build" / "reference-hg38"))


class ScoresDR5:
    """Up with the score of the best DR5; each of its three folds with a slope of its own."""

    columns = ("rare:DR5:best", "expression:mean")
    classes = ("up", "unresponsive")
    training_folds = pd.Series(dtype=int)
    branches = {"gradient": dict.fromkeys([(0, 1), (0, 2), (1, 2)])}  # noqa: RUF012
    stacks = tuple([SimpleNamespace(transform=lambda parts: parts[0])] * 3)

    def raw(self, features):
        score = features["rare:DR5:best"].to_numpy(dtype=np.float64)
        up = {pair: 1 / (1 + np.exp(-(0.2 + 0.02 * sum(pair)) * (score - 5))) for pair in [(0, 1), (0, 2), (1, 2)]}
        return {"gradient": {pair: np.stack([p, 1 - p], axis=1) for pair, p in up.items()}}


def make(strand="+"):
    """G1 with a DR5 at -100, G2 silent; the atlas of both."""
    with_site = FILLER.copy()
    with_site[UP - 100 : UP - 100 + len(SITE)] = SITE
    promoters = pd.DataFrame({"gene_id": ["G1", "G2"], "chrom": "chr1", "strand": strand, "tss": [5000, 9000]})
    plus = promoters["strand"] == "+"
    promoters["start"] = np.where(plus, promoters["tss"] - UP, promoters["tss"] + 1 - DOWN)
    promoters["end"] = promoters["start"] + UP + DOWN
    promoters = promoters.assign(is_primary=True, bases_known=UP + DOWN)
    text = ["".join("ACGT"[code] for code in row) for row in (with_site, FILLER)]
    reference = Reference(
        path=Path("ref"), manifest={"window": [UP, DOWN]},
        genes=promoters.set_index("gene_id")[["chrom", "strand", "tss"]], promoters=promoters, names=None,
        sequences=PromoterSequences.from_strings(text, (UP, DOWN)), tracks=None, expression=None, cpg_islands=None,
    )  # fmt: skip
    features = rare_block.build(reference)[["rare:DR5:best"]].apply(lambda column: round_significant(column))
    features["expression:mean"] = np.float32(1.0)
    sites = rare_block.sites(reference, max_pvalue=1e-4)
    return reference, SimpleNamespace(features=features, sites=sites[sites["type"] == "DR5"])


def up_rows(rows):
    return {row["what"]: row for row in rows if row["class"] == "up"}


@pytest.mark.parametrize("strand", ["+", "-"])
def test_a_planted_element_lowers_the_score_when_it_is_destroyed(strand):
    reference, atlas = make(strand)
    rows = in_silico("G1", ScoresDR5(), reference, atlas, insert_at=None)
    found = up_rows(rows)
    lost = found["both half-sites mutated"]
    assert lost["site"] == "DR5 at -100 bp"
    assert lost["calls"] == ""
    assert lost["wild"] == "AGGTCACCAAAAGGTCA"
    assert lost["low"] <= lost["change"] <= lost["high"] < 0
    assert lost["share_beyond"] == pytest.approx(1 / 21)
    assert lost["null_low"] > lost["change"] / 2
    assert found["spacer of 6"]["change"] < -0.5
    assert abs(found["turned to the other strand"]["change"]) < 0.5 * abs(lost["change"])
    for up, other in zip(rows[::2], rows[1::2], strict=True):
        assert other["class"] == "unresponsive"
        assert other["change"] == pytest.approx(-up["change"])
    assert rows == in_silico("G1", ScoresDR5(), reference, atlas, insert_at=None)


def test_a_dr5_put_into_a_silent_promoter_raises_the_score():
    reference, atlas = make()
    rows = in_silico("G2", ScoresDR5(), reference, atlas, insert_at=-120)
    found = up_rows(rows)
    assert list(found) == ["DR5 put in"]
    row = found["DR5 put in"]
    assert row["low"] > 0
    assert "DR5" in row["calls"].split(", ")
    assert row["null_high"] < row["change"]
    assert row["site"] == "DR5 put in at -120 bp"


def test_what_the_model_does_not_read_off_bases_changes_nothing():
    reference, atlas = make()
    model = ScoresDR5()
    model.columns = ("expression:mean",)
    model.raw = lambda features: {"gradient": dict.fromkeys([(0, 1), (0, 2), (1, 2)], np.full((len(features), 2), 0.5))}
    rows = in_silico("G1", model, reference, atlas)
    assert rows
    assert all(row["change"] == row["low"] == row["high"] == 0 for row in rows)


def test_another_reference_than_the_atlas_is_refused():
    reference, atlas = make()
    atlas.features.loc["G1", "rare:DR5:best"] += 1
    with pytest.raises(InputError, match="differ from the atlas"):
        in_silico("G1", ScoresDR5(), reference, atlas)


@pytest.fixture(scope="module")
def shipped():
    if not (REFERENCE / "manifest.json").is_file():
        pytest.skip(f"no built reference at {REFERENCE} (set RARML_REFERENCE)")
    from rarml.bundle.load import load_bundle
    from rarml.bundle.registry import shipped_atlas
    from rarml.features.atlas import load_atlas
    from rarml.features.sequence_block import shipped_encoders
    from rarml.features.sequence_encoder import load_encoders
    from rarml.workflows.model_files import load_model

    model = load_model(load_bundle(Path(__file__).resolve().parents[2] / "models" / "mcf-7")).full
    atlas = load_atlas(shipped_atlas(), columns=list(model.columns))
    return model, Reference.open(REFERENCE, verify=False), atlas, load_encoders(shipped_encoders())


@pytest.mark.real_data
@pytest.mark.slow
def test_the_dr5_of_cyp26a1_is_knocked_out(shipped):
    model, reference, atlas, encoders = shipped
    gene = atlas.names.resolve(["CYP26A1"])["gene_id"].iloc[0]
    rows = in_silico(gene, model, reference, atlas, encoders=encoders, max_sites=1)
    numbers = np.array([[row["change"], row["low"], row["high"], row["null_low"], row["null_high"]] for row in rows])
    assert np.isfinite(numbers).all()
    assert (numbers[:, 1] < numbers[:, 2]).all()
    lost = up_rows(rows)["both half-sites mutated"]
    assert (lost["type"], lost["wild"], lost["calls"]) == ("DR5", "TGAACTTTGGGTGAACT", "")
    assert lost["change"] < 0


@pytest.mark.real_data
@pytest.mark.slow
def test_the_bases_of_cyp26a1_add_up(shipped):
    pytest.importorskip("captum")
    from rarml.workflows.base_account import base_account, branch_weights

    model, reference, atlas, encoders = shipped
    gene = atlas.names.resolve(["CYP26A1"])["gene_id"].iloc[0]
    found = base_account(gene, model, reference, encoders=encoders)
    assert len(found["letters"]) == len(found["importance"]) == 2000
    assert abs(found["error"]) < 0.01
    total = found["baseline"] + sum(found["importance"]) + found["absent"] + found["error"]
    assert total == pytest.approx(found["margin"], abs=1e-3)
    # the margin from bases is that of the atlas's columns, but for their rounding
    weights, constant = branch_weights(model, encoders, gene, "up")
    row = atlas.features.loc[gene, [f"sequence:{name}" for name in encoders.columns]].to_numpy(dtype=np.float64)
    assert row @ weights + constant == pytest.approx(found["margin"], abs=0.01)

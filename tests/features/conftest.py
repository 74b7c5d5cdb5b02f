"""A small made-up reference: five genes, eight promoters, on two chromosomes."""

from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

from rarml.reference.gene_ids import build_gene_names
from rarml.reference.sequences import PromoterSequences

UP, DOWN = 1000, 1000


def random_sequence(seed: int, gc: float, length: int = UP + DOWN) -> str:
    rng = np.random.default_rng(seed)
    return "".join(rng.choice(list("ACGT"), size=length, p=[(1 - gc) / 2, gc / 2, gc / 2, (1 - gc) / 2]))


def make_reference() -> SimpleNamespace:
    """G1: two promoters; G2: head to head with G1; G3: primary unknown, alternative known; G4: no sequence; G5: far."""
    rows = [
        ("ENSG1", "chr1", "+", 100_000, True, random_sequence(1, 0.65)),
        ("ENSG1", "chr1", "+", 101_000, False, random_sequence(2, 0.40)),
        ("ENSG2", "chr1", "-", 99_400, True, random_sequence(3, 0.65)),
        ("ENSG3", "chr1", "-", 400_000, True, "N" * 1600 + random_sequence(4, 0.5, 400)),
        ("ENSG3", "chr1", "-", 400_700, False, random_sequence(5, 0.5)),
        ("ENSG4", "chr2", "+", 50_000, True, "N" * 2000),
        ("ENSG5", "chr2", "+", 900_000, True, random_sequence(6, 0.35)),
        ("ENSG5", "chr2", "+", 905_000, False, "N" * 2000),
    ]
    promoters = pd.DataFrame(rows, columns=["gene_id", "chrom", "strand", "tss", "is_primary", "sequence"])
    plus = promoters["strand"] == "+"
    promoters["start"] = np.where(plus, promoters["tss"] - UP, promoters["tss"] + 1 - DOWN)
    promoters["end"] = promoters["start"] + UP + DOWN
    promoters["source"] = "cage"
    texts = promoters.pop("sequence").tolist()
    promoters["bases_known"] = [len(text) - text.count("N") for text in texts]
    primary = promoters[promoters["is_primary"]].set_index("gene_id")
    genes = primary[["chrom", "strand", "tss"]].copy()
    genes.insert(0, "symbol", ["AAA1", "BBB2", "CCC3", "DDD4", "EEE5"])
    genes["tss_source"] = "cage"
    genes["n_promoters"] = promoters.groupby("gene_id").size()
    genes["tier"] = ["A", "A", "B", "", "A"]
    genes["has_sequence"] = [True, True, True, False, True]
    tracks = pd.DataFrame({"track": ["H1:H3K4me3", "H1:H3K27me3", "K562:CAGE"]})
    tracks[["cell", "mark"]] = [["H1", "H3K4me3"], ["H1", "H3K27me3"], ["K562", "CAGE"]]
    rng = np.random.default_rng(0)
    metrics = {
        "overlap": np.array([[1, 0, 1], [0, 1, 0], [1, 1, 0], [0, 0, 0], [1, 0.5, 0]] + [[0, 0, 0]] * 3, dtype="f4"),
        "distance": rng.integers(0, 100_000, (8, 3)).astype("f4"),
        "signal": np.column_stack([rng.random((8, 2)), np.full(8, np.nan)]).astype("f4"),
    }
    expression = pd.DataFrame(
        {"SH-SY5Y": [0, 3, 7, 1], "cervix, uterine": [0, 3, 0, np.nan], "BJ hTERT+ SV40 Large T+": [0, 3, 0, 15]},
        index=pd.Index(["ENSG1", "ENSG2", "ENSG3", "ENSG5"], name="gene_id"),
        dtype=np.float32,
    )
    return SimpleNamespace(
        path=None,
        manifest={"assembly": "GRCh38", "inputs": {"genome": {"name": "g.fa", "sha256": "0"}}, "digest": "abc"},
        genes=genes,
        promoters=promoters,
        names=build_gene_names(genes),
        sequences=PromoterSequences.from_strings(texts, (UP, DOWN)),
        tracks=SimpleNamespace(tracks=tracks, metrics=metrics, open_chromatin=pd.DataFrame()),
        expression=expression,
        cpg_islands=pd.DataFrame({"chrom": ["chr1", "chr2"], "start": [99_500, 30_000], "end": [100_200, 30_500]}),
        window=(UP, DOWN),
    )


@pytest.fixture
def reference() -> SimpleNamespace:
    return make_reference()

"""Differential expression of the MCF-7 counts: each dose of retinoic acid, and each of TGF-β, against ethanol.

    python experiments/controls_deseq.py

By PyDESeq2 (Muzellec 2023, 10.1093/bioinformatics/btad547), one fit per contrast: one dose against the vehicle at the
same plating density (100 %), 3 v 3. Genes of the chromosomes whose labels are withheld are taken out of the counts
first. One CSV per contrast in build/controls/deseq, as DESeq2 writes it (Entrez id in an unnamed first column); a
finished one is kept. Those of retinoic acid are made to be compared with the shared ones (`controls_perturbation.py`).
"""

from __future__ import annotations

import pandas as pd
from common import REPO, real_data
from from_counts import MCF7, without_withheld

from rarml.bundle.registry import shipped_atlas
from rarml.features.atlas import load_atlas

OUT = REPO / "build" / "controls" / "deseq"

CONTRASTS = {
    "tgfb_1.25ng": "1.25 ng/ul TGF-beta",
    "tgfb_5ng": "5 ng/ul TGF-beta",
    "tgfb_10ng": "10 ng/ul TGF-beta",
    "ra_50nM": "50 nM retinoic acid",
    "ra_200nM": "200 nM retinoic acid",
    "ra_400nM": "400 nM retinoic acid",
}
DENSITY = "100%"
LEAST_COUNTS = 10
"""Genes with fewer reads over the six samples are left out, as DESeq2's own guide does."""


def main() -> None:
    """Write the tables that are missing."""
    OUT.mkdir(parents=True, exist_ok=True)
    labels, plain = real_data() / "labels", OUT / "counts.tsv"
    without_withheld(labels / MCF7["counts"], "GeneID", None, plain, load_atlas(shipped_atlas(), columns=[]))
    counts = pd.read_csv(plain, sep="\t", index_col=0).T
    samples = pd.read_csv(labels / MCF7["design"], sep="\t", index_col="sample", dtype={"dose": str})
    for name, dose in CONTRASTS.items():
        file = OUT / f"{name}.csv"
        if file.exists():
            continue
        table = compare(counts, samples, dose)
        temporary = file.with_suffix(".part")
        table.to_csv(temporary)
        temporary.replace(file)
        called = (table["padj"] < 0.05) & (table["log2FoldChange"].abs() >= 1)
        print(f"{name}: {len(table)} genes, {int(called.sum())} at padj < 0.05 and twofold", flush=True)


def compare(counts: pd.DataFrame, samples: pd.DataFrame, dose: str) -> pd.DataFrame:
    """One dose against the vehicle of the same plating density; a Wald test with DESeq2's defaults."""
    from pydeseq2.dds import DeseqDataSet
    from pydeseq2.ds import DeseqStats

    treated = samples.index[(samples["dose"] == dose) & (samples["density"] == DENSITY)]
    vehicle = samples.index[(samples["condition"] == "vehicle") & (samples["density"] == DENSITY)]
    used = [*treated, *vehicle]
    assert len(treated) == len(vehicle) == 3, f"{dose}: {len(treated)} treated and {len(vehicle)} vehicle samples"
    design = pd.DataFrame({"condition": ["treated"] * 3 + ["vehicle"] * 3}, index=used)
    own = counts.loc[used]
    own = own.loc[:, own.sum() >= LEAST_COUNTS].astype(int)
    own.columns = own.columns.astype(str)
    data = DeseqDataSet(counts=own, metadata=design, design="~condition", quiet=True, n_cpus=1)
    data.deseq2()
    result = DeseqStats(data, contrast=["condition", "treated", "vehicle"], quiet=True, n_cpus=1)
    result.summary()
    table: pd.DataFrame = result.results_df
    table.index.name = ""
    return table


if __name__ == "__main__":
    main()

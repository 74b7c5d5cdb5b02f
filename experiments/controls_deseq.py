"""Differential expression of the MCF-7 counts: each dose of retinoic acid, and each of TGF-β, against ethanol.

    python -m venv build/controls/deseq-venv
    build/controls/deseq-venv/bin/pip install -c constraints.txt pydeseq2
    build/controls/deseq-venv/bin/python experiments/controls_deseq.py --out build/controls/deseq

PyDESeq2 (Muzellec 2023, 10.1093/bioinformatics/btad547; 0.5.4 runs on pandas 3.1) brings anndata and twenty more
packages that rarml has no use for, hence the environment of its own; this script imports nothing of rarml. Each
contrast is 3 v 3: one dose against the vehicle at the same plating density (100 %). One CSV per contrast as DESeq2
writes it: Entrez id in an unnamed first column. The retinoic-acid tables are made to be compared with those that were
shared (`controls_perturbation.py` does so); a finished table is kept.
"""

from __future__ import annotations

import argparse
import os
from pathlib import Path

import pandas as pd

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
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--out", type=Path, default=Path("build/controls/deseq"))
    arguments = parser.parse_args()
    labels = Path(os.environ["RARML_DATA"]) / "labels"
    samples = pd.read_csv(labels / "mcf-7_ra_72h_samples.tsv", sep="\t", index_col="sample", dtype={"dose": str})
    counts = pd.read_csv(labels / "mcf-7_ra_72h_counts.tsv.gz", sep="\t", index_col=0).T
    arguments.out.mkdir(parents=True, exist_ok=True)
    for name, dose in CONTRASTS.items():
        file = arguments.out / f"{name}.csv"
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

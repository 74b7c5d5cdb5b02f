"""Tables of a score: the quick writer against pandas' own, and BED against a plain loop."""

import math
from types import SimpleNamespace

import numpy as np
import pandas as pd

from rarml.workflows.score_output import sites_bed
from rarml.workflows.tsv import write_tsv


def test_the_quick_writer_writes_what_pandas_writes(tmp_path):
    rng = np.random.default_rng(1)
    table = pd.DataFrame(
        {
            "name": ['a "quoted"\tname', None, "", "plain"] * 50,
            "single": np.where(rng.random(200) < 0.2, np.nan, rng.random(200)).astype(np.float32),
            "double": np.where(rng.random(200) < 0.2, np.inf, rng.normal(size=200) * 10.0 ** rng.integers(-9, 9, 200)),
            "nullable": pd.array(rng.random(200), dtype="Float64"),
            "whole": rng.integers(0, 9, 200),
            "yes": rng.random(200) < 0.5,
        }
    )
    table.loc[3, "nullable"] = pd.NA
    before = table.copy()
    for digits in ("%.5g", "%.4g"):
        write_tsv(table, tmp_path / "quick.tsv", digits)
        table.to_csv(tmp_path / "plain.tsv", sep="\t", index=False, float_format=digits)
        assert (tmp_path / "quick.tsv").read_bytes() == (tmp_path / "plain.tsv").read_bytes()
    pd.testing.assert_frame_equal(table, before)


def test_bed_names_symbol_and_type_and_holds_the_score_down():
    sites = pd.DataFrame(
        {
            "gene_id": ["g2", "g1", "g3"],
            "chrom": ["chr2", "chr1", "chr1"],
            "start": [7, 50, 5],
            "end": [20, 63, 18],
            "type": ["DR5", "DR2", "IR0"],
            "pvalue": [1e-12, 3e-5, 1e-4],
            "strand": ["-", "+", "+"],
        }
    )
    genes = pd.DataFrame({"symbol": ["ONE", "TWO"]}, index=["g1", "g2"])
    lines = sites_bed(SimpleNamespace(sites=sites, genes=genes)).splitlines()
    assert lines == [
        "chr1\t5\t18\tg3_IR0\t400\t+",
        f"chr1\t50\t63\tONE_DR2\t{round(-100 * math.log10(3e-5))}\t+",
        "chr2\t7\t20\tTWO_DR5\t1000\t-",
    ]

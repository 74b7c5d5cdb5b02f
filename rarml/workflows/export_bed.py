"""BED9 rows of RAREs and of promoters coloured by call, sorted as bedToBigBed wants them."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from rarml.features.atlas_build import RAR_TYPES
from rarml.workflows.calls import NOT_JUDGED, UNCLEAR
from rarml.workflows.export_names import field_text
from rarml.workflows.export_source import Answers

BED9 = ("chrom", "start", "end", "name", "score", "strand", "thick_start", "thick_end", "rgb")
# The colours of the reports: warm is up, cold is down, and both are told apart by the colour-blind.
CALL_COLOURS = {
    "candidate up": "179,71,0",
    "candidate down": "0,90,148",
    UNCLEAR: "122,74,140",
    "uncertain": "128,136,144",
    "unlikely": "185,192,200",
    NOT_JUDGED: "220,223,227",
}
_OTHER_COLOUR = "128,136,144"
KNOWN_SPACING, OTHER_SPACING = "11,85,99", "58,157,163"

AUTOSQL = """table {table}
"{what}"
    (
    string chrom;       "Chromosome"
    uint   chromStart;  "Start, 0-based"
    uint   chromEnd;    "End, not included"
    string name;        "{name}"
    uint   score;       "{score}"
    char[1] strand;     "+, - or ."
    uint   thickStart;  "Start of the thick part"
    uint   thickEnd;    "End of the thick part"
    uint   reserved;    "Colour (itemRgb)"
    )
"""
SITES_SQL = AUTOSQL.format(
    table="rarmlSites",
    what="Retinoic acid response elements called by rarml",
    name="Gene and type of the element",
    score="-100 log10 p, at most 1000",
)
PROMOTERS_SQL = AUTOSQL.format(
    table="rarmlPromoters",
    what="Promoters coloured by the predicted response to ATRA (rarml)",
    name="Gene and call",
    score="1000 x the probability of a response",
)


def site_points(pvalues: ArrayLike) -> NDArray[np.int64]:
    """BED score of sites, int64: -100 log10 p, at most 1000."""
    p = np.maximum(np.asarray(pvalues, dtype=np.float64), 1e-300)
    return np.minimum(1000, np.rint(-100 * np.log10(p))).astype(np.int64)


def site_rows(answers: Answers, lengths: Mapping[str, int]) -> pd.DataFrame:
    """BED9 of the called RAREs; dark where RAR is known to use the spacing (`RAR_TYPES`).

    A site that several genes share is one row with their names joined by ``,``.
    """
    sites, symbols = answers.sites, answers.genes["symbol"].to_dict()
    names = [field_text(str(symbols.get(gene) or gene)) for gene in sites["gene_id"]]
    place = ["chrom", "start", "end", "strand", "type"]
    rows = sites[[*place, "pvalue"]].assign(gene=names)
    rows = rows.groupby(place, sort=False, as_index=False, observed=True).agg(
        pvalue=("pvalue", "min"), gene=("gene", _joined)
    )
    frame = pd.DataFrame(
        {
            "chrom": rows["chrom"].astype(object),
            "start": rows["start"],
            "end": rows["end"],
            "name": [f"{gene}_{field_text(str(kind))}" for gene, kind in zip(rows["gene"], rows["type"], strict=True)],
            "score": site_points(rows["pvalue"]),
            "strand": rows["strand"].astype(object),
            "rgb": np.where(rows["type"].isin(RAR_TYPES), KNOWN_SPACING, OTHER_SPACING),
        }
    )
    return _finished(frame, lengths)


def promoter_rows(answers: Answers, model: str, lengths: Mapping[str, int]) -> pd.DataFrame:
    """BED9 of the promoters of one model's genes: window, ``SYMBOL|call``, 1000 x P(responsive), coloured by call.

    The thick part is the TSS. Genes without an answer or a place are left out.
    """
    rows = answers.of(model).set_index("gene_id").join(answers.genes[["chrom", "strand", "tss"]], how="inner")
    rows = rows[rows["p_unresponsive"].notna()]
    up, down = answers.window
    plus = (rows["strand"] == "+").to_numpy()
    tss = rows["tss"].to_numpy(dtype=np.int64)
    start = np.where(plus, tss - up, tss - down + 1)
    named = rows["symbol"].where(rows["symbol"] != "", rows.index.to_series())
    frame = pd.DataFrame(
        {
            "chrom": rows["chrom"].to_numpy(dtype=object),
            "start": start,
            "end": start + up + down,
            "name": [
                f"{field_text(str(name))}|{field_text(call)}" for name, call in zip(named, rows["call"], strict=True)
            ],
            "score": np.rint(1000 * (1 - rows["p_unresponsive"].to_numpy(dtype=np.float64))).astype(np.int64),
            "strand": rows["strand"].to_numpy(dtype=object),
            "rgb": [CALL_COLOURS.get(call, _OTHER_COLOUR) for call in rows["call"]],
            "thick_start": tss,
            "thick_end": tss + 1,
        }
    )
    return _finished(frame, lengths)


def write_bed(rows: pd.DataFrame, path: Path) -> None:
    """Write BED9 without a header, which bedToBigBed does not take."""
    rows.to_csv(path, sep="\t", index=False, header=False, lineterminator="\n")


def _finished(frame: pd.DataFrame, lengths: Mapping[str, int]) -> pd.DataFrame:
    """Cut at the ends of contigs (a contig of unknown length only at 0), scores to 0-1000, sorted bytewise."""
    most = np.array([lengths.get(str(name), math.inf) for name in frame["chrom"]], dtype=np.float64)
    frame = frame.assign(start=frame["start"].clip(lower=0), end=np.minimum(frame["end"], most).astype(np.int64))
    if "thick_start" not in frame:
        frame = frame.assign(thick_start=frame["start"], thick_end=frame["end"])
    frame["score"] = frame["score"].clip(0, 1000)
    frame = frame[(frame["start"] < frame["end"]).to_numpy()]
    return frame.sort_values(["chrom", "start", "end", "name", "strand"], kind="stable")[list(BED9)]


def _joined(names: Iterable[str]) -> str:
    return "/".join(dict.fromkeys(names))

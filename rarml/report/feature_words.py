"""Feature columns in plain words: what a column says, and its value with its unit."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from rarml.report.words import MISSING, missing, number, percent, signed

KIND_WORDS = {
    "covariates": "Baseline expression and promoter composition (covariates)",
    "coexpression": "Co-expression panel (untreated cells and tissues)",
    "chromatin": "Chromatin of untreated cells",
    "rare": "RAREs in the promoter",
    "sequence": "Rest of the promoter sequence (encoders)",
}
"""Kinds of evidence of an account."""
KIND_SHORT = {
    "covariates": "covariates",
    "coexpression": "co-expression",
    "chromatin": "chromatin",
    "rare": "RAREs",
    "sequence": "sequence",
}
Components = Mapping[str, Sequence[str]]
"""Per co-expression column, the samples that bear it most."""

_EXPRESSION = {
    "mean": "mean level over all untreated samples",
    "sd": "how much its level varies between untreated samples",
    "max": "highest level in any untreated sample",
    "tau": "tissue specificity (0 everywhere alike, 1 in one sample)",
    "breadth": "share of untreated samples that express it",
    "percentile": "mean level as a percentile of all genes",
}
_COMPOSITION = {
    "gc": "GC content of the promoter",
    "gc_max": "GC content, richest promoter",
    "core_gc": "GC content around the TSS (−300 to +100)",
    "cpg_oe": "CpG, observed over expected",
    "core_cpg_oe": "CpG around the TSS, observed over expected",
    "core_cpg_oe_max": "CpG around the TSS, observed over expected, richest promoter",
    "at_skew": "A over T skew of the promoter",
    "gc_skew": "G over C skew of the promoter",
    "promoter_class": "promoter class by CpG (0 low, 1 intermediate, 2 high)",
    "promoter_class_max": "promoter class by CpG, highest of its promoters",
    "tata": "TATA box match",
    "tata_max": "TATA box match, best promoter",
    "inr": "initiator match at the TSS",
    "ccaat": "CCAAT box match",
    "gc_box": "GC box match",
    "dpe": "downstream promoter element match",
    "bre_up": "upstream TFIIB element match",
    "bre_down": "downstream TFIIB element match",
    "promoter_offset": "promoter with sequence lies this far from the main TSS",
    "cpg_island": "CpG island at the promoter",
    "cpg_island_any": "CpG island at any of its promoters",
    "cpg_island_fraction": "share of the promoter in a CpG island",
    "cpg_island_distance": "distance from the TSS to a CpG island",
    "cpg_island_length": "length of its CpG island",
    "n_promoters": "number of promoters",
    "promoter_spread": "distance between its outermost promoters",
    "head_to_head_distance": "distance to the next gene head to head",
    "bidirectional": "bidirectional promoter",
    "neighbour_distance": "distance to the nearest TSS of another gene",
    "gene_density": "genes with a TSS within 100 kb",
}
_RARE = {
    "best": "best {} in its promoters",
    "n_1e-4": "number of {} (p ≤ 10⁻⁴)",
    "n_1e-5": "number of strong {} (p ≤ 10⁻⁵)",
    "neglog10p": "how unlikely so good a {} is by chance (−log10 p)",
    "distance": "place of the best {} from the TSS",
    "soft": "{}, weak and strong ones together",
    "tripartite": "{} made of three half-sites",
    "n_repeat": "number of {} in repeats",
    "n_unique": "number of {} outside repeats",
    "n_open": "number of {} in open chromatin",
    "pairs_250bp": "pairs of {} within 250 bp",
    "n": "number of {}",
}
_RARE_TYPE = {"classical": "DR1, DR2 or DR5", "half_sites": "single half-sites", "promoters": "promoters searched"}
_CHROMATIN = {
    "overlap": "{} peak at the promoter (share of replicates)",
    "signal": "strength of the {} peak at the promoter (percentile of all its peaks)",
    "distance": "distance from the TSS to the nearest {} peak",
    "near10k": "{} peaks near the promoter (within 10 kb)",
    "near50k": "{} peaks around the promoter (within 50 kb)",
}
_PARTNER = {
    "best": "best {} motif",
    "n_1e-4": "number of {} motifs (p ≤ 10⁻⁴)",
    "distance": "distance from its best {} motif to its best RARE",
}
_SHARES = ("breadth", "gc", "gc_max", "core_gc", "cpg_island_fraction", "overlap")
_FAR = 99_500
_FLAGS = ("cpg_island", "cpg_island_any", "bidirectional")
_BASES = ("cpg_island_distance", "head_to_head_distance", "neighbour_distance")
_LENGTHS = ("cpg_island_length", "promoter_spread")


def feature_words(column: str, components: Components | None = None) -> str:
    """What a feature column says; the column's own name where it is unknown."""
    block, _, rest = column.partition(":")
    parts = rest.split(":")
    if block == "expression":
        return f"level in untreated {rest.removeprefix('level:')}" if parts[0] == "level" else _of(_EXPRESSION, rest)
    if block == "composition":
        return _of(_COMPOSITION, rest)
    if block == "coexpression":
        return _component(column, components, "likeness to genes expressed in")
    if block == "chromatin":
        return _chromatin(parts)
    if block == "rare" and len(parts) == 2 and parts[1] in _RARE:
        return _RARE[parts[1]].format(_RARE_TYPE.get(parts[0], parts[0]))
    if block == "partners" and len(parts) == 2 and parts[1] in _PARTNER:
        return _PARTNER[parts[1]].format(parts[0])
    if block == "sequence":
        return _sequence(rest, parts, components)
    return column


def value_words(column: str, value: float | None) -> str:
    """The value of a feature column with its unit; "not known" where missing."""
    if missing(value):
        return "not known"
    known = float(value)  # type: ignore[arg-type]
    last = column.rsplit(":", 1)[-1]
    block = column.partition(":")[0]
    if block == "composition" and last in _FLAGS:
        return "yes" if known else "no"
    if block in ("composition", "chromatin", "expression") and last in _SHARES:
        return percent(known)
    if last == "promoter_offset" or (block == "rare" and last == "distance"):
        return f"{signed(known, 0)} bp"
    if last == "distance" or (block == "composition" and last in _BASES):
        return bases_words(known)
    if block == "composition" and last in _LENGTHS:
        return f"{known:,.0f} bp"
    if block == "chromatin" and last == "signal":
        return f"{100 * known:.0f}"
    if block == "rare" and last == "best":
        return f"{number(known, 1)} bits"
    if column.startswith("expression:") and last not in ("tau", "percentile"):
        return f"{number(known, 1)} log₂(1 + nTPM)"
    if known == int(known) and abs(known) < 1e6:
        return signed(known, 0) if known < 0 else f"{known:,.0f}"
    return signed(known) if known < 0 else number(known)


def bases_words(bases: float | None) -> str:
    """A distance in bases; the blocks cap distances at 100 kb, and rounding moves that by half a percent."""
    if missing(bases):
        return MISSING
    return f"{bases:,.0f} bp" if float(bases) < _FAR else "100 kb or more"  # type: ignore[arg-type]


def _of(words: Mapping[str, str], name: str) -> str:
    return words.get(name, name.replace("_", " "))


def _chromatin(parts: Sequence[str]) -> str:
    if len(parts) != 3:
        return ":".join(parts)
    cell, mark, metric = parts
    if mark == "bivalent":
        return f"H3K4me3 and H3K27me3 together at the promoter, {cell}"
    return f"{_CHROMATIN.get(metric, metric + ' of {}').format(mark)}, {cell}"


def _component(column: str, components: Components | None, said: str) -> str:
    number_of = column.rsplit(":", 1)[-1]
    samples = (components or {}).get(f"coexpression:{number_of}", ())
    return f"{said} {', '.join(samples)}" if samples else f"co-expression axis {number_of.removeprefix('c')}"


def _sequence(rest: str, parts: Sequence[str], components: Components | None) -> str:
    if parts[0] == "chromatin" and len(parts) == 3:
        return f"bases’ likeness to {parts[2]} promoters, {parts[1]}"
    if parts[0] == "coexpression":
        return _component(rest, components, "bases’ likeness to genes expressed in")
    if rest == "expression:mean":
        return "bases’ likeness to a highly expressed gene"
    if parts[0] == "kmer":
        return "short words (k-mers) of the promoter"
    return rest.replace(":", " ") or MISSING

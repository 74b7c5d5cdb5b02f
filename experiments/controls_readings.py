"""What each specificity control shows, in words: the counts and figures come from the results, the conclusions do not.

The conclusions were drawn from the results of the atlas named below; on another, read them beside the tables again.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from controls_common import Row, shown

READ_ON = "ed5afee7"
"""How the atlas (`settings.atlas` in controls.json) begins that the conclusions were drawn from."""
_NUMBERS = ("none", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")
_NAMES = {"mcf-7": "MCF-7", "sh-sy5y": "SH-SY5Y", "neural-organoid": "organoid", "nb4": "NB4"}
SPACINGS, OTHER_SPACINGS = "DR1/2/5", "same half-sites, other spacings"


def readings(found: dict[str, Any]) -> dict[str, str]:
    """A reading for each control, by its letter."""
    return {
        "a": _shuffled(found),
        "b": _spacing(found),
        "c": _motifs(found),
        "d": _perturbation(found),
        "e": _direction(found),
    }


def _shuffled(found: dict[str, Any]) -> str:
    alone = _pick(found["features"], features="RARE", against="RARE, shuffled")
    on_top = _pick(found["features"], features="covariates + RARE", against="covariates + RARE, shuffled")
    added = _pick(found["features"], features="covariates + RARE", against="covariates")
    words = _pick(found["kmers"], features="6-mers", against="6-mers, shuffled")
    return (
        "RAREs of real promoters rank responsive genes clearly better than those of shuffled ones in "
        f"{_better(alone)}, and clearly worse in {_count(_worse(alone))}, so the RARE block reads more than base "
        f"composition. But alone it reaches {_range(alone, 'auroc')}, on top of the covariates it clearly beats its "
        f"shuffled self in {_count(_clear(on_top))}{_list(_clear(on_top))}, and added to the covariates it clearly "
        f"helps in {_count(_clear(added))} and clearly costs a little in {_count(_worse(added))}. That it is more "
        "than dinucleotides does not make it a matter of RAR: see the next control. 6-mers show how much order "
        f"matters at all: real promoters beat shuffled ones in {_better(words)}{_others(words)}."
    )


def _spacing(found: dict[str, Any]) -> str:
    alone = _pick(found["spacing"], features=SPACINGS, against=OTHER_SPACINGS)
    on_top = _pick(found["spacing"], features=f"covariates + {SPACINGS}", against=f"covariates + {OTHER_SPACINGS}")
    added = {
        (row["cell"], row["task"]): row
        for row in _pick(found["spacing"], features=f"covariates + {SPACINGS}", against="covariates")
    }
    pairs = _pick(found["spacing_pairs"], features=SPACINGS)
    ranks = _pick(found["enrichment_ranks"], sites="n_1e-5")
    dr2 = _pick(ranks, cell="neural-organoid", direction="up", type="DR2")[0]
    dr5 = _pick(ranks, cell="sh-sy5y", direction="up", type="DR5")[0]
    rare = [row for row in ranks if row["p_direct"] < 0.05 or row["p_all"] < 0.05]
    gains = "; ".join(
        f"{_place(row)} {shown(row, 'gain').strip('*')}, over the covariates themselves "
        f"{shown(added[row['cell'], row['task']], 'gain').strip('*')}"
        for row in _clear(on_top)
    )
    nearest = max(pairs, key=lambda row: row["gain_low"])
    return (
        "Spacing is worth nothing that generalises. Columns of DR1, DR2 and DR5 do clearly better than the same "
        f"half-sites at other spacings in {_count(_clear(alone))} of {_number(len(alone))} "
        f"comparisons{_list(_clear(alone))}; there the sites are not more but *less* common in responsive genes "
        f"(organoid up: strong DR2 at an odds ratio of {dr2['odds_ratio']:.2f}), which is what promoters without Alu "
        "elements, most of whose consensus DR2 these are, would show, and not an induction through RAREs. On top of "
        "the covariates the canonical spacings clearly gain over the control in "
        f"{_count(_clear(on_top))}{f' ({gains})' if gains else ''}. Within matched pairs the difference is clear in "
        f"{_count(_clear(pairs))} of {_number(len(pairs))} (the nearest to it, or the clearest, is "
        f"{_place(nearest)}, {shown(nearest, 'gain').strip('*')}). DR5 stands at an odds ratio of "
        f"{dr5['odds_ratio']:.2f} [{dr5['low']:.2f}, {dr5['high']:.2f}] in up genes of SH-SY5Y; of {len(ranks)} "
        f"comparisons of a canonical type with the control spacings {_count(rare)} reach p < 0.05. With no "
        "correction for the number of comparisons, one or two such gains are what chance gives."
    )


def _motifs(found: dict[str, Any]) -> str:
    real, control = "partner motifs", "unrelated motifs"
    rows = _pick(found["features"], features=real, against=control)
    rows += _pick(found["features"], features=f"covariates + {real}", against=f"covariates + {control}")
    return (
        "Motifs of RAR's partners are held against motifs of unrelated factors of the same length and information, "
        f"alone and added to the covariates. Of {len(rows)} comparisons they are clearly ahead in "
        f"{_count(_clear(rows))}{_list(_clear(rows))} and clearly behind in "
        f"{_count(_worse(rows))}{_list(_worse(rows))}. What motif columns carry here is composition."
    )


def _perturbation(found: dict[str, Any]) -> str:
    both = "responsive v unresponsive"
    ranking = {(row["model_of"], row["asked_about"]): row for row in _pick(found["ranking"], task=both, model="stack")}
    plain = {
        (row["model_of"], row["asked_about"]): row for row in _pick(found["ranking"], task=both, model="covariates")
    }
    specific = {(row["rule"], row["genes"], row["model_of"], row["model"]): row for row in found["specificity"]}
    panel = [specific[rule, "up", "mcf-7", "covariates + panel"] for rule in ("strict", "loose")]
    strict, loose = (specific[rule, "either direction", "mcf-7", "stack"] for rule in ("strict", "loose"))
    difference = {
        (rule, genes): specific[rule, genes, "mcf-7 less TGF-β", "stack"]
        for rule in ("strict", "loose")
        for genes in ("either direction", "up")
    }
    down = specific["loose", "down", "mcf-7", "stack"]
    nb4 = _pick(found["pml_rara"], model="stack", u937="up or down")
    other, own = (next(row for row in nb4 if row["question"].startswith(start)) for start in ("PML", "NB4"))
    mcf7, tgfb = "mcf-7", "mcf-7 TGF-β"
    return (
        "The models mostly find genes that can be induced or repressed at all. The ATRA model of MCF-7 ranks genes "
        f"of TGF-β ({ranking[mcf7, tgfb]['auroc']:.2f}) almost as well as its own "
        f"({ranking[mcf7, mcf7]['auroc']:.2f}), and a model of TGF-β does the same the other way round "
        f"({ranking[tgfb, mcf7]['auroc']:.2f} and {ranking[tgfb, tgfb]['auroc']:.2f}); covariates alone reach "
        f"{_range(list(plain.values()), 'auroc')}. Among genes that answer to exactly one of the two, the ATRA model "
        f"puts those of ATRA first at {shown(strict)} (strict) or {shown(loose)} (loose), little above 0.5: specific "
        "to ATRA in small part, and that part comes from the co-expression panel, which adds "
        f"{_range(panel, 'gain')} among up genes. Down genes that are specific to TGF-β are too few to tell "
        f"({down['n'] - down['n_positive']}). The difference of two models, ATRA less TGF-β, cancels what they share "
        f"and reaches {shown(difference['strict', 'either direction'])} on the strict sets "
        f"({shown(difference['strict', 'up'])} among up genes) and {shown(difference['loose', 'either direction'])} "
        "on the loose: there is something to be learnt of specificity, and one model alone does not show it. The "
        f"NB4 model ranks PML-RARA genes of U-937 above others at {shown(other)} and its own list above them at "
        f"{shown(own)}; over the covariates it gains {shown(other, 'gain').strip('*')} and "
        f"{shown(own, 'gain').strip('*')}. Caveats: ATRA and TGF-β share their three vehicle samples, whose noise "
        "makes the two sets of labels more alike; the strict sets are small; the U-937 table lists significant "
        "genes only, so its other genes are not known to be flat."
    )


def _direction(found: dict[str, Any]) -> str:
    by_model = {
        name: {row["cell"]: row for row in _pick(found["direction"], model=name)}
        for name in ("covariates", "covariates + panel", "stack")
    }
    said = []
    for cell, row in by_model["covariates"].items():
        panel, stack = by_model["covariates + panel"][cell], by_model["stack"][cell]
        said.append(
            f"{_NAMES[cell]} {row['auroc']:.2f}, to which the co-expression panel adds {panel['gain']:.2f} and the "
            f"whole stack {stack['gain']:.2f}"
        )
    return (
        f"What covariates alone know of up v down: {'; '.join(said)}. So direction, too, is told by what kind of "
        "gene it is; in the late differentiations that is close to asking which tissue it belongs to."
    )


def _pick(rows: Sequence[Row], **wanted: str) -> list[Row]:
    """The rows with these entries."""
    return [row for row in rows if all(row.get(key) == value for key, value in wanted.items())]


def _clear(rows: Sequence[Row]) -> list[Row]:
    return [row for row in rows if row["gain_low"] > 0]


def _worse(rows: Sequence[Row]) -> list[Row]:
    return [row for row in rows if row["gain_high"] < 0]


def _number(number: int) -> str:
    return _NUMBERS[number] if number < len(_NUMBERS) else str(number)


def _count(rows: Sequence[Row]) -> str:
    return _number(len(rows))


def _better(rows: Sequence[Row]) -> str:
    clear = _clear(rows)
    by = f", by {_range(clear, 'gain')} AUROC" if clear else ""
    return f"{_count(clear)} of {_number(len(rows))} comparisons{by}"


def _others(rows: Sequence[Row]) -> str:
    rest = [row for row in rows if row["gain_low"] <= 0]
    return f" (not in {', '.join(map(_place, rest))})" if rest else ""


def _list(rows: Sequence[Row]) -> str:
    return f" ({', '.join(dict.fromkeys(map(_place, rows)))})" if rows else ""


def _place(row: Row) -> str:
    return f"{_NAMES[row['cell']]} {row['task'].removesuffix(' v unresponsive')}"


def _range(rows: Sequence[Row], key: str) -> str:
    low, high = (f"{end(row[key] for row in rows):.2f}" for end in (min, max))
    return low if low == high else f"{low} to {high}"

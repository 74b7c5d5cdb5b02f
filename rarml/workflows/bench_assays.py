"""The assays of one promoter as table rows in genome coordinates (0-based half-open)."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Protocol

from rarml.explain.assay_amplicons import Amplicon, apart, control_amplicon, rare_amplicon
from rarml.explain.assay_guides import guides
from rarml.explain.assay_mutant import mutate_half_sites
from rarml.explain.assay_unique import other_promoters
from rarml.explain.assay_window import PromoterWindow, Site
from rarml.features.calls import PairScanner
from rarml.reference.store import Reference

ENZYMES = {"KpnI": "GGTACC", "XhoI": "CTCGAG", "NheI": "GCTAGC", "HindIII": "AAGCTT"}
PRIMER_END, SEED = 15, 12
"""Bases at the 3' end of a primer, and next to the PAM of a guide, that are looked for in other promoters."""
LEAST_FLANK = 30
MANY = 5
"""Other promoters that hold the 3' end of a primer, above which its row says so."""
NEAR = 500
"""A control nearer than this shares sheared chromatin (200-500 bp) with the element."""
Row = dict[str, Any]


class Wanted(Protocol):
    """The settings that the assays read."""

    @property
    def flank(self) -> int: ...
    @property
    def tails(self) -> tuple[str, str]: ...


@dataclass
class Tables:
    """Rows of each assay, and what was left out and why."""

    chip_qpcr: list[Row] = field(default_factory=list)
    inserts: list[Row] = field(default_factory=list)
    guides: list[Row] = field(default_factory=list)
    left_out: list[Row] = field(default_factory=list)

    def leave(self, gene: str, assay: str, reason: str) -> None:
        """Note that something was not designed."""
        self.left_out.append({"symbol": gene, "assay": assay, "reason": reason})


def assays(
    window: PromoterWindow, sites: list[Site], role: str, scanner: PairScanner, wanted: Wanted, tables: Tables
) -> None:
    """Add the rows of one promoter and its chosen RAREs."""
    _chip(window, sites, role, tables)
    for site in sites:
        _inserts(window, site, role, scanner, wanted, tables)
    rows = []
    for guide in guides(window, tuple(sites)):
        place = _place(window, guide.start, guide.end, guide.strand, f"{window.symbol}_g")
        rows.append(
            {**_of(window, role), **place, "protospacer": guide.protospacer, "pam": guide.pam, "gc": round(guide.gc, 2)}
            | {"from_tss": guide.start - window.tss_place, "tss_window": "yes" if guide.in_window else "no"}
            | {"rare": "; ".join(site_name(window, site) for site in guide.rares), "flags": guide.flags}
        )
    for number, row in enumerate(rows, 1):
        row["name"] = f"{window.name}_g{number}"
    tables.guides.extend(rows)
    if not rows:
        tables.leave(window.name, "guides", "no NGG guide of known bases in -50..+300 of the TSS")


def _chip(window: PromoterWindow, sites: list[Site], role: str, tables: Tables) -> None:
    """An amplicon for each RARE, and one control that is far from all of them."""
    wanted = [(site_name(window, site), "rare", rare_amplicon(window, site)) for site in sites]
    if sites:
        wanted.append((window.name, "control", control_amplicon(window, sites)))
    for element, kind, found in wanted:
        if isinstance(found, str):
            tables.leave(element, f"chip_qpcr ({kind})", found)
            continue
        away = 0 if kind == "rare" else apart(sites, found.start, found.end)
        place = _place(window, found.start, found.end, "+", f"{element}_{kind}")
        note = f"nearer than {NEAR} bp: sheared chromatin may span both" if kind == "control" and away < NEAR else ""
        tables.chip_qpcr.append(
            {**_of(window, role), **place, "kind": kind, "element": element if kind == "rare" else ""}
            | {"length": found.end - found.start, "distance": away, "from_tss": found.start - window.tss_place}
            | _primers(window, found)
            | {"amplicon": window.text[found.start : found.end], "note": note}
        )


def _primers(window: PromoterWindow, found: Amplicon) -> Row:
    left = window.genome(found.start, found.start + len(found.forward))
    right = window.genome(found.end - len(found.reverse), found.end)
    row: Row = {}
    for name, word, tm, (start, end), strand in (
        ("forward", found.forward, found.forward_tm, left, "+"),
        ("reverse", found.reverse, found.reverse_tm, right, "-"),
    ):
        row |= {name: word, f"{name}_tm": tm, f"{name}_start": start, f"{name}_end": end}
        row[f"{name}_strand"] = window.genome_strand(strand)
    return row


def _inserts(
    window: PromoterWindow, site: Site, role: str, scanner: PairScanner, wanted: Wanted, tables: Tables
) -> None:
    element = site_name(window, site)
    low, high = window.known(site.start, site.end)
    start, end = max(low, site.start - wanted.flank), min(high, site.end + wanted.flank)
    least = min(LEAST_FLANK, wanted.flank)
    if site.start - start < least or end - site.end < least:
        tables.leave(element, "inserts", f"fewer than {least} known bases beside the element in the window")
        return
    wild = window.text[start:end]
    inner = Site(site.start - start, site.end - start, site.type, site.strand, site.score, site.pvalue)
    mutant = mutate_half_sites(wild, inner, scanner, avoid=tuple(ENZYMES.values()))
    if mutant is None:
        tables.leave(element, "inserts (mutant)", "no change of both half-sites removes them without a new element")
    cut_short = end - start < 2 * wanted.flank + site.end - site.start
    for kind, text in (("wt", wild), ("mutant", mutant)):
        if text is None:
            continue
        place = _place(window, start, end, "+", f"{element}_{kind}")
        changed = [i for i, (a, b) in enumerate(zip(wild, text, strict=True)) if a != b]
        tables.inserts.append(
            {**_of(window, role), **place, "kind": kind, "element": element, "length": len(text)}
            | {"element_start": inner.start, "element_end": inner.end, "element_bases": text[inner.start : inner.end]}
            | {"changes": " ".join(f"{wild[i]}{i + 1}{text[i]}" for i in changed)}
            | {"cut_by": " ".join(name for name, word in ENZYMES.items() if word in text) or "none of the four"}
            | {"insert": text, "to_order": wanted.tails[0] + text + wanted.tails[1]}
            | {"note": "; ".join(_insert_notes(text, wanted, cut_short))}
        )


def _insert_notes(text: str, wanted: Wanted, cut_short: bool) -> list[str]:
    notes = ["shorter than asked: the window ends or holds unknown bases"] if cut_short else []
    whole = wanted.tails[0] + text + wanted.tails[1]
    for name, word in ENZYMES.items():
        meant = sum(tail.count(word) for tail in wanted.tails)
        if any(wanted.tails) and whole.count(word) > meant and (meant or word not in text):
            notes.append(f"{name} cuts elsewhere than in the tails")
    return notes


def with_uniqueness(tables: Tables, reference: Reference) -> None:
    """Add to primers and guides how many other genes' promoters of the reference they hit."""
    words: dict[str, str] = {}
    for row in tables.chip_qpcr:
        for name in ("forward", "reverse"):
            words[row[name][-PRIMER_END:]] = row["gene_id"]
    for row in tables.guides:
        words[row["protospacer"]] = row["gene_id"]
        for base in "ACGT":
            words[row["protospacer"][-SEED:] + base + "GG"] = row["gene_id"]
    found = other_promoters(reference, words) if words else {}
    for row in tables.chip_qpcr:
        for name in ("forward", "reverse"):
            count = row[f"{name}_other_promoters"] = found[row[name][-PRIMER_END:]]
            if count > MANY:
                said = f"3' end of the {name} primer stands in {count} other promoters, likely a repeat: do not use"
                row["note"] = "; ".join(part for part in (row["note"], said) if part)
    for row in tables.guides:
        row["other_promoters"] = found[row["protospacer"]]
        row["seed_other_promoters"] = sum(found[row["protospacer"][-SEED:] + base + "GG"] for base in "ACGT")


def _of(window: PromoterWindow, role: str) -> Row:
    return {"symbol": window.symbol, "gene_id": window.gene_id, "role": role, "tss": window.tss, "name": ""}


def _place(window: PromoterWindow, start: int, end: int, strand: str, name: str) -> Row:
    low, high = window.genome(start, end)
    place = {"chrom": window.chrom, "start": low, "end": high, "strand": window.genome_strand(strand)}
    return {"name": name, **place}


def site_name(window: PromoterWindow, site: Site) -> str:
    """Symbol, type and 1-based genome start of a RARE."""
    return f"{window.symbol}_{site.type}_{window.genome(site.start, site.end)[0] + 1}"

"""The tracks of an export in a folder: BED9 and bedGraph, what bigBed needs beside them, a hub and a session."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pandas as pd

from rarml.reference.contigs import ASSEMBLIES
from rarml.reference.store import Reference
from rarml.workflows.export_bases import base_rows, write_bedgraph
from rarml.workflows.export_bed import PROMOTERS_SQL, SITES_SQL, promoter_rows, site_rows, write_bed
from rarml.workflows.export_hub import UCSC, Track, hub_files, igv_session
from rarml.workflows.export_names import words_of
from rarml.workflows.export_source import Answers

FOLDER = "tracks"


def write_tracks(
    answers: Answers, folder: Path, reference: Reference | None, bases: int
) -> tuple[list[str], list[str]]:
    """Write the folder ``tracks``; its name, and notes.

    Parameters
    ----------
    answers : Answers
    folder : Path
        That of the export.
    reference : Reference, optional
        With bases: adds a bedGraph of base attribution per model.
    bases : int
        Genes per model in that.
    """
    name = UCSC.get(answers.assembly, answers.assembly)
    inside = folder / FOLDER / name
    inside.mkdir(parents=True)
    lengths = ASSEMBLIES.get(answers.assembly, {})
    tracks, notes, locus = [], [], ""
    sites = site_rows(answers, lengths)
    if len(sites):
        write_bed(sites, inside / "rares.bed")
        (inside / "rares.as").write_text(SITES_SQL, encoding="utf-8")
        tracks.append(Track("rares.bed", "RAREs", "Retinoic acid response elements called by rarml"))
    else:
        notes.append("no RARE is called in the genes' promoters: no track of RAREs")
    for model, word in words_of(answers.models).items():
        cells = answers.cell_types[model]
        rows = promoter_rows(answers, model, lengths)
        if len(rows):
            track = Track(f"promoters_{word}.bed", f"ATRA {cells}", f"Promoters by predicted ATRA response, {cells}")
            write_bed(rows, inside / track.file)
            (inside / track.file).with_suffix(".as").write_text(PROMOTERS_SQL, encoding="utf-8")
            tracks.append(track)
            locus = locus or _locus(rows)
        if reference is not None:
            found, said = base_rows(answers, model, reference, bases)
            notes += said
            if len(found):
                track = Track(f"bases_{word}.bedGraph", f"bases {cells}", f"Share of each base in up, {cells}")
                write_bedgraph(found, inside / track.file)
                tracks.append(track)
    (inside / "chrom.sizes").write_text(_sizes(lengths), encoding="utf-8")
    for path, text in hub_files(tracks, answers.assembly).items():
        (folder / FOLDER / path).write_text(text, encoding="utf-8")
    session = igv_session(tracks, answers.assembly, locus or "all")
    (folder / FOLDER / "igv_session.xml").write_text(session, encoding="utf-8")
    (folder / FOLDER / "README.md").write_text(_readme(tracks, name, answers), encoding="utf-8")
    return [FOLDER], notes


def _locus(rows: pd.DataFrame) -> str:
    """The promoter of the likeliest responder, in IGV's 1-based closed coordinates."""
    best = rows.iloc[int(rows["score"].to_numpy().argmax())]
    return f"{best['chrom']}:{max(1, int(best['start']) - 4_000)}-{int(best['end']) + 4_000}"


def _sizes(lengths: Mapping[str, int]) -> str:
    return "".join(f"{name}\t{size}\n" for name, size in sorted(lengths.items()))


def _readme(tracks: list[Track], name: str, answers: Answers) -> str:
    lines = ["# Tracks", "", f"Assembly {answers.assembly} ({name}); BED and bedGraph are 0-based half-open.", ""]
    lines += [f"- `{name}/{track.file}`: {track.what}" for track in tracks]
    lines += [
        "",
        "Promoters are coloured by call: orange candidate up, blue candidate down, violet candidate of unclear",
        "direction, greys uncertain, unlikely and not judged; their score is 1000 x the probability of a response.",
        "RAREs are dark where RAR is known to use the spacing; their score is -100 log10 p, at most 1000.",
        "",
        "**IGV**: open `igv_session.xml` (File, Open Session).",
        "",
        "**UCSC**: a hub needs bigBed and bigWig. With UCSC's command-line tools on your PATH, in this folder:",
        "",
        "```",
        f"cd {name}",
    ]
    for track in tracks:
        if track.is_bed:
            sql = track.file.removesuffix(".bed") + ".as"
            lines.append(f"bedToBigBed -type=bed9 -tab -as={sql} {track.file} chrom.sizes {track.binary}")
        else:
            lines.append(f"bedGraphToBigWig {track.file} chrom.sizes {track.binary}")
    lines += [
        "```",
        "",
        "Write your e-mail address into `hub.txt`, put the folder on a web server, and give UCSC the address of",
        "`hub.txt` (My Data, Track Hubs). A single BED file may also be pasted as a custom track, below a line such as",
        "`track name=rarml itemRgb=On visibility=pack`.",
    ]
    if not ASSEMBLIES.get(answers.assembly):
        lines += [
            "",
            "The lengths of this assembly's contigs are not known: fill `chrom.sizes` from the genome's .fai.",
        ]
    return "\n".join(lines) + "\n"

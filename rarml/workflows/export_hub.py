"""A UCSC track hub and an IGV session around the tracks of an export; all paths in them are relative."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from xml.etree import ElementTree as ET

from rarml.workflows.export_names import one_line

UCSC = {"GRCh38": "hg38", "GRCh37": "hg19", "GRCm39": "mm39", "GRCm38": "mm10"}
# as trackDb's "shortLabel" and "longLabel" ask: longer ones are cut off on the page
_SHORT, _LONG = 17, 76


@dataclass(frozen=True)
class Track:
    """One track.

    Attributes
    ----------
    file : str
        BED or bedGraph in the folder of the assembly, such as ``rares.bed``.
    label, what : str
        Short and long name.
    """

    file: str
    label: str
    what: str

    @property
    def stem(self) -> str:
        """Name without ending, a word: the track's own name."""
        return self.file.rsplit(".", 1)[0].replace(".", "_")

    @property
    def binary(self) -> str:
        """The bigBed or bigWig file that is made of it."""
        return self.file.removesuffix(".bed") + ".bb" if self.is_bed else self.file.removesuffix(".bedGraph") + ".bw"

    @property
    def is_bed(self) -> bool:
        """Whether it holds items rather than a value per base."""
        return self.file.endswith(".bed")


def hub_files(tracks: Sequence[Track], assembly: str) -> dict[str, str]:
    """``hub.txt``, ``genomes.txt`` and ``<assembly>/trackDb.txt`` by path.

    After https://genome.ucsc.edu/goldenPath/help/hgTrackHubHelp.html and trackDb/trackDbHub.html. The e-mail address
    that UCSC asks for is left for the user to fill in.
    """
    name = UCSC.get(assembly, assembly)
    stanzas = []
    for place, track in enumerate(tracks, start=1):
        lines = [
            f"track rarml_{track.stem}",
            f"bigDataUrl {track.binary}",
            f"shortLabel {one_line(track.label, _SHORT)}",
            f"longLabel {one_line(track.what, _LONG)}",
            "type bigBed 9" if track.is_bed else "type bigWig",
            "itemRgb on" if track.is_bed else "autoScale on",
            "visibility pack" if track.is_bed else "visibility full",
            f"priority {place}",
        ]
        stanzas.append("\n".join(lines) + "\n")
    return {
        "hub.txt": (
            "hub rarml\nshortLabel rarml\nlongLabel Predicted responses to all-trans retinoic acid (rarml)\n"
            "genomesFile genomes.txt\nemail you@example.org\n"
        ),
        "genomes.txt": f"genome {name}\ntrackDb {name}/trackDb.txt\n",
        f"{name}/trackDb.txt": "\n".join(stanzas),
    }


def igv_session(tracks: Sequence[Track], assembly: str, locus: str) -> str:
    """An IGV session (XML) that shows the text tracks of the folder beside it, at a locus such as ``chr1:1-100``."""
    name = UCSC.get(assembly, assembly)
    session = ET.Element("Session", genome=name, locus=locus, version="8")
    resources = ET.SubElement(session, "Resources")
    for track in tracks:
        kind, label = "bed" if track.is_bed else "bedgraph", one_line(track.what, _LONG)
        ET.SubElement(resources, "Resource", path=f"{name}/{track.file}", type=kind, name=label)
    ET.indent(session)
    return '<?xml version="1.0" encoding="UTF-8"?>\n' + ET.tostring(session, encoding="unicode") + "\n"

"""CRISPRi guides: 20-mers with an NGG on either strand, around the TSS or over a RARE."""

from __future__ import annotations

from dataclasses import dataclass

from rarml.explain.assay_window import PromoterWindow, Site, reverse_text

UPSTREAM, DOWNSTREAM = 50, 300
"""Where CRISPRi works best beside the TSS: Gilbert 2014, doi:10.1016/j.cell.2014.09.029."""
LENGTH = 20


@dataclass(frozen=True)
class Guide:
    """A protospacer in window coordinates (0-based half-open, PAM left out); `strand` relative to the gene."""

    start: int
    end: int
    strand: str
    protospacer: str
    pam: str
    rares: tuple[Site, ...]
    in_window: bool

    @property
    def gc(self) -> float:
        """Share of G and C."""
        return sum(base in "GC" for base in self.protospacer) / LENGTH

    @property
    def flags(self) -> str:
        """What speaks against it: TTTT ends transcription by Pol III; GC beyond 30-80 %."""
        found = ["TTTT"] if "TTTT" in self.protospacer else []
        return "; ".join([*found, *([] if 0.3 <= self.gc <= 0.8 else ["GC"])])


def guides(window: PromoterWindow, targets: tuple[Site, ...] = ()) -> list[Guide]:
    """All guides that lie wholly within -50..+300 of the TSS, or whose protospacer touches a target RARE."""
    low, high = window.tss_place - UPSTREAM, window.tss_place + DOWNSTREAM + 1
    size, found = len(window.text), []
    for strand, text in (("+", window.text), ("-", reverse_text(window.text))):
        for at in range(size - LENGTH - 2):
            word, pam = text[at : at + LENGTH], text[at + LENGTH : at + LENGTH + 3]
            if pam[1:] != "GG" or "N" in word or pam[0] == "N":
                continue
            start = at if strand == "+" else size - at - LENGTH
            rares = tuple(site for site in targets if site.touches(start, start + LENGTH))
            near = low <= start and start + LENGTH <= high
            if near or rares:
                found.append(Guide(start, start + LENGTH, strand, word, pam, rares, near))
    return sorted(found, key=lambda guide: (guide.start, guide.strand))

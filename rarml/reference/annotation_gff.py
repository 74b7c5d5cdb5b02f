"""Transcripts of a GTF or GFF3 file (GENCODE, Ensembl, RefSeq), read line by line; 1-based closed -> 0-based."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from pathlib import Path

from rarml.core.errors import InputError
from rarml.core.files import open_text
from rarml.reference.annotation import Annotation, TssRow, as_frame, gene_key
from rarml.reference.contigs import assembly_of_accession, canonical_contig
from rarml.reference.gff_attributes import Attributes, evidence_of, gff3_attributes, gtf_attributes, is_gff3, one_of
from rarml.reference.positions import position_of
from rarml.reference.species import is_ensembl_gene

_ASSEMBLY = re.compile(r"GRCh3[78]|hg19|hg38|GRCm3[89]|mm10|mm39|T2T-CHM13", re.IGNORECASE)
_SKIPPED = frozenset({"CDS", "UTR", "five_prime_UTR", "three_prime_UTR", "start_codon", "stop_codon", "intron"})
_NOT_TRANSCRIPTS = frozenset({"Selenocysteine", "stop_codon_redefined_as_selenocysteine", "gene"})
# Words in header lines, and in column 2 where the header says nothing, that tell whose file it is.
_HEADERS = (("gencode", "GENCODE"), ("evidence-based", "GENCODE"), ("ncbi", "RefSeq"), ("genebuild", "Ensembl"))
_FLAVOURS = {
    "HAVANA": "GENCODE",
    "ENSEMBL": "GENCODE",
    "ensembl_havana": "Ensembl",
    "havana": "Ensembl",
    "BestRefSeq": "RefSeq",
}


@dataclass
class _Gene:
    gene_id: str
    symbol: str
    biotype: str


@dataclass
class _Transcript:
    gene: str  # key into the genes
    contig: str
    strand: str
    start: int  # 0-based
    end: int
    name: str
    biotype: str
    tags: tuple[str, ...]
    length: int = 0


@dataclass
class _State:
    path: Path
    line: int = 0
    genes: dict[str, _Gene] = field(default_factory=dict)
    transcripts: dict[str, _Transcript] = field(default_factory=dict)
    lengths: dict[str, int] = field(default_factory=dict)
    spans: dict[str, _Transcript] = field(default_factory=dict)
    names: set[str] = field(default_factory=set)
    ends: dict[str, int] = field(default_factory=dict)
    regions: dict[str, int] = field(default_factory=dict)
    waiting: list[tuple[int, list[str]]] = field(default_factory=list)
    assembly: str | None = None
    flavour: str = ""

    def where(self) -> str:
        return f"{self.path}:{self.line}"


def read_gff(path: Path) -> Annotation:
    """All transcripts of a GTF or GFF3; where a GTF has only exons, transcripts are put together from them."""
    state = _State(path)
    gff3: bool | None = None
    with open_text(path, kind="annotation file") as handle:
        for number, line in enumerate(handle, start=1):
            if line.startswith("#"):
                if line.startswith("##FASTA"):
                    break
                _comment(line, state)
                continue
            state.line = number
            head = line.split("\t", 3)
            if len(head) == 4 and head[2] in _SKIPPED:
                continue  # half of the lines; nothing in them is needed
            if not line.strip():
                continue
            fields = line.rstrip("\r\n").split("\t")
            if len(fields) != 9:
                raise InputError(
                    f"has {len(fields)} tab-separated columns, GTF and GFF3 have 9",
                    where=state.where(),
                    fix="is the file cut short, or are its tabs turned into blanks?",
                )
            if gff3 is None:
                gff3 = is_gff3(fields[8], state.where())
            _feature(fields, gff3, state)
    for line_number, fields in state.waiting:
        state.line = line_number
        _feature(fields, True, state, late=True)
    return _finish(path, bool(gff3), state)


def _comment(line: str, state: _State) -> None:
    if line.startswith("##sequence-region"):
        words = line.split()
        if len(words) >= 4 and (length := position_of(words[3])) is not None:
            state.regions[canonical_contig(words[1])] = length
            state.assembly = state.assembly or assembly_of_accession(words[1])
        return
    found = _ASSEMBLY.search(line)
    if found and state.assembly is None:
        state.assembly = found[0]
    for word, flavour in _HEADERS:
        if word in line.lower() and not state.flavour:
            state.flavour = flavour


def _feature(fields: list[str], gff3: bool, state: _State, *, late: bool = False) -> None:
    contig, origin, kind, first, last, _, strand, _, text = fields
    begin, end = position_of(first), position_of(last)
    if begin is None or end is None or not 0 < begin <= end:
        raise InputError(f"{first}-{last} is no interval", where=state.where(), fix="GTF and GFF3 are 1-based closed")
    start = begin - 1
    if kind == "exon":
        _exon(text, gff3, state, (contig, strand, start, end))
        return
    if gff3 and kind == "region":
        return
    state.flavour = state.flavour or _FLAVOURS.get(origin, "")
    attributes = gff3_attributes(text) if gff3 else gtf_attributes(text)
    key = one_of(attributes, "ID") if gff3 else one_of(attributes, "gene_id")
    parent = one_of(attributes, "Parent")
    if kind.endswith("gene") and not parent:
        state.genes[key] = _gene(attributes, key, state.genes.get(key))
        return
    if kind in _NOT_TRANSCRIPTS or (not gff3 and kind != "transcript"):
        return
    if gff3 and parent not in state.genes:
        if parent and not late:
            state.waiting.append((state.line, fields))  # GFF3 does not ask for parents to come first
        return
    if strand not in ("+", "-"):
        return  # RefSeq has a few trans-spliced genes on both strands; they have no single TSS
    _require_name(key, gff3, state)
    gene = parent if gff3 else key
    if gene not in state.genes:
        state.genes[gene] = _gene(attributes, gene, None)
    name = one_of(attributes, "transcript_id", "Name") or key
    biotype = one_of(attributes, "transcript_type", "transcript_biotype", "biotype")
    if not biotype and kind == "mRNA":
        biotype = kind
    # A RefSeq GTF repeats a transcript_id where a gene lies twice (PAR, alternate loci): keep the places apart.
    identity = key if gff3 else f"{name}\t{contig}"
    state.transcripts[identity] = _Transcript(gene, contig, strand, start, end, name, biotype, evidence_of(attributes))
    _seen(state, contig, end)


def _exon(text: str, gff3: bool, state: _State, place: tuple[str, str, int, int]) -> None:
    contig, strand, start, end = place
    if gff3:
        at = text.find("Parent=")
        if at >= 0:
            for parent in text[at + 7 :].split(";", 1)[0].split(","):
                state.lengths[parent] = state.lengths.get(parent, 0) + end - start
        return
    at = text.find('transcript_id "')
    if at < 0:
        return
    name = text[at + 15 : text.find('"', at + 15)]
    identity = f"{name}\t{contig}"
    state.lengths[identity] = state.lengths.get(identity, 0) + end - start
    if identity in state.transcripts or strand not in ("+", "-"):
        return
    known = state.spans.get(identity)
    if known is None:
        attributes = gtf_attributes(text)
        gene = one_of(attributes, "gene_id")
        _require_name(gene, gff3, state)
        if gene not in state.genes:
            state.genes[gene] = _gene(attributes, gene, None)
        biotype = one_of(attributes, "transcript_type", "transcript_biotype")
        known = _Transcript(gene, contig, strand, start, end, name, biotype, evidence_of(attributes))
        state.spans[identity] = known
    known.start, known.end = min(known.start, start), max(known.end, end)
    _seen(state, contig, end)


def _require_name(key: str, gff3: bool, state: _State) -> None:
    if not key:
        word = "ID" if gff3 else "gene_id"
        fix = "is the line cut short? without it transcripts cannot be told apart"
        raise InputError(f"a transcript without {word}", where=state.where(), fix=fix)


def _seen(state: _State, contig: str, end: int) -> None:
    state.names.add(contig)
    canonical = canonical_contig(contig)
    state.ends[canonical] = max(end, state.ends.get(canonical, 0))
    if state.assembly is None:
        state.assembly = assembly_of_accession(contig)


def _gene(attributes: Attributes, key: str, earlier: _Gene | None) -> _Gene:
    links = [*attributes.get("Dbxref", []), *attributes.get("db_xref", [])]
    entrez = next((link for link in links if link.startswith("GeneID:")), "")
    own = gene_key(one_of(attributes, "gene_id") or key.split(":", 1)[-1])
    symbol = one_of(attributes, "gene_name", "Name", "gene")
    biotype = one_of(attributes, "gene_type", "gene_biotype", "biotype")
    if earlier is not None:
        symbol, biotype = symbol or earlier.symbol, biotype or earlier.biotype
    gene_id = own if is_ensembl_gene(own) or not entrez else entrez
    return _Gene(gene_id, symbol or ("" if is_ensembl_gene(gene_id) else own), biotype)


def _finish(path: Path, gff3: bool, state: _State) -> Annotation:
    transcripts = state.transcripts or state.spans
    rows = []
    for identity, item in transcripts.items():
        gene = state.genes[item.gene]
        tss = item.start if item.strand == "+" else item.end - 1
        coding = item.biotype in ("", "protein_coding", "mRNA")  # mRNA: RefSeq's word
        length = state.lengths.get(identity, 0) or item.end - item.start
        place = (item.contig, item.strand, tss, item.name, length, coding, item.tags)
        rows.append(TssRow(gene.gene_id, gene.symbol, gene.biotype, *place))
    frame = as_frame(rows, path)
    notes = [] if state.transcripts else ["no transcript lines: transcripts were put together from exons"]
    dialect = f"{'GFF3' if gff3 else 'GTF'} ({state.flavour or 'source not stated'})"
    return Annotation(
        path, dialect, frame, tuple(sorted(state.names)), state.ends, state.regions, state.assembly, notes
    )

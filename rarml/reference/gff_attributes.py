"""Column 9 of GTF and GFF3, and the tags in it that speak for a transcript."""

from __future__ import annotations

import re
from urllib.parse import unquote

from rarml.core.errors import InputError

_GTF_PAIR = re.compile(r'([A-Za-z_][\w.-]*) +(?:"([^"]*)"|([^";]+))')

Attributes = dict[str, list[str]]


def is_gff3(attributes: str, where: str) -> bool:
    """Whether column 9 is GFF3 (else GTF); an `InputError` if it is neither."""
    if re.match(r"\s*[\w.-]+=", attributes):
        return True
    if re.search(r'[\w.-]+ +"[^"]*"', attributes):
        return False
    raise InputError('column 9 is neither GTF (key "value";) nor GFF3 (key=value;)', where=where)


def evidence_of(attributes: Attributes) -> tuple[str, ...]:
    """Evidence names (see `annotation.EVIDENCE`) of a transcript's tags; RefSeq Select counts as canonical."""
    found = []
    for tag in attributes.get("tag", []):
        plain = tag.strip().lower().replace(" ", "_")
        if plain == "mane_select":
            found.append("mane")
        elif plain in ("ensembl_canonical", "refseq_select"):
            found.append("canonical")
        elif plain.startswith("appris_principal"):
            found.append("appris")
    return tuple(dict.fromkeys(found))


def gtf_attributes(text: str) -> Attributes:
    """All values by key; GTF repeats a key for a list."""
    found: Attributes = {}
    for key, quoted, bare in _GTF_PAIR.findall(text):
        found.setdefault(key, []).append(quoted or bare.strip())
    return found


def gff3_attributes(text: str) -> Attributes:
    """All values by key; GFF3 joins a list by commas and escapes letters by percent."""
    found: Attributes = {}
    for part in text.split(";"):
        key, _, value = part.strip().partition("=")
        if value:
            found[key] = [unquote(item) for item in value.split(",")]
    return found


def one_of(attributes: Attributes, *keys: str) -> str:
    """First value of the first key that is there; '' if none is."""
    for key in keys:
        if attributes.get(key):
            return attributes[key][0]
    return ""

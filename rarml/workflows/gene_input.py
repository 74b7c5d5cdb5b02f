"""Gene names from arguments, files and standard input, in the order given."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from rarml.core.errors import InputError
from rarml.core.files import require_file
from rarml.core.standard_input import NAME, read_standard_input
from rarml.labels.gene_sets import parse_gene_list, read_gene_list

_FILE_ENDINGS = (".txt", ".csv", ".tsv", ".tab", ".gmt", ".gz", ".list", ".xlsx")


def read_names(arguments: Sequence[str]) -> list[str]:
    """Names from each argument: ``-`` for standard input, an existing file, or the name itself.

    Raises
    ------
    InputError
        If an argument looks like a file but none is there, a file cannot be read, or no name was found at all.
    """
    names: list[str] = []
    for argument in arguments:
        if not argument.strip():
            continue
        if argument == "-":
            names += parse_gene_list(read_standard_input(kind="gene list"), where=NAME)
        elif Path(argument).exists():
            names += read_gene_list(argument)
        elif "/" in argument or argument.lower().endswith(_FILE_ENDINGS):
            require_file(argument, kind="gene list")
        else:
            names.append(argument)
    if not names:
        raise InputError("no gene was named", fix="give symbols, a file, or - for standard input")
    return names

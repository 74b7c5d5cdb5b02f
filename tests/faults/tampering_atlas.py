"""Feature atlases made by hand to deceive: a manifest and Parquet."""

from __future__ import annotations

import hashlib
import io
import pickle
from collections.abc import Callable
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
from tampering import Tamper, flip, link_to, manifest, not_utf8, payload, raw, set_to


def atlas_cases() -> dict[str, Tamper]:
    """What is done to a copy of the shipped atlas."""
    name = "manifest.json"
    return {
        "flipped byte": flip("genes.parquet"),
        "file missing": lambda f: (f / "names.parquet").unlink(),
        "file is a link": link_to("names.parquet"),
        "manifest is a list": raw(b"[1]", name),
        "manifest nested without end": raw(b"[" * 200_000, name),
        "version of the future": manifest(set_to("format_version", 99), name),
        "no blocks": manifest(lambda c: c.pop("blocks"), name),
        "no files": manifest(lambda c: c.pop("files"), name),
        "block with a path": manifest(lambda c: c["blocks"].update({"../x": {}}), name),
        "path upwards": manifest(lambda c: c["files"].update({"../atlas/genes.parquet": "0" * 64}), name),
        "digest no text": manifest(lambda c: c["files"].update({"genes.parquet": 5}), name),
        "manifest is a link": link_to(name),
        "manifest is a pickle": raw(pickle.dumps(payload()), name),
        "absolute path": manifest(lambda c: c["files"].update({"/etc/passwd": "0" * 64}), name),
        "block of no file": manifest(lambda c: c["blocks"].update({"extra": {}}), name),
        "forged: a table that is a pickle": _forged_atlas(lambda _: pickle.dumps(payload())),
        "forged: a table cut short": _forged_atlas(lambda _: b"PAR1" + b"\0" * 100 + b"PAR1"),
        "forged: a gene twice": _forged_atlas(_arrow(lambda t: pa.concat_tables([t, t.slice(0, 1)]))),
        "forged: genes without names": _forged_atlas(_arrow(lambda t: t.drop_columns(["gene_id"]))),
        "forged: values are a pickle": _forged_atlas(lambda _: pickle.dumps(payload()), "rare.parquet"),
        "forged: values of rows beyond the genes": _forged_atlas(_rows(10**9), "rare.parquet"),
        "forged: values of negative rows": _forged_atlas(_rows(-5), "rare.parquet"),
        "forged: values without rows": _forged_atlas(_arrow(lambda t: t.drop_columns(["gene_row"])), "rare.parquet"),
        "forged: values are texts": _forged_atlas(_arrow(_as_text), "rare.parquet"),
        "forged: names are a pickle": _forged_atlas(lambda _: pickle.dumps(payload()), "names.parquet"),
        "forged: names without kinds": _forged_atlas(_arrow(lambda t: t.drop_columns(["kind"])), "names.parquet"),
        "forged: genes that are not UTF-8": _forged_atlas(not_utf8("gene_id")),
        "forged: names that are not UTF-8": _forged_atlas(not_utf8("name"), "names.parquet"),
        "forged: sites are a pickle": _forged_atlas(lambda _: pickle.dumps(payload()), "sites.parquet"),
        "forged: sites of rows beyond the genes": _forged_atlas(_rows(10**9), "sites.parquet"),
    }


def _arrow(edit: Callable[[pa.Table], pa.Table]) -> Callable[[bytes], bytes]:
    def new(content: bytes) -> bytes:
        buffer = io.BytesIO()
        pq.write_table(edit(pq.read_table(io.BytesIO(content))), buffer)
        return buffer.getvalue()

    return new


def _rows(value: int) -> Callable[[bytes], bytes]:
    """The first row number becomes `value`."""

    def edit(table: pa.Table) -> pa.Table:
        rows = table["gene_row"].to_pylist()
        place = table.column_names.index("gene_row")
        return table.set_column(place, "gene_row", pa.array([value, *rows[1:]], pa.int64()))

    return _arrow(edit)


def _as_text(table: pa.Table) -> pa.Table:
    place = next(number for number, name in enumerate(table.column_names) if name != "gene_row")
    return table.set_column(place, table.column_names[place], pa.array(["x"] * len(table)))


def _forged_atlas(new: Callable[[bytes], bytes], name: str = "genes.parquet") -> Tamper:
    def apply(folder: Path) -> None:
        content = new((folder / name).read_bytes())
        (folder / name).write_bytes(content)
        digest = hashlib.sha256(content).hexdigest()
        manifest(lambda facts: facts["files"].update({name: digest}), "manifest.json")(folder)

    return apply


def open_atlas(folder: Path) -> object:
    """Open an atlas and read every part."""
    from rarml.features.atlas_files import load_atlas

    found = load_atlas(folder)
    return found, found.names, found.sites

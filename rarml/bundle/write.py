"""Write a bundle folder whole or not at all, with the digest of every file in its manifest."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from rarml.bundle.manifest import FORMAT_VERSION, MANIFEST_NAME, BundleManifest
from rarml.core.files import atomic_folder, sha256_file, write_json


def write_bundle(
    path: str | Path, facts: Mapping[str, Any], files: Mapping[str, bytes], *, overwrite: bool = False
) -> BundleManifest:
    """Write `files` and their manifest to the folder `path`.

    Parameters
    ----------
    path : str or Path
        The bundle folder; its parent is made if needed.
    facts : mapping
        Every field of `BundleManifest` except ``format_version`` and ``files``.
    files : mapping of str to bytes
        Content by path relative to the bundle folder.
    overwrite : bool
        Replace an existing bundle (only once the new one is whole).

    Raises
    ------
    InputError
        If `path` exists and `overwrite` is false.
    """
    with atomic_folder(path, overwrite=overwrite) as folder:
        for name, content in sorted(files.items()):
            target = folder / name
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(content)
        digests = {name: sha256_file(folder / name) for name in sorted(files)}
        manifest = BundleManifest.model_validate({**facts, "format_version": FORMAT_VERSION, "files": digests})
        write_json(folder / MANIFEST_NAME, manifest.model_dump(mode="json"))
    return manifest

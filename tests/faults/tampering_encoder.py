"""Encoder folders made by hand to deceive: their weights are one safetensors file and a manifest."""

from __future__ import annotations

import hashlib
import io
import json
import pickle
import shutil
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
from tampering import Tamper, manifest, payload, raw

NAME, WEIGHTS = "manifest.json", "weights.safetensors"
MOTIFS, SCALE, KMERS = "0.0.network.motifs", "0.kmers.scale", "0.kmers.weights"
BIG = 2**60


def encoder_folder(folder: Path) -> Path:
    """A tiny encoder, untouched."""
    from rarml.estimators.kmer_components import KmerComponents
    from rarml.estimators.kmer_ridge import KmerRidge
    from rarml.estimators.promoter_encoder import PromoterEncoder
    from rarml.features.sequence_encoder import EncoderMember, EncoderSet, write_encoders

    rng = np.random.default_rng(0)
    codes, y = rng.integers(0, 4, (24, 96), dtype=np.uint8), rng.normal(size=(24, 3))
    tiny = {"n_filters": 3, "width": 5, "dilations": (1,), "n_hidden": 4, "epochs": 1, "batch_size": 16, "threads": 1}
    members = [
        EncoderMember(
            frozenset(unseen),
            (PromoterEncoder(**tiny, seed=seed).fit(codes, y, tss=48),),
            KmerRidge(k=2, ridge=10.0).fit(codes, y),
        )
        for seed, unseen in enumerate([{"chr1", "chrX"}, {"chr2"}])
    ]
    components = KmerComponents(2, reach=40, n_components=3).fit(codes, tss=48)
    return write_encoders(EncoderSet(tuple(members), components, ("a", "b", "c"), 48, {}), folder)


def open_encoder(folder: Path) -> object:
    """Open an encoder as scoring of bases does."""
    from rarml.features.sequence_encoder import load_encoders

    return load_encoders(folder)


def weights(new: Callable[[bytes], bytes]) -> Tamper:
    """Change the weights and their digest, so that the manifest agrees with them."""

    def apply(folder: Path) -> None:
        content = new((folder / WEIGHTS).read_bytes())
        (folder / WEIGHTS).write_bytes(content)
        digest = hashlib.sha256(content).hexdigest()
        manifest(lambda facts: facts["files"].update({WEIGHTS: digest}), NAME)(folder)

    return apply


def header(edit: Callable[[dict[str, Any]], object]) -> Tamper:
    """Change the header of the safetensors file and leave its data alone."""

    def new(content: bytes) -> bytes:
        length = int.from_bytes(content[:8], "little")
        facts = json.loads(content[8 : 8 + length])
        edit(facts)
        text = json.dumps(facts).encode()
        return len(text).to_bytes(8, "little") + text + content[8 + length :]

    return weights(new)


def tensors(edit: Callable[[dict[str, Any]], object]) -> Tamper:
    """Change tensors and write a valid safetensors file of them."""

    def new(content: bytes) -> bytes:
        from safetensors.numpy import load, save

        found = load(content)
        edit(found)
        return save({name: np.ascontiguousarray(value) for name, value in found.items()})

    return weights(new)


def _fill(name: str, value: float) -> Tamper:
    def edit(found: dict[str, Any]) -> None:
        changed = found[name].copy()
        changed.flat[0] = value
        found[name] = changed

    return tensors(edit)


def _start(length: int) -> Tamper:
    return weights(lambda content: length.to_bytes(8, "little") + content[8:])


def _text(text: bytes) -> Tamper:
    return weights(lambda content: len(text).to_bytes(8, "little") + text)


def _torch_file(_: bytes) -> bytes:
    """What `torch.save` writes: a zip whose pickle runs on loading."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("archive/data.pkl", pickle.dumps(payload()))
    return buffer.getvalue()


def _same_place(facts: dict[str, Any]) -> None:
    facts[MOTIFS]["data_offsets"] = facts[SCALE]["data_offsets"]


def _link(name: str) -> Tamper:
    def apply(folder: Path) -> None:
        shutil.move(folder / name, folder / "elsewhere")
        (folder / name).symlink_to("elsewhere")

    return apply


def _network(name: str, value: Any) -> Tamper:
    return manifest(lambda facts: facts["networks"][0].update({name: value}), NAME)


def _set(key: str, value: Any) -> Tamper:
    return manifest(lambda facts: facts.update({key: value}), NAME)


def encoder_cases() -> dict[str, Tamper]:
    """What is done to an encoder."""
    variance = "0.0.network.motif_norm.running_var"
    return {
        "flipped byte": lambda f: (f / WEIGHTS).write_bytes(b"\xff" + (f / WEIGHTS).read_bytes()[1:]) and None,
        "weights missing": lambda f: (f / WEIGHTS).unlink(),
        "weights are a link": _link(WEIGHTS),
        "manifest is a link": _link(NAME),
        "header of 2^60 bytes": _start(BIG),
        "header of 2^64 - 1 bytes": _start(2**64 - 1),
        "header of 0 bytes": _start(0),
        "header longer than the file": _start(10_000_000),
        "header is no JSON": _text(b"hello"),
        "header is a list": _text(b"[1]"),
        "header nested without end": _text(b"[" * 200_000),
        "header is a pickle": _text(pickle.dumps(payload())),
        "header alone": weights(lambda content: content[: 8 + int.from_bytes(content[:8], "little")]),
        "offsets beyond the end": header(lambda h: h[MOTIFS].update(data_offsets=[0, BIG])),
        "offsets backwards": header(lambda h: h[MOTIFS]["data_offsets"].reverse()),
        "negative offsets": header(lambda h: h[MOTIFS].update(data_offsets=[-8, 0])),
        "two tensors in one place": header(_same_place),
        "shape larger than its bytes": header(lambda h: h[MOTIFS].update(shape=[BIG, 16])),
        "shape that overflows": header(lambda h: h[MOTIFS].update(shape=[2**32, 2**32, 2])),
        "negative shape": header(lambda h: h[MOTIFS].update(shape=[-1, -60])),
        "shape turned round": header(lambda h: h[MOTIFS]["shape"].reverse()),
        "unknown type": header(lambda h: h[MOTIFS].update(dtype="PICKLE")),
        "whole numbers for floats": header(lambda h: h[MOTIFS].update(dtype="I16")),
        "other floats of the same size": header(lambda h: h[MOTIFS].update(dtype="BF16")),
        "pickle named .safetensors": weights(lambda _: pickle.dumps(payload())),
        "torch file named .safetensors": weights(_torch_file),
        "cut short": weights(lambda content: content[:-10]),
        "bytes after the end": weights(lambda content: content + b"\0" * 64),
        "oversized tensor": tensors(lambda t: t.update({MOTIFS: np.zeros((4000, 500), np.float16)})),
        "file larger than its shapes": tensors(lambda t: t.update(extra=np.zeros(3_000_000, np.float32))),
        "tensor that belongs to nothing": tensors(lambda t: t.update(extra=np.zeros(3, np.float32))),
        "tensor missing": tensors(lambda t: t.pop(SCALE)),
        "weights too few": tensors(lambda t: t.update({KMERS: t[KMERS][:-1]})),
        "NaN weight": _fill(MOTIFS, np.nan),
        "infinite weight": _fill(KMERS, np.inf),
        "negative variance": _fill(variance, -1.0),
        "manifest is a list": raw(b"[1]", NAME),
        "manifest is a pickle": raw(pickle.dumps(payload()), NAME),
        "manifest nested without end": raw(b"[" * 200_000, NAME),
        "version of the future": _set("format_version", 99),
        "files is a list": _set("files", [WEIGHTS]),
        "path upwards": manifest(lambda m: m["files"].update({"../x": "0" * 64}), NAME),
        "absolute path": manifest(lambda m: m["files"].update({"/etc/passwd": "0" * 64}), NAME),
        "digest no text": manifest(lambda m: m["files"].update({WEIGHTS: 5}), NAME),
        "network of 10^12 filters": _network("n_filters", 10**12),
        "network of 10^5 layers": _network("dilations", [1] * 100_000),
        "a path for a number": _network("n_hidden", "../../etc/passwd"),
        "unknown parameter": _network("exec", "import os"),
        "words of 30 bases": manifest(lambda m: m["kmers"].update(k=30), NAME),
        "chromosome in two members": _set("unseen", [["chr1"], ["chr1"]]),
        "members without end": _set("unseen", [[str(n)] for n in range(5_000)]),
        "TSS is a text": _set("tss", "1; import os"),
        "target twice": _set("targets", ["a", "a", "b"]),
    }

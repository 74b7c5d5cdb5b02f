"""What the command line says about a training, turned into labels and settings."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from rarml.bundle.load import Bundle, load_bundle
from rarml.bundle.registry import find_model, list_models, shipped_atlas
from rarml.core.errors import SettingsError
from rarml.core.settings import load_settings, parse_settings
from rarml.features.atlas import atlas_columns, load_atlas
from rarml.features.selection import samples_of
from rarml.labels.table import LabelTable, load_labels
from rarml.workflows.settings import TrainSettings

NO_STAND_IN = (
    "no expression sample stands in for the untreated cells, so the mean over all samples is used; "
    "name one with --stand-in for a better model"
)
_OPTIONS = {
    "design": "--design", "condition": "--condition", "reference": "--reference-level", "treated": "--treated",
    "factors": "--factor", "subset": "--subset", "replicate": "--replicate", "layer": "--layer",
}  # fmt: skip


def train_inputs(
    tables: Sequence[str],
    *,
    config: Path | None = None,
    atlas: Path | None = None,
    name: str | None = None,
    fallback_name: str | None = None,
    cell_type: str | None = None,
    stand_in: Sequence[str] = (),
    chromatin: Sequence[str] = (),
    columns: str | None = None,
    min_agree: int | None = None,
    positive_unlabelled: bool = False,
    seed: int | None = None,
    allow_leaky: bool = False,
    counts: Mapping[str, Any] | None = None,
    threads: int | None = None,
) -> tuple[LabelTable, TrainSettings]:
    """Labels and settings of a training; what is given here wins over the configuration file.

    `counts` holds fields of `rarml.labels.count_spec.CountSpec`, in place of tables; as many processes as `threads`
    says compare them.
    `fallback_name` names a model that neither `name` nor the configuration names.

    Raises
    ------
    RarmlError
        If a file or setting is wrong, or neither a table nor a configuration with label files is given.
    """
    settings = load_settings(config, TrainSettings) if config is not None else TrainSettings()
    folder = atlas if atlas is not None else shipped_atlas()
    if tables and counts:
        raise SettingsError("tables and --counts exclude each other", fix="give the one or the other")
    bundle = _labelled_bundle(tables)
    if bundle is not None and (columns is not None or min_agree is not None):
        option = "--columns" if columns is not None else "--min-agree"
        fix = "leave it out, or name tables"
        raise SettingsError(f"{option} is for tables, and {tables[0]!r} is a model", fix=fix)
    if bundle is not None:
        inherited = {"context": bundle.manifest.context.model_dump(), "cell_type": bundle.manifest.cell_type}
        inherited["name"] = f"{bundle.name}-retrained"
        inherited["description"] = bundle.manifest.description
        given = settings.model_dump(exclude_unset=True)
        settings = _replace(settings, {key: value for key, value in inherited.items() if key not in given})
    if name is None and "name" not in settings.model_fields_set:
        name = fallback_name
    settings = _apply(settings, name, cell_type, stand_in, chromatin, columns, min_agree, tables, bundle, seed, counts)
    if allow_leaky:
        settings = _replace(settings, {"evaluation": {**settings.evaluation.model_dump(), "allow_leaky": True}})
    if bundle is not None:
        labels = labels_of_bundle(bundle)
    else:
        names, base = load_atlas(folder, columns=[]).names, _base([*tables, *(counts or ())], config)
        labels = load_labels(settings.labels, names, base=base, threads=threads)
    return _with_notes(labels, settings, samples_of(atlas_columns(folder)), positive_unlabelled)


def labels_of_bundle(bundle: Bundle) -> LabelTable:
    """The labels that a bundle carries: the status that rarml called per gene."""
    status = bundle.labels["status"]
    return LabelTable.from_status(
        status[status != "untested"],
        provenance={**bundle.manifest.labels, "notes": [f"labels of the model {bundle.name}"]},
        positive_unlabelled=bundle.manifest.positive_unlabelled,
    )


def guess_stand_in(cell_type: str, samples: Sequence[str]) -> list[str]:
    """Expression samples whose name is a word of `cell_type`, letters and digits alone compared (MCF-7 is MCF7)."""
    words = {_plain(word) for word in cell_type.split()} | {_plain(cell_type)}
    return [sample for sample in samples if _plain(sample) in words]


def _apply(
    settings: TrainSettings,
    name: str | None,
    cell_type: str | None,
    stand_in: Sequence[str],
    chromatin: Sequence[str],
    columns: str | None,
    min_agree: int | None,
    tables: Sequence[str],
    bundle: Bundle | None,
    seed: int | None,
    counts: Mapping[str, Any] | None = None,
) -> TrainSettings:
    changes: dict[str, Any] = {
        key: value for key, value in (("name", name), ("cell_type", cell_type), ("seed", seed)) if value is not None
    }
    context = settings.context.model_dump()
    if stand_in:
        context["stand_in"] = tuple(stand_in)
    if chromatin:
        context["chromatin"] = tuple(chromatin)
    labels = settings.labels.model_dump()
    if tables and bundle is None:
        labels["files"], labels["counts"] = tuple(tables), None
    if counts:
        if "matrix" not in counts:
            raise SettingsError(f"{_OPTIONS[next(iter(counts))]} goes with --counts", fix="name the counts too")
        labels["files"], labels["counts"] = (), dict(counts)
    if columns is not None:
        labels["columns"] = parse_columns(columns)
    if min_agree is not None:
        labels["min_agree"] = min_agree
    if not labels["files"] and not labels["counts"] and bundle is None:
        fix = "name a table, give --counts and --design, or labels.files in the configuration"
        raise SettingsError("no label table was given", fix=fix)
    return _replace(settings, {**changes, "context": context, "labels": labels})


def parse_columns(text: str) -> dict[str, str]:
    """`id=gene,log2fc=lfc,padj=q` as a mapping."""
    pairs = [part.split("=", 1) for part in text.split(",") if part.strip()]
    if not pairs or any(len(pair) != 2 for pair in pairs):
        raise SettingsError(f"--columns {text!r} is not of the form id=…,log2fc=…,padj=…")
    found = {key.strip(): value.strip() for key, value in pairs}
    if len(found) < len(pairs):
        raise SettingsError(f"--columns {text!r} gives a role twice", fix="name one column per role")
    return found


def _with_notes(
    labels: LabelTable, settings: TrainSettings, samples: Sequence[str], positive_unlabelled: bool
) -> tuple[LabelTable, TrainSettings]:
    """Fill in a stand-in by name, and treat a table without unresponsive genes as positive-unlabelled; say so."""
    notes = list(labels.provenance.get("notes", []))
    context = settings.context
    if not context.stand_in:
        guessed = guess_stand_in(settings.cell_type, samples)
        if guessed:
            notes.append(f"stand-in expression: {', '.join(guessed)} (by the name of the cell type)")
            settings = _replace(settings, {"context": {**context.model_dump(), "stand_in": tuple(guessed)}})
        else:
            notes.append(NO_STAND_IN)
    unlabelled = positive_unlabelled or labels.positive_unlabelled
    if not unlabelled and not (labels.table["status"] == "unresponsive").any():
        unlabelled = True
        notes.append(
            "the table has no unresponsive genes (significant genes only?): every other expressed gene is taken as "
            "unlabelled, and the model is marked experimental"
        )
    provenance = {**labels.provenance, "notes": notes}
    return labels.replace(provenance=provenance, positive_unlabelled=unlabelled), settings


def _labelled_bundle(tables: Sequence[str]) -> Bundle | None:
    """The bundle whose labels are meant, when the one table given is a model folder or a shipped name."""
    if len(tables) != 1 or Path(tables[0]).is_file():
        return None
    shipped = {path.name for path in list_models()}
    if tables[0].lower() in shipped or (Path(tables[0]) / "bundle.json").is_file():
        return load_bundle(find_model(tables[0]))
    return None


def _replace(settings: TrainSettings, changes: dict[str, Any]) -> TrainSettings:
    return parse_settings({**settings.model_dump(exclude_unset=True), **changes}, TrainSettings, where="settings")


def _base(tables: Sequence[str], config: Path | None) -> Path:
    """Tables named on the command line are relative to here, those of a configuration to its folder."""
    return config.parent if config is not None and not tables else Path()


def _plain(text: str) -> str:
    return "".join(character for character in text.lower() if character.isalnum())

"""`rarml models`: list, show and verify model folders."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from rarml.cli.answer import answers, give
from rarml.cli.options import AtlasOption, complete_models

if TYPE_CHECKING:
    from rarml.bundle.manifest import BundleManifest

app = typer.Typer(help="List, show and verify models.", no_args_is_help=True)


@app.command("list")
@answers("models list")
def list_command(
    folder: Annotated[Path | None, typer.Option("--in", help="Folder of models (default: the shipped ones).")] = None,
) -> None:
    """List models with their cell type, labels and held-out performance."""
    from rarml.bundle.manifest import read_manifest
    from rarml.bundle.registry import list_models
    from rarml.cli.terminal import print_table
    from rarml.core.errors import BundleError

    found = list_models(folder)
    if folder is not None and not found:
        raise BundleError("holds no model folder", where=folder, fix="name the folder that model folders lie in")
    manifests = {path: read_manifest(path) for path in found}
    give(lambda: {"models": [_facts(path, manifest) for path, manifest in manifests.items()]})
    rows = []
    for manifest in manifests.values():
        auroc = {row["task"]: row["value"] for row in manifest.metrics if row["metric"] == "auroc"}
        shown = ", ".join(f"{task} {value:.2f}" for task, value in auroc.items())
        genes = ", ".join(f"{manifest.counts.get(f'eligible_{name}', 0):,} {name}" for name in manifest.classes)
        rows.append([manifest.name, manifest.cell_type, genes, shown, "experimental" if manifest.experimental else ""])
    print_table("Models", ["name", "cells", "trained on", "held-out AUROC", ""], rows)


def _facts(path: Path, manifest: BundleManifest) -> dict[str, Any]:
    """What a script wants to know of a model."""
    return {
        "name": manifest.name,
        "folder": path,
        "cell_type": manifest.cell_type,
        "description": manifest.description,
        "experimental": manifest.experimental,
        "classes": manifest.classes,
        "assembly": manifest.assembly,
        "context": manifest.context.model_dump(mode="json"),
        "counts": manifest.counts,
        "metrics": manifest.metrics,
    }


@app.command("show")
@answers("models show")
def show_command(
    model: Annotated[
        str,
        typer.Argument(
            help="Model folder or shipped name.",
            autocompletion=complete_models,
        ),
    ],
) -> None:
    """Print a model's card."""
    from rarml.bundle.load import load_bundle
    from rarml.bundle.registry import find_model
    from rarml.core.plain_text import without_controls

    bundle = load_bundle(find_model(model))
    card = bundle.read("MODEL_CARD.md").decode("utf-8", "replace")
    give(lambda: {**_facts(bundle.path, bundle.manifest), "card": card})
    typer.echo(without_controls(card), nl=False)


@app.command("verify")
@answers("models verify")
def verify_command(
    models: Annotated[
        list[str] | None,
        typer.Argument(
            help="Model folders or shipped names (default: all).",
            autocompletion=complete_models,
        ),
    ] = None,
    atlas: AtlasOption = None,
) -> None:
    """Check a model's files against their digests, run its self-test and audit it for leaks."""
    from rarml.bundle.registry import find_model, list_models
    from rarml.cli.audit_table import print_audit
    from rarml.core.errors import BundleError
    from rarml.workflows.verify import verify

    leaky = {}
    checked: list[dict[str, Any]] = []
    for path in [find_model(model) for model in models] if models else list_models():
        verified = verify(path, atlas=atlas)
        checked.append(
            {
                "name": verified.name,
                "said": verified.said,
                "leaks": [finding.check for finding in verified.leaks],
            }
        )
        give(lambda: {"models": checked}, tells_failure=True)
        typer.echo(verified.said)
        print_audit(verified)
        if verified.leaks:
            leaky[verified.name] = [finding.check for finding in verified.leaks]
    if leaky:
        shown = "; ".join(f"{name} ({', '.join(checks)})" for name, checks in leaky.items())
        raise BundleError(
            f"the leakage audit failed for {shown}", fix="do not trust its numbers; mend the leak and train again"
        )

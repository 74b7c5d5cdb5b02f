"""The page and the plot of `evaluation.py`."""

from __future__ import annotations

import io
from typing import Any

import pandas as pd

from rarml.evaluation.baselines import PANEL

NAMES = {"mcf-7": "MCF-7", "sh-sy5y": "SH-SY5Y", "neural-organoid": "organoid", "nb4": "NB4 (listed v not)"}
WITHOUT_BLOCK = ("stack without coexpression", "stack without chromatin", "stack without rare")
OWN_PARTS = (
    *("gradient model", "linear model", "sequence branch"),
    *("stack without sequence", "stack without linear", "stack without gradient"),
    *WITHOUT_BLOCK,
)
TASKS = ("up v unresponsive", "down v unresponsive", "up v down")
METRICS = {"auroc": "AUROC", "auprc": "AUPRC", "precision_at_100": "Precision at 100"}
Rows = list[dict[str, Any]]


def markdown(found: dict[str, Any]) -> str:
    """All tables as one page."""
    facts = found["facts"]
    baselines = pd.DataFrame(found["baselines"])
    lines = [
        "# The stack against baselines and peers",
        "",
        f"Made on {facts['date']} by `python experiments/evaluation.py`: rarml {facts['rarml']}, seed {facts['seed']}, "
        f"mean of {facts['seeds']} seeds, {facts['resamples']} cluster-bootstrap resamples over groups of related "
        f"genes, 95 % intervals; atlas `{facts['atlas'][:12]}`; labels "
        + ", ".join(f"{name} `{digest[:8]}`" for name, digest in facts["labels"].items())
        + ".",
        "",
        "Whole chromosomes held out, relatives of held-out genes kept out of training. In brackets the interval; after "
        "the semicolon what the stack gains, in the same resamples. **Bold**: the stack is clearly better; _italic_: "
        "it is not (the interval reaches 0), or it is worse. A peer, and the stack without a block of features, is "
        f"held against the stack of as many seeds as it has itself ({_rival_seeds(baselines)}). How often trees draw "
        "chromatin and RAREs was settled among six designs on these same folds (stack_design.md), so the gain over "
        "covariates + panel flatters a little. The two networks on bases (xpresso-like, toolkit-cnn) learn from a few "
        "thousand promoters from scratch and mostly chose the longest training they were offered, so more passes might "
        "help them; a network from scratch that is stopped early stands in sequence_model.md.",
    ]
    lines += ["", "## In short", "", *_in_short(baselines, pd.DataFrame(found["matched"]))]
    for metric in ("auroc", "auprc", "precision_at_100"):
        lines += ["", f"## {METRICS.get(metric)}", ""] + _against(baselines[baselines["metric"] == metric])
    lines += ["", "![gain over baselines and peers](evaluation.svg)"]
    lines += ["", "## Within matched pairs", "", *_matched(pd.DataFrame(found["matched"]))]
    lines += ["", "## Calibration and coverage of the shipped models", "", *_calibration(found)]
    lines += ["", "## Controls of the shipped models", "", *_controls(pd.DataFrame(found["controls"]))]
    lines += ["", "## Leakage audit of the shipped models", "", *_audit(pd.DataFrame(found["audit"]))]
    return "\n".join(lines) + "\n"


def forest_plot(rows: Rows) -> str:
    """Gain in AUPRC of the stack over each baseline and peer, with its interval; one panel per cell type."""
    import matplotlib as mpl
    from matplotlib.figure import Figure

    table = pd.DataFrame(rows)
    table = table[(table["metric"] == "auprc") & table["task"].isin(TASKS)]
    cells = [cell for cell in NAMES if (table["cell"] == cell).any()]
    names = [name for name in dict.fromkeys(table["baseline"]) if not name.startswith("chance")]
    figure = Figure(figsize=(3.4 * len(cells), 0.42 * len(names) + 1.2), layout="constrained")
    colours = dict(zip(TASKS, ("#b2182b", "#2166ac", "#555555"), strict=True))
    panels = figure.subplots(1, len(cells), sharey=True, squeeze=False)[0]
    for axis, cell in zip(panels, cells, strict=True):
        for offset, task in zip((-0.22, 0.0, 0.22), TASKS, strict=True):
            own = table[(table["cell"] == cell) & (table["task"] == task)].set_index("baseline").reindex(names)
            y = [number + offset for number in range(len(names))]
            axis.hlines(y, own["gain_low"], own["gain_high"], color=colours[task], linewidth=1.2)
            axis.plot(own["gain"], y, "o", color=colours[task], markersize=3, label=task)
        axis.axvline(0, color="black", linewidth=0.8)
        axis.set_title(NAMES[cell], fontsize=9)
        axis.tick_params(labelsize=7)
        axis.set_xlabel("AUPRC of the stack less that of …", fontsize=8)
    panels[0].set_yticks(range(len(names)), names)
    panels[0].invert_yaxis()
    figure.legend(*panels[0].get_legend_handles_labels(), fontsize=8, loc="outside upper center", ncols=len(TASKS))
    buffer = io.StringIO()
    with mpl.rc_context({"svg.hashsalt": "rarml", "svg.fonttype": "none"}):
        figure.savefig(buffer, format="svg", metadata={"Date": None})
    return "\n".join(line.rstrip() for line in buffer.getvalue().splitlines()) + "\n"


def _rival_seeds(table: pd.DataFrame) -> str:
    own = table[(table["kind"] == "peer") | table["baseline"].isin(WITHOUT_BLOCK)]
    own = own.drop_duplicates("baseline")
    return "; ".join(f"{count:g}: {', '.join(part['baseline'])}" for count, part in own.groupby("seeds"))


def _in_short(table: pd.DataFrame, within: pd.DataFrame) -> list[str]:
    """Where the stack is better, level and worse, counted and named."""
    lines = []
    held = table[table["task"].isin(TASKS) & ~table["baseline"].str.startswith("chance")]
    rivals = {
        "peers": held[held["kind"] == "peer"],
        "baselines": held[~held["baseline"].isin(OWN_PARTS) & (held["kind"] != "peer")],
        "its own parts": held[held["baseline"].isin(OWN_PARTS)],
    }
    for metric in ("auroc", "auprc"):
        for name, part in rivals.items():
            own = part[part["metric"] == metric]
            better, worse = own["gain_low"] > 0, own["gain_high"] < 0
            level = own[~better & ~worse]
            said = f"- {METRICS.get(metric, metric.upper())} against {name}: clearly better in {int(better.sum())} of "
            said += f"{len(own)} comparisons, clearly worse in {int(worse.sum())}"
            if name != "its own parts" and len(level):
                said += "; level: " + ", ".join(
                    f"{row['baseline']} ({NAMES[row['cell']]}, {row['task']})"
                    for row in level.to_dict(orient="records")
                )
            lines.append(said + ".")
    panel = within[within["predictor"] == PANEL]
    clear = panel[panel["gain_low"] > 0]
    lines.append(
        f"- Within matched pairs, over {PANEL}: clearly better in {len(clear)} of {len(panel)} comparisons"
        + "".join(f"; {NAMES[row['cell']]} {row['task']} {row['gain']:+.3f}" for row in clear.to_dict(orient="records"))
        + ". Aimed at were a gain of 0.08 on the organoid, a clear one on MCF-7, and an AUROC of 0.75 for MCF-7 up v "
        "down; designs tried: [stack_design.md](stack_design.md), [sequence_model.md](sequence_model.md)."
    )
    return lines


def _against(part: pd.DataFrame) -> list[str]:
    columns = [(cell, task) for cell in NAMES for task in TASKS if len(_some(part, cell, task))]
    lines = ["| | " + " | ".join(f"{NAMES[cell]}: {task}" for cell, task in columns) + " |"]
    lines.append("|---|" + "---|" * len(columns))
    if part["metric"].iloc[0] != "auroc":
        chance = [f"{_some(part, *key)['prevalence'].iloc[0]:.3f}" for key in columns]
        lines.append("| chance | " + " | ".join(chance) + " |")
    lines.append(
        "| **stack** | " + " | ".join(f"**{_some(part, *key)['model'].iloc[0]:.3f}**" for key in columns) + " |"
    )
    for kind, title in (("part or baseline", "parts and baselines"), ("peer", "peers")):
        own = part[part["kind"] == kind]
        if len(own):
            lines.append(f"| _{title}_ |" + " |" * len(columns))
        for name in [name for name in dict.fromkeys(own["baseline"]) if not name.startswith("chance")]:
            lines.append(f"| {name} | " + " | ".join(_cell(own, name, *key) for key in columns) + " |")
    return lines


def _some(part: pd.DataFrame, cell: str, task: str) -> pd.DataFrame:
    return part[(part["cell"] == cell) & (part["task"] == task)]


def _cell(part: pd.DataFrame, name: str, cell: str, task: str) -> str:
    own = part[(part["baseline"] == name) & (part["cell"] == cell) & (part["task"] == task)]
    if own.empty:
        return "–"
    row = own.iloc[0]
    gain = f"{row['gain']:+.3f} [{row['gain_low']:+.3f}, {row['gain_high']:+.3f}]"
    return f"{row['value']:.3f}; {f'**{gain}**' if row['gain_low'] > 0 else f'_{gain}_'}"


def _matched(table: pd.DataFrame) -> list[str]:
    names = list(dict.fromkeys(table["predictor"]))
    lines = [
        "Each gene of the first class beside one of the second that is alike in baseline expression, its spread over "
        "samples, GC, CpG observed/expected and CpG island: share of pairs in the right order; after the semicolon "
        f"what the stack gains. The gain over {PANEL} is what sequence, chromatin and RAREs are worth together.",
        "",
        "| cells | task | pairs (not matched) | largest imbalance | " + " | ".join(names) + " |",
        "|---|---|---|---|" + "---|" * len(names),
    ]
    for (cell, task), own in table.groupby(["cell", "task"], sort=False):
        rows = {row["predictor"]: row for row in own.to_dict(orient="records")}
        first = own.iloc[0]
        shown = []
        for name in names:
            row = rows.get(name)
            if row is None or pd.isna(row["value"]):
                shown.append("–")
            elif pd.isna(row["gain"]):
                shown.append(f"**{row['value']:.3f}** [{row['low']:.3f}, {row['high']:.3f}]")
            else:
                gain = f"{row['gain']:+.3f} [{row['gain_low']:+.3f}, {row['gain_high']:+.3f}]"
                shown.append(f"{row['value']:.3f}; {f'**{gain}**' if row['gain_low'] > 0 else f'_{gain}_'}")
        facts = f"{first['pairs']} ({first['unmatched']}) | {first['imbalance']:.2f}"
        lines.append(f"| {NAMES[str(cell)]} | {task} | {facts} | " + " | ".join(shown) + " |")
    return lines


def _calibration(found: dict[str, Any]) -> list[str]:
    whole = pd.DataFrame(found["whole"])
    lines = ["| cells | log loss (covariates) | Brier (covariates) | ECE [95 %] |", "|---|---|---|---|"]
    for cell in NAMES:
        own = whole[whole["cell"] == cell].set_index("metric")
        if own.empty:
            continue
        text = [f"{own.loc[name, 'value']:.3f} ({own.loc[name, 'baseline']:.3f})" for name in ("log_loss", "brier")]
        ece = own.loc["ece"]
        text.append(f"{ece['value']:.3f} [{ece['low']:.3f}, {ece['high']:.3f}]")
        lines.append(f"| {NAMES[cell]} | " + " | ".join(text) + " |")
    return [*lines, "", *_coverage(pd.DataFrame(found["coverage"]))]


def _coverage(table: pd.DataFrame) -> list[str]:
    levels = sorted(table["level"].unique())
    heads = [f"asked {level:.0%}: covered (classes per set)" for level in levels]
    lines = [
        "Coverage of the conformal sets on held-out chromosomes, by true class.",
        "",
        "| cells | genes | n | " + " | ".join(heads) + " |",
        "|---" * (3 + len(levels)) + "|",
    ]
    for (cell, genes), own in table.groupby(["cell", "genes"], sort=False):
        rows = {row["level"]: row for row in own.to_dict(orient="records")}
        shown = [f"{_interval(rows[level], 'coverage')} ({rows[level]['mean_size']:.2f})" for level in levels]
        lines.append(f"| {NAMES[str(cell)]} | {genes} | {own['n'].iloc[0]:,} | " + " | ".join(shown) + " |")
    return lines


def _controls(table: pd.DataFrame) -> list[str]:
    lines = [
        "Random folds are there to show what a leaky split would have given; the gap is what they flatter.",
        "",
        "| cells | control | task | AUROC | by grouped folds | gap | verdict |",
        "|---|---|---|---|---|---|---|",
    ]
    for row in table.to_dict(orient="records"):
        grouped, gap = "–", "–"
        if not pd.isna(row.get("gap")):
            grouped = f"{row['grouped']:.3f}"
            gap = f"{row['gap']:+.3f} [{row['gap_low']:+.3f}, {row['gap_high']:+.3f}]"
        facts = (NAMES[row["cell"]], row["control"], row["task"], _interval(row, "value"), grouped, gap, row["verdict"])
        lines.append("| " + " | ".join(facts) + " |")
    return lines


def _audit(table: pd.DataFrame) -> list[str]:
    cells = list(dict.fromkeys(table["cell"]))
    lines = [
        "What each check looked at and found is in the model's card and said by `rarml models verify`.",
        "",
        "| check | " + " | ".join(NAMES[cell] for cell in cells) + " |",
        "|---" * (1 + len(cells)) + "|",
    ]
    for check, own in table.groupby("check", sort=False):
        verdict = own.set_index("cell")["verdict"]
        shown = [verdict[cell] if verdict[cell] == "pass" else f"**{verdict[cell]}**" for cell in cells]
        lines.append(f"| {check} | " + " | ".join(shown) + " |")
    others = table[table["verdict"] != "pass"]
    said = [f"- {NAMES[row['cell']]}, {row['check']}: {row['found']}" for row in others.to_dict(orient="records")]
    return [*lines, "", *said] if said else lines


def _interval(row: dict[Any, Any], value: str) -> str:
    return f"{row[value]:.3f} [{row['low']:.3f}, {row['high']:.3f}]"

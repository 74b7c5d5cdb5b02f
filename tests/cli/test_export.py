"""`rarml export` as a person would use it."""

import subprocess
import sys


def test_a_model_is_exported_and_every_file_is_named(rarml, tmp_path):
    out = tmp_path / "out"
    found = rarml("export", "nb4", "--out", out, "-f", "gmt", "-f", "rnk", "--top", "50")
    assert found.status == 0, found.err
    assert "19,689 genes, models: nb4" in found.out
    assert "no gene set and no ranked list" in found.err.replace("\n", " ")
    written = {line.removeprefix("wrote ") for line in found.out.splitlines() if line.startswith("wrote ")}
    assert written == {str(path) for path in out.iterdir()}
    assert len((out / "targets.symbols.gmt").read_text().rstrip("\n").split("\t")) == 52


def test_a_result_is_never_replaced_unasked(rarml, tmp_path):
    out = tmp_path / "out"
    assert rarml("export", "nb4", "--out", out, "-f", "rnk").status == 0
    before = (out / "nb4.symbols.rnk").read_bytes()
    assert "exists already" in rarml("export", "mcf-7", "--out", out, "-f", "rnk").fault()
    assert (out / "nb4.symbols.rnk").read_bytes() == before
    assert rarml("export", "mcf-7", "--out", out, "-f", "rnk", "--overwrite").status == 0
    assert not (out / "nb4.symbols.rnk").exists()


def test_mistakes_are_one_line(rarml, tmp_path):
    out = tmp_path / "out"
    assert "did you mean 'mcf-7'" in rarml("export", "mcf7", "--out", out).fault()
    assert "did you mean 'anndata'" in rarml("export", "nb4", "--out", out, "-f", "anndat").fault()
    assert "is no rarml reference" in rarml("export", "nb4", "--out", out, "--reference", tmp_path).fault()
    assert not out.exists()


def test_help_loads_nothing_heavy():
    code = (
        "import sys; from rarml.cli.app import app; import typer.testing as t; r = t.CliRunner().invoke(app, "
        "['export', '--help']); assert r.exit_code == 0, r.output; "
        "print([m for m in ('pandas', 'anndata', 'torch') if m in sys.modules])"
    )
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout == "[]\n"

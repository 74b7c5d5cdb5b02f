"""Models, atlases and output folders that cannot be used."""

import os
import shutil
import tempfile
from pathlib import Path

import pytest

from rarml.bundle.registry import find_model, shipped_atlas


@pytest.fixture
def model(tmp_path):
    """A copy of a shipped model."""
    return Path(shutil.copytree(find_model("nb4"), tmp_path / "copy"))


def test_a_changed_a_missing_and_an_unreadable_file_of_a_model(rarml, model):
    card = model / "MODEL_CARD.md"
    card.write_text(card.read_text() + "better than it is\n")
    assert f"{card}: was changed since the model was written" in rarml("score", "TP53", "-m", model).fault()
    assert "was changed" in rarml("models", "verify", model).fault()
    card.unlink()
    assert (
        f"{card}: is missing (restore the folder from where it came from)" in rarml("compare", model, "mcf-7").fault()
    )
    (model / "bundle.json").write_text("{")
    assert "bundle.json:1: cannot be read" in rarml("models", "show", model).fault()
    (model / "bundle.json").write_text("{}")
    assert "has format version None, this rarml reads 3" in rarml("models", "show", model).fault()


def test_folders_that_are_no_model_and_no_atlas(rarml, tmp_path):
    assert "it has no bundle.json" in rarml("score", "TP53", "-m", tmp_path).fault()
    assert "holds no feature atlas" in rarml("score", "TP53", "--atlas", tmp_path).fault()
    assert "holds no model folder" in rarml("models", "list", "--in", tmp_path / "nowhere").fault()
    assert "neither a model, nor an atlas" in rarml("check", tmp_path).fault()


def test_a_changed_atlas_is_named(rarml, tmp_path):
    atlas = Path(shutil.copytree(shipped_atlas(), tmp_path / "atlas"))
    (atlas / "genes.parquet").write_bytes(b"PAR1")
    fault = rarml("score", "TP53", "-m", "mcf-7", "--atlas", atlas).fault()
    assert f"{atlas / 'genes.parquet'}: has changed since it was written" in fault


def test_no_folder_of_models(rarml, tmp_path, monkeypatch):
    monkeypatch.setenv("RARML_MODELS", str(tmp_path / "nowhere"))
    assert "no folder of models found (set RARML_MODELS" in rarml("score", "TP53").fault()


@pytest.mark.parametrize("verb", [("score", "TP53"), ("train", "nb4"), ("compare", "nb4", "mcf-7")])
def test_output_that_cannot_be_written_is_said_before_any_work(rarml, tmp_path, verb):
    (tmp_path / "file").write_text("mine")
    found = rarml(*verb, "--out", tmp_path / "file")
    assert "is a file, a folder was to be written (choose another --out)" in found.fault()
    found = rarml(*verb, "--out", tmp_path / "file" / "inside")
    assert f"cannot be written: {tmp_path / 'file'} is a file" in found.fault()
    assert found.out == ""
    assert (tmp_path / "file").read_text() == "mine"


def test_another_users_files_and_folders():
    """In a child of another user, since root (as in many containers) may read and write everything."""
    from rarml.cli import app
    from rarml.workflows import check, gene_input, score, train, train_inputs  # noqa: F401  (the child may not import)

    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        folder.chmod(0o755)
        secret = folder / "genes.txt"
        secret.write_text("TP53\n")
        secret.chmod(0)
        anyones = folder / "anyones"
        anyones.mkdir()
        anyones.chmod(0o777)
        unread = f"{secret}: may not be read (change its permissions, e.g. chmod u+r)"
        for arguments, said in {
            ("score", secret): unread,
            ("check", secret): unread,
            (
                "train",
                "x",
                "-c",
                secret,
                "--out",
                anyones / "m",
            ): unread,
            ("score", "TP53", "--out", folder / "o"): f"{folder / 'o'}: cannot be written: {folder} may not be written",
        }.items():
            status, printed = _as_another_user(app.main, arguments)
            if os.geteuid() != 0 and said.endswith("written"):
                continue  # the folder is this user's own
            assert status == 2
            assert printed.startswith(f"rarml: error: {said}"), printed
            assert printed.count("\n") == 1


def _as_another_user(main, arguments):
    """Exit status and standard error of `main` in a forked child without privileges."""
    import sys

    receive, send = os.pipe()
    child = os.fork()
    if child == 0:
        status = 0
        try:
            os.dup2(send, 2)
            sys.stderr = open(2, "w", closefd=False)  # noqa: SIM115
            if os.geteuid() == 0:
                os.setgroups([])
                os.setgid(65534)
                os.setuid(65534)
            sys.argv = ["rarml", *map(str, arguments)]
            main()
        except SystemExit as stop:
            status = int(stop.code or 0)
        except BaseException as fault:
            os.write(2, repr(fault).encode())
            status = 99
        finally:
            sys.stderr.flush()
            os._exit(status)
    os.close(send)
    with open(receive) as pipe:
        printed = pipe.read()
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), printed

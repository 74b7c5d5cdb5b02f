"""No forged or damaged folder is opened, and nothing in one is run."""

from pathlib import Path

import pytest
from tamper_verdicts import kinds, tamper_verdict
from tampering import MARK, copy_of, open_bundle
from tampering_atlas import open_atlas
from tampering_encoder import encoder_folder, open_encoder
from tampering_other import YAML
from tampering_reference import open_reference, reference_folder
from verdicts import GOOD


@pytest.fixture(scope="module")
def untouched(tmp_path_factory):
    """Folders that are made, not shipped; each must open before it is tampered with."""
    folder = tmp_path_factory.mktemp("untouched")
    made = {"encoder": encoder_folder(folder / "encoder"), "reference": reference_folder(folder / "reference")}
    assert open_encoder(made["encoder"])
    assert open_reference(made["reference"])
    return made


@pytest.mark.parametrize(("kind", "name"), [(kind, name) for kind in kinds() for name in kinds()[kind].cases])
def test_tampered(kind, name, untouched, tmp_path):
    assert tamper_verdict(kinds()[kind], name, tmp_path, untouched.get(kind)) == GOOD


def test_untouched_copies_are_opened(tmp_path):
    assert open_bundle(copy_of("nb4", tmp_path))
    assert open_atlas(copy_of("atlas", tmp_path))


@pytest.mark.parametrize("name", ["apply os.system", "new subprocess", "tag by URI"])
def test_the_commands_run_nothing_from_a_configuration(name, rarml, tmp_path):
    file = tmp_path / "evil.yaml"
    file.write_text(YAML[name])
    for words in (
        ("train", "--config", file),
        ("tune", "mcf-7", "--space", file),
        ("reference", "build", file, "--out", tmp_path),
    ):
        assert "evil.yaml" in rarml(*words).fault()
        assert not Path(MARK).exists()


def test_verify_names_what_is_wrong_with_a_forged_model(rarml, tmp_path):
    folder = copy_of("nb4", tmp_path)
    kinds()["model"].cases["forged: pickle for trees"](folder)
    said = rarml("models", "verify", folder).fault()
    assert str(folder) in said
    assert "damaged" in said

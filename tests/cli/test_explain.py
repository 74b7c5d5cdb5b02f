"""`rarml explain` on the command line."""

import json

import pytest


def test_a_card_on_the_terminal(rarml):
    found = rarml("explain", "DHRS3", "nonsense", "-m", "nb4", "-m", "mcf-7", "--top", 2)
    assert found.status == 0, found.err
    for said in (
        "DHRS3 (ENSG00000162496)",
        "covariates",
        "RAREs",
        "side by side",
        "Candidate RAREs",
        "doubles the odds",
    ):
        assert said in found.out
    assert "nonsense: unmapped" in found.err
    assert "validated" not in found.out


def test_json_is_all_that_is_printed(rarml, tmp_path):
    found = rarml("explain", "DHRS3", "-m", "nb4", "--json", "--out", tmp_path / "out")
    assert found.status == 0, found.err
    printed = json.loads(found.out)
    assert printed["result"]["cards"][0]["symbol"] == "DHRS3"
    assert printed["result"] == json.loads((tmp_path / "out" / "card.json").read_text())
    assert (tmp_path / "out" / "DHRS3.html").is_file()


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("CYP26AA1",), "did you mean 'CYP26A1'"),
        (("DHRS3", "-m", "mcf-8"), "did you mean"),
        (("DHRS3", "--reference", "nowhere"), "nowhere"),
    ],
)
def test_faults_are_one_line(rarml, arguments, said):
    more = () if "-m" in arguments else ("-m", "nb4")
    assert said in rarml("explain", *arguments, *more).fault()


def test_an_existing_folder_is_refused_before_work_begins(rarml, tmp_path):
    (tmp_path / "a").write_text("x")
    assert "exists already" in rarml("explain", "DHRS3", "-m", "nb4", "--out", tmp_path).fault()


def test_of_many_genes_the_evidence_of_the_first_is_printed(rarml):
    genes = ["DHRS3", "CYP26A1", "TGM2", "CD38", "HOXA1", "RARB"]
    found = rarml("explain", *genes, "-m", "nb4", "--top", 1)
    assert found.status == 0, found.err
    assert all(f"{gene} (ENSG" in found.out for gene in genes)
    assert found.out.count("nb4: where P comes from") == 5
    assert "The evidence of the first 5 genes is shown" in found.out

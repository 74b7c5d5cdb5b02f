"""A sample sheet says what is compared; what cannot be compared is said in one line."""

import numpy as np
import pytest

from rarml.core.errors import InputError
from rarml.labels.count_spec import CountSpec
from rarml.labels.design import choose_samples, read_samples

ROWS = [
    "sample,condition,batch,dose",
    *(f"v{n},vehicle,b{n % 2},0" for n in range(4)),
    *(f"a{n},ATRA,b{n % 2},{50 * (1 + n // 2)} nM" for n in range(4)),
    *(f"t{n},TGFb,b{n},0" for n in range(2)),
]


@pytest.fixture
def sheet(tmp_path):
    def write(*rows):
        path = tmp_path / "samples.csv"
        path.write_text("\n".join(rows or ROWS) + "\n")
        return read_samples(path)

    return write


def choose(sheet, **given):
    return choose_samples(sheet, CountSpec(matrix="m", **given), "samples.csv")


def test_conditions_not_named_are_left_out_and_the_control_is_known_by_its_name(sheet):
    design = choose(sheet(), treated=("ATRA",), factors=("batch",))
    assert design.groups() == {"vehicle": ["v0", "v1", "v2", "v3"], "ATRA": ["a0", "a1", "a2", "a3"]}
    assert design.formula == "~ batch + condition"
    assert "reference: vehicle (by its name)" in design.notes
    assert "2 samples of other conditions are left out: TGFb" in design.notes
    matrix = design.matrix()
    assert matrix.to_numpy().T.tolist() == [[1] * 8, [0, 1] * 4, [0] * 4 + [1] * 4]
    assert design.contrast("ATRA").tolist() == [0, 0, 1]


def test_several_doses_are_one_design_with_a_contrast_each(sheet):
    design = choose(sheet(), condition="dose", reference="0", treated=("50 nM", "100 nM"))
    assert design.matrix().shape == (10, 3)
    assert design.contrast("50 nM").tolist() == [0, 1, 0]
    assert np.linalg.matrix_rank(design.matrix()) == 3


def test_a_subset_is_of_samples_that_hold_one_of_the_values(sheet):
    design = choose(sheet(), treated=("ATRA",), subset={"dose": ("0", "50 nM")})
    assert design.groups()["ATRA"] == ["a0", "a1"]


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"condition": "conditon"}, "no column 'conditon' (given for condition) (did you mean 'condition'?)"),
        ({}, "2 conditions besides the reference (name those to compare with vehicle: ATRA, TGFb)"),
        ({"reference": "vehicel"}, "no condition is 'vehicel' (the reference) (did you mean 'vehicle'?)"),
        ({"treated": ("ATRA", "ATRA")}, "treated 'ATRA' is named twice"),
        ({"treated": ("vehicle",)}, "treated 'vehicle' is the reference too"),
        ({"treated": ("RA",)}, "no condition is 'RA' (treated)"),
        ({"subset": {"batch": ("b9",)}}, "no batch is 'b9'"),
        ({"subset": {"condition": ("ATRA",)}}, "every sample used has the condition 'ATRA': there is nothing"),
        ({"subset": {"condition": ("ATRA", "TGFb")}}, "it cannot be told which condition is untreated"),
        ({"treated": ("ATRA",), "subset": {"dose": ("0", "50 nM"), "batch": ("b0",)}}, "only one sample is 'ATRA'"),
        ({"treated": ("ATRA",), "factors": ("batch",), "subset": {"batch": ("b0",)}}, "factor 'batch' is 'b0'"),
        ({"treated": ("ATRA",), "factors": ("dose",)}, "cannot be told from that of dose"),
    ],
)  # fmt: skip
def test_what_cannot_be_compared(sheet, given, said):
    with pytest.raises(InputError) as caught:
        choose(sheet(), **given)
    assert said in str(caught.value)
    assert str(caught.value).startswith("samples.csv: ")


def test_more_effects_than_samples(sheet):
    rows = ["sample,condition,a,b", "1,vehicle,x,p", "2,vehicle,y,q", "3,ATRA,x,q", "4,ATRA,y,q"]
    with pytest.raises(InputError, match="4 samples for 4 effects"):
        choose(sheet(*rows), factors=("a", "b"))


def test_a_sample_twice_or_without_a_name_or_condition(sheet):
    with pytest.raises(InputError, match=r"csv:4: sample 's1' stands twice \(first on line 2\)"):
        sheet("sample,condition", "s1,a", "s2,a", "s1,b")
    with pytest.raises(InputError, match=r"csv:3: a sample without a name"):
        sheet("sample,condition", "s1,a", ",a")
    with pytest.raises(InputError, match="sample 's2' has no condition"):
        choose(sheet("sample,condition", "s1,control", "s2,", "s3,a"))
    with pytest.raises(InputError, match="column 'condition' stands twice"):
        sheet("sample,condition,condition", "s1,a,b")

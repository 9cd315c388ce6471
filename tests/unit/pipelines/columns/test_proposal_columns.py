"""The labels of the columns of proposals: what is written is found again, and a look-alike is not taken for one."""

from pipelines.columns.column_labels import field_names_by_label
from pipelines.columns.proposal_columns import find_proposal_columns, is_proposal_label, proposal_labels
from support.contracts import contract_with
from support.files import venues

NAMES = field_names_by_label(venues())


def test_the_labels_of_a_field_are_found_again_wherever_they_stand():
    labels = [*proposal_labels(venues().get_field("area_m2"), venues())]
    assert labels == ["原填值：面积", "建议值：面积"]
    assert find_proposal_columns(["编号", *labels], NAMES) == {"area_m2": (1, 2)}
    assert find_proposal_columns([labels[1], "编号", labels[0]], NAMES) == {"area_m2": (2, 0)}


def test_blanks_and_half_width_signs_do_not_matter():
    assert find_proposal_columns([" 建议值: 面积 "], NAMES) == {"area_m2": (None, 0)}


def test_a_column_of_written_values_alone_and_a_title_of_no_field_are_none():
    assert find_proposal_columns(["原填值：面积", "建议值：备注", "建议值"], NAMES) == {}


def test_two_fields_with_one_title_are_named_by_their_names():
    contract = contract_with([{"name": "a", "title": "数"}, {"name": "b", "title": "数"}])
    names = field_names_by_label(contract)
    labels = [label for field in contract.fields for label in proposal_labels(field, contract)]
    assert find_proposal_columns(labels, names) == {"a": (0, 1), "b": (2, 3)}


def test_only_labels_of_ours_look_like_them():
    assert [is_proposal_label(label) for label in ("建议值：面积", "原填值:x", "建议", "面积")] == [
        True,
        True,
        False,
        False,
    ]

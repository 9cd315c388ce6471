import pytest

from schemas.departments import find_department, read_departments
from schemas.errors import ContractError, UsageError

HEAD = "code,zh,en,kind,admin_code"
SHENYANG = "210100,沈阳市体育局,Shenyang Sports Bureau,city_bureau,210100"
MASS = "ln-qunti,群众体育处,Mass Sports Division,province_unit,210000"


def written(folder, *lines):
    path = folder / "departments.csv"
    path.write_text("\n".join([HEAD, *lines]) + "\n", encoding="utf-8")
    return path


def test_departments_keep_the_order_of_the_file(tmp_path):
    read = read_departments(written(tmp_path, MASS, SHENYANG))
    assert list(read) == ["ln-qunti", "210100"]
    assert read["210100"].name.zh == "沈阳市体育局"
    assert read["210100"].kind == "city_bureau"


def test_a_department_is_found_by_its_code(tmp_path):
    read = read_departments(written(tmp_path, SHENYANG))
    assert find_department(read, "210100").en == "Shenyang Sports Bureau"


def test_an_unknown_department_is_answered_with_those_that_exist(tmp_path):
    read = read_departments(written(tmp_path, MASS, SHENYANG))
    with pytest.raises(UsageError) as caught:
        find_department(read, "沈阳")
    assert "沈阳市体育局" in caught.value.text.zh
    assert "ln-qunti, 210100" in caught.value.text.en


@pytest.mark.parametrize(
    "line",
    [
        SHENYANG.replace("city_bureau", "bureau"),
        SHENYANG.replace(",210100", ",110100"),
        "../up,名,Name,city_bureau,210100",
        "A B,名,Name,city_bureau,210100",
        "210100,名",
        SHENYANG + ",more",
    ],
)
def test_a_wrong_line_is_refused_with_its_number(tmp_path, line):
    with pytest.raises(ContractError, match=r"departments\.csv:3"):
        read_departments(written(tmp_path, MASS, line))


def test_a_department_that_is_there_twice_is_refused(tmp_path):
    with pytest.raises(ContractError, match="210100 is twice"):
        read_departments(written(tmp_path, SHENYANG, SHENYANG))

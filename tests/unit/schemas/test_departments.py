import pytest

from schemas.departments import find_department, name_departments, read_departments
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
    assert "ln-qunti Mass Sports Division, 210100 Shenyang Sports Bureau" in caught.value.text.en


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


def test_the_area_of_a_department_is_its_county_its_city_or_the_province():
    departments = read_departments()
    assert [departments[code].area for code in ("210102", "210100", "ln-qunti", "ln-zuxie")] == [
        "210102",
        "2101",
        "21",
        "21",
    ]
    assert [departments[code].is_local for code in ("210102", "210100", "ln-qunti")] == [True, True, False]


@pytest.mark.parametrize("line", ["210103,某区,District,county_bureau,210102", "210100,某市,City,county_bureau,210100"])
def test_the_unit_of_a_county_has_the_code_of_its_county(tmp_path, line):
    file = tmp_path / "departments.csv"
    file.write_text(f"code,zh,en,kind,admin_code\n{line}\n", encoding="utf-8")
    with pytest.raises(ContractError):
        read_departments(file)


def test_a_message_does_not_list_a_hundred_counties():
    said = name_departments(read_departments().values())
    assert "100 个县（市、区）的六位区划代码，如 210102" in said.zh
    assert "210103" not in said.zh + said.en
    assert "210100 沈阳市体育局" in said.zh

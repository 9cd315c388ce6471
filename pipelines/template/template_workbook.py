"""The template as a workbook: the order of its sheets, its file name, and its bytes, which are identical at every run.

Not here: the content of a sheet.
"""

from openpyxl import Workbook

from pipelines.annotated_workbook.undated_workbook import pack_undated
from pipelines.normalise.labels import distinct_labels
from pipelines.submissions.inbox.inbox import may_submit
from pipelines.template import data_sheet, guide_sheet
from pipelines.workbook_stamp import STAMP, TemplateStamp
from pipelines.workspace import Workspace
from schemas.codelists import Code, CodeList, codes_for
from schemas.contract import Contract
from schemas.departments import Department, find_department
from schemas.errors import UsageError
from schemas.rules.rules import InArea
from schemas.text import Text

DATA = "填报表"
_PERIOD = {"year": "YYYY", "quarter": "YYYY-Qn", "month": "YYYY-MM"}


def template_filename(contract: Contract) -> str:
    """Returns the file name that the inbox expects, with a placeholder for the period: `facility_YYYY.xlsx`."""
    return f"{contract.name}_{_PERIOD[contract.policy.slice.period]}.xlsx"


def build_template(workspace: Workspace, contract: Contract, department: Department | None = None) -> bytes:
    """Returns the bytes of the template; a city bureau gets only the division codes of its own area.

    Raises UsageError if the department does not submit the dataset, or nobody does because the platform builds it.
    """
    if contract.policy.built is not None:
        raise UsageError(
            Text(
                zh=f"“{contract.title.zh}”由平台生成，不需报送，没有采集模板",
                en=f"{contract.title.en} is built by the platform; nobody hands it in, so it has no template",
            )
        )
    if department and not may_submit(contract, department):
        who = "、".join(contract.policy.submitters)
        raise UsageError(
            Text(
                zh=f"“{contract.title.zh}”不由{department.zh}报送；报送单位：{who}",
                en=f"{contract.title.en} is not handed in by {department.en}; it is by {who}",
            )
        )
    codes = _offered_codes(workspace, contract, department)
    book = Workbook()
    guide, data = book.worksheets[0], book.create_sheet(DATA)
    guide.title = guide_sheet.TITLE
    lists = {(known.name, offered): known for known, offered in codes.values()}
    sources = data_sheet.fill_codes_sheet(book.create_sheet(data_sheet.TITLE), lists) if lists else {}
    offers = {
        name: data_sheet.CodeOffer(distinct_labels(offered, known), sources[known.name, offered])
        for name, (known, offered) in codes.items()
    }
    data_sheet.fill_data_sheet(data, contract, workspace.codelists, offers)
    guide_sheet.fill_guide_sheet(
        guide,
        contract,
        workspace.codelists,
        workspace.departments,
        department=department,
        filename=template_filename(contract),
    )
    hidden = book.create_sheet(STAMP)
    for row in TemplateStamp("template", contract.name, contract.version).stamp_rows():
        hidden.append(row)
    hidden.sheet_state = "hidden"
    book.active = data
    guide.sheet_view.tabSelected = False
    return pack_undated(book)


def _offered_codes(
    workspace: Workspace, contract: Contract, department: Department | None
) -> dict[str, tuple[CodeList, tuple[Code, ...]]]:
    """Returns code list and offered codes by field name.

    The bureau of a city or county gets only the divisions of its own area in fields with an InArea rule.
    """
    own = {rule.field for rule in contract.rules if isinstance(rule, InArea)}
    found = {}
    for field in contract.fields:
        known = workspace.codelists.get(field.policy.codelist or "")
        if known is None:
            continue
        codes = codes_for(field, known)
        if department and department.is_local and field.name in own:
            codes = tuple(code for code in codes if code.code.startswith(department.area))
        if codes:
            found[field.name] = known, codes
    return found


def require_department(workspace: Workspace, code: str) -> Department:
    """Returns the department with that code; raises UsageError, which lists the known codes, if there is none."""
    return find_department(workspace.departments, code)

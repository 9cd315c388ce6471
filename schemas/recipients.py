"""Where alerts go: addresses of each department and role, from `alerts.yaml` in the home folder. Addresses hold passwords.

Key: department code or role. An address is an Apprise URL (mail, WeCom, DingTalk and many more). Without a file nobody is told
anything. Not here: what is told (`pipelines/alerts`), who may act (`people.py`).
https://github.com/caronc/apprise/wiki
"""

from collections.abc import Collection, Mapping
from pathlib import Path

import yaml
from pydantic import Field, SecretStr, ValidationError

from schemas.errors import ContractError
from schemas.frozen_model import FrozenModel
from schemas.people import Role
from schemas.text import Text

Addresses = tuple[SecretStr, ...]
ROLE_PREFIX = "role:"
READABLE_BY_OTHERS = 0o077
HEADING = """\
# 提醒发往哪里：单位代码或角色 → 地址。地址含密码，本文件只应本人可读（chmod 600）。
# Where alerts go: addresses by department code or role. They hold passwords; keep this file to yourself (chmod 600).
#
# departments:
#   "210100": ["mailtos://user:password@smtp.example.cn?from=lake@example.cn&to=office@example.cn"]
# roles:
#   steward: ["wecombot://KEY"]          # 企业微信群机器人 WeCom
#   operator: ["dingtalk://TOKEN"]       # 钉钉群机器人 DingTalk
departments: {}
roles: {}
"""
"""The text of a new file."""


class Recipients(FrozenModel):
    """All recipients of alerts. `file`: where the addresses are kept, whether it exists or not."""

    departments: Mapping[str, Addresses] = Field(default_factory=dict)
    roles: Mapping[Role, Addresses] = Field(default_factory=dict)
    file: Path

    def list_owners(self) -> dict[str, Addresses]:
        """Returns the addresses by department code and by `role:<role>`; owners without an address are left out."""
        roles = {f"{ROLE_PREFIX}{role}": addresses for role, addresses in self.roles.items()}
        return {owner: addresses for owner, addresses in {**self.departments, **roles}.items() if addresses}

    @property
    def is_exposed(self) -> bool:
        """Whether other users of the machine may read the file."""
        return self.file.is_file() and bool(self.file.stat().st_mode & READABLE_BY_OTHERS)


def read_recipients(file: Path, departments: Collection[str]) -> Recipients:
    """Reads the addresses in that file; without the file there are none.

    ContractError names the file and what is wrong in it, never an address: no YAML, an unknown role or department.
    """
    if not file.is_file():
        return Recipients(file=file)
    try:
        content = yaml.load(file.read_text(encoding="utf-8"), Loader=yaml.CSafeLoader) or {}
        found = Recipients(**content, file=file)
    except ValidationError as wrong:
        raise _wrong_file_error(file, _describe_without_values(wrong)) from None
    except yaml.MarkedYAMLError as wrong:
        line = wrong.problem_mark.line + 1 if wrong.problem_mark else 1
        raise _wrong_file_error(file, f"line {line}: {wrong.problem}") from None
    except (UnicodeDecodeError, TypeError):
        raise _wrong_file_error(file, "departments: … roles: …") from None
    if unknown := sorted(set(found.departments) - set(departments)):
        raise _wrong_file_error(file, f"{', '.join(unknown)}: 没有这个单位 no such department")
    return found


def _describe_without_values(wrong: ValidationError) -> str:
    first = wrong.errors(include_input=False, include_context=False)[0]
    return f"{'.'.join(map(str, first['loc']))}: {first['msg']}"


def _wrong_file_error(file: Path, what: str) -> ContractError:
    return ContractError(Text(zh=f"提醒地址 {file} 有误：{what}", en=f"the addresses in {file} are wrong: {what}"))

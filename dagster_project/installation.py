"""Opens the workspace of given settings, with its contracts. Used by the assets and by the command line.

Does not import Dagster, so that `sportlake check` need not wait for it. Not here: the settings, or any use of the
workspace.
"""

from collections.abc import Collection, Mapping
from functools import cache, partial
from pathlib import Path
from typing import TYPE_CHECKING

from dagster_project.engine_kind import EngineChoice
from dagster_project.pandas_import import avoid_pandas_import
from dagster_project.settings import Settings
from pipelines.workspace import Workspace, open_workspace
from schemas.codelists import open_codelists
from schemas.contract import Contract, open_contracts, read_contracts
from schemas.errors import UsageError
from schemas.people import Role, describe_roles, read_people
from schemas.table_parts import PartRules
from schemas.text import Text
from warehouse.layout import Layout

if TYPE_CHECKING:
    from schemas.execution.engine import LargeWork
    from warehouse.storage.object_store import BucketAddress

DECIDERS: tuple[Role, ...] = ("steward", "head")
"""Who may decide about a hand-in and about what is public."""


@cache
def load_contracts(folder: Path) -> Mapping[str, Contract]:
    """Returns the contracts of a folder, read once per process: assets are made of them, so changes need a reload."""
    return read_contracts(folder)


def load_workspace(settings: Settings, *, follow: bool = True) -> Workspace:
    """Workspace for these settings, cached per process; without a person named in them the system account acts.

    Its home follows its bucket, if there is one, unless `follow` is False. ContractError if a contract or the list of people is wrong;
    UsageError if the person is not in that list; StorageError if the bucket cannot be asked.
    """
    if follow and settings.bucket:
        # Before anything else is read: the list of people, and whether the inbox holds samples, come from there too.
        _open_for(settings, "").follow_storage()
    return _open_for(settings, _find_actor(settings))


def _open_for(settings: Settings, actor: str) -> Workspace:
    synthetic = Layout(settings.home).synthetic_marker.is_file()
    return _open_cached(
        settings.home,
        actor,
        settings.contracts,
        settings.ledger_address,
        settings.bucket,
        EngineChoice(**{name: getattr(settings, name) for name in EngineChoice._fields}),
        synthetic,
    )


def load_checking_workspace(settings: Settings) -> Workspace:
    """Workspace for these settings in which contracts and code lists are read when they are looked up: a check needs few of them.

    UsageError, and ContractError about the list of people, as in `load_workspace`; a wrong contract raises only when it is looked up.
    """
    return open_workspace(
        settings.home,
        _find_actor(settings),
        open_contracts(settings.contracts),
        codelists=open_codelists(),
        ledger_address=settings.ledger_address,
    )


def _find_actor(settings: Settings) -> str:
    people = read_people(Layout(settings.home).people)
    return (people.system if settings.who is None else people.find_person(settings.who)).name


def load_deciding_workspace(settings: Settings, roles: Collection[Role] = DECIDERS) -> Workspace:
    """Workspace in which a person with one of those roles decides; UsageError names who could, and how to say it."""
    workspace = load_workspace(settings)
    people = workspace.people
    person = people.find_person(workspace.actor)
    if settings.who is not None and set(person.roles) & set(roles):
        return workspace
    wanted, holders = describe_roles(roles), "、".join(one.name for one in people.list_holders(roles))
    if not holders:
        raise UsageError(
            Text(
                zh=f"须由{wanted.zh}决定，但人员名单 {people.file} 中还没有；请用 sportlake people add 姓名 --role 角色 登记",
                en=f"a {wanted.en.replace(' and ', ' or ')} must decide, and {people.file} names none; run sportlake people add NAME --role …",
            )
        )
    person_text = f"{person.name}（{describe_roles(person.roles).zh}）"
    raise UsageError(
        Text(
            zh=f"须由{wanted.zh}决定，{person_text}不能；请用 --as 写明决定人：{holders}",
            en=f"a {wanted.en.replace(' and ', ' or ')} must decide, not {person.name} ({describe_roles(person.roles).en}); say with --as who does: {holders}",
        )
    )


@cache
def _open_cached(
    home: Path,
    who: str,
    contracts: Path,
    ledger_address: str | None,
    bucket: "BucketAddress | None",
    engine: EngineChoice,
    synthetic: bool,
) -> Workspace:
    """Caches the workspace: reading contracts and code lists takes as long as a small file, and every step needs it.

    Whether the inbox is a sample can change during a process; it is part of the cache key.
    """
    del synthetic
    avoid_pandas_import()
    return open_workspace(
        home,
        who,
        load_contracts(contracts),
        ledger_address=ledger_address,
        bucket=bucket,
        large_work=_open_large_work(engine),
        release_parts=_open_part_rules(engine),
    )


def _open_large_work(choice: EngineChoice) -> "LargeWork | None":
    if choice.is_this_process:
        return None
    from dagster_project.engines import make_large_work  # noqa: PLC0415 -- most installations have no engine

    return make_large_work(choice)


def _open_part_rules(choice: EngineChoice) -> PartRules:
    rules = PartRules(choice.release_parts_from, choice.release_part_rows)
    if choice.is_this_process:
        return rules
    from dagster_project.engines import open_engine  # noqa: PLC0415 -- as above

    return rules._replace(open_engine=partial(open_engine, choice))

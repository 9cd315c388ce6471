"""The resource of the assets: workspace and clock. A `ConfigurableResource`, so tests and launchers can swap the paths.

Not here: settings read from the environment (`settings.py`), or any use of the workspace (`pipelines`).
https://docs.dagster.io/guides/build/external-resources
"""

from datetime import datetime
from pathlib import Path

import dagster as dg

from catalog.plan import Catalogue
from dagster_project.catalogues import open_catalogue
from dagster_project.installation import load_workspace
from dagster_project.receipt_ports import DEFAULT_PORT
from dagster_project.settings import Settings
from pipelines.workspace import Workspace


class WorkspaceResource(dg.ConfigurableResource[None]):
    """One installation, given by its settings as plain strings, as Dagster requires; opened once per process.

    Dagster writes these strings into run configurations, so they hold no secrets: the token of a CKAN is read where it is used.
    """

    home: str
    contracts: str
    who: str | None = None
    clock: str | None = None
    ckan: str | None = None
    receipts_port: int = DEFAULT_PORT

    @classmethod
    def from_settings(cls, settings: Settings) -> "WorkspaceResource":
        """Returns the resource of those settings."""
        clock = settings.clock.isoformat() if settings.clock else None
        return cls(
            home=str(settings.home),
            contracts=str(settings.contracts),
            who=settings.who,
            clock=clock,
            ckan=str(settings.ckan) if settings.ckan else None,
            receipts_port=settings.receipts_port,
        )

    def read_settings(self) -> Settings:
        """Returns the settings of this resource."""
        clock = datetime.fromisoformat(self.clock) if self.clock else None
        ckan = Path(self.ckan) if self.ckan else None
        return Settings(
            home=Path(self.home),
            contracts=Path(self.contracts),
            who=self.who,
            clock=clock,
            ckan=ckan,
            receipts_port=self.receipts_port,
        )

    def open_workspace(self) -> Workspace:
        """Returns the workspace: paths, contracts, code lists, departments, lake and ledger."""
        return load_workspace(self.read_settings())

    def open_catalogue(self, name: str) -> Catalogue:
        """Opens the catalogue of that name; UsageError if it is not configured."""
        return open_catalogue(self.open_workspace(), self.read_settings(), name)

    def current_time(self) -> datetime:
        """Returns the current time, in the time zone of the workspace."""
        return self.read_settings().current_time()

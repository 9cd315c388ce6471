"""Where `make setup` puts the npm packages that pages of the static site use, and axe-core; tests that need them fail where they are missing."""

import sys
from pathlib import Path

PACKAGES = Path(sys.prefix) / "browser" / "node_modules"

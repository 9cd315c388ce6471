"""Where `make setup` puts the npm packages that pages of the static site use; tests that need them fail where they are missing."""

import sys
from pathlib import Path

PACKAGES = Path(sys.prefix) / "browser" / "node_modules"

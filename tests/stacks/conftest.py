"""Contract tests run where their stack is installed: `make test-stacks`, never by themselves."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1] / "helpers"))

# Given by name they run all the same.
collect_ignore_glob = ["*.py"]

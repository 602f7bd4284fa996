"""The helpers of these tests stand beside them, without a package: make them importable."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))

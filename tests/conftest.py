"""Settings of all tests."""

import os
import sys
from pathlib import Path

from hypothesis import HealthCheck, settings

# No test may ask the network for a model: read when huggingface_hub is first imported, and by the
# commands that tests start.
os.environ["HF_HUB_OFFLINE"] = "1"

# Servers that misbehave, tiny checkpoints, bad images: what tests of several folders share.
sys.path.insert(0, str(Path(__file__).parent / "helpers"))

# The machines that run the tests are shared: time says nothing about the code.
settings.register_profile(
    "rewardkit", deadline=None, suppress_health_check=[HealthCheck.too_slow], print_blob=True
)
settings.load_profile("rewardkit")

"""What is it worth? Rollouts in, scores out.

Every reward is a small frozen value whose fields are its options; `REWARDS` names them all.
Adding one touches its file, this table and its test.
"""

from rewardkit.rewards.accuracy import Accuracy
from rewardkit.rewards.base import Reward, pointwise
from rewardkit.rewards.best import Best
from rewardkit.rewards.config import decode
from rewardkit.rewards.constant import Constant
from rewardkit.rewards.custom import Custom
from rewardkit.rewards.encoding import encode, to_yaml
from rewardkit.rewards.fingerprints import fingerprint, versions
from rewardkit.rewards.format import Format
from rewardkit.rewards.gate import Gate
from rewardkit.rewards.group import Group
from rewardkit.rewards.keyword_recall import KeywordRecall
from rewardkit.rewards.language import Language
from rewardkit.rewards.length import Length
from rewardkit.rewards.load import load_reward
from rewardkit.rewards.options import parse_option
from rewardkit.rewards.preset import preset_names, preset_text
from rewardkit.rewards.repetition import Repetition
from rewardkit.rewards.route import Route
from rewardkit.rewards.transform import Clip, Saturate, Scale
from rewardkit.rewards.walk import needs_groups
from rewardkit.rewards.weighted import Part, Weighted

__all__ = [
    "REWARDS",
    "Accuracy",
    "Best",
    "Clip",
    "Constant",
    "Custom",
    "Format",
    "Gate",
    "Group",
    "KeywordRecall",
    "Language",
    "Length",
    "Part",
    "Repetition",
    "Reward",
    "Route",
    "Saturate",
    "Scale",
    "Weighted",
    "decode",
    "encode",
    "fingerprint",
    "load_reward",
    "needs_groups",
    "parse_option",
    "pointwise",
    "preset_names",
    "preset_text",
    "to_yaml",
    "versions",
]

REWARDS: dict[str, type[Reward]] = {
    "accuracy": Accuracy,
    "best": Best,
    "clip": Clip,
    "constant": Constant,
    "custom": Custom,
    "format": Format,
    "gate": Gate,
    "group": Group,
    "keyword-recall": KeywordRecall,
    "language": Language,
    "length": Length,
    "repetition": Repetition,
    "route": Route,
    "saturate": Saturate,
    "scale": Scale,
    "weighted": Weighted,
}
"""Every reward by the name it has in YAML."""

"""What is it worth? Rollouts in, scores out.

Every reward is a small frozen value whose fields are its options; `REWARDS` names them all.
Adding one touches its file, this table and its test.
"""

from rewardkit.rewards.accuracy import Accuracy
from rewardkit.rewards.answer_format import AnswerFormat
from rewardkit.rewards.base import Reward, pointwise
from rewardkit.rewards.best import Best
from rewardkit.rewards.boxes import Boxes
from rewardkit.rewards.clip_score import ClipScore
from rewardkit.rewards.config import decode
from rewardkit.rewards.constant import Constant
from rewardkit.rewards.custom import Custom
from rewardkit.rewards.encoding import encode, to_yaml
from rewardkit.rewards.fingerprints import fingerprint, versions
from rewardkit.rewards.format import Format
from rewardkit.rewards.gate import Gate
from rewardkit.rewards.group import Group
from rewardkit.rewards.jigsaw import Jigsaw
from rewardkit.rewards.judge import Judge
from rewardkit.rewards.keyword_recall import KeywordRecall
from rewardkit.rewards.language import Language
from rewardkit.rewards.length import Length
from rewardkit.rewards.load import load_reward
from rewardkit.rewards.non_repeat import NonRepeat
from rewardkit.rewards.options import parse_option
from rewardkit.rewards.perception_tokens import PerceptionTokens
from rewardkit.rewards.phrase_alignment import PhraseAlignment
from rewardkit.rewards.points import Points
from rewardkit.rewards.preference_model import PreferenceModel
from rewardkit.rewards.preset import preset_names, preset_text
from rewardkit.rewards.ref_caption import RefCaption
from rewardkit.rewards.remote_images import allow_remote_images
from rewardkit.rewards.repetition import Repetition
from rewardkit.rewards.route import Route
from rewardkit.rewards.transform import Clip, Saturate, Scale
from rewardkit.rewards.walk import needs_groups, uses_models
from rewardkit.rewards.weighted import Part, Weighted

__all__ = [
    "REWARDS",
    "Accuracy",
    "AnswerFormat",
    "Best",
    "Boxes",
    "Clip",
    "ClipScore",
    "Constant",
    "Custom",
    "Format",
    "Gate",
    "Group",
    "Jigsaw",
    "Judge",
    "KeywordRecall",
    "Language",
    "Length",
    "NonRepeat",
    "Part",
    "PerceptionTokens",
    "PhraseAlignment",
    "Points",
    "PreferenceModel",
    "RefCaption",
    "Repetition",
    "Reward",
    "Route",
    "Saturate",
    "Scale",
    "Weighted",
    "allow_remote_images",
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
    "uses_models",
    "versions",
]

REWARDS: dict[str, type[Reward]] = {
    "accuracy": Accuracy,
    "answer-format": AnswerFormat,
    "best": Best,
    "boxes": Boxes,
    "clip": Clip,
    "clip-score": ClipScore,
    "constant": Constant,
    "custom": Custom,
    "format": Format,
    "gate": Gate,
    "group": Group,
    "jigsaw": Jigsaw,
    "judge": Judge,
    "keyword-recall": KeywordRecall,
    "language": Language,
    "length": Length,
    "non-repeat": NonRepeat,
    "perception-tokens": PerceptionTokens,
    "phrase-alignment": PhraseAlignment,
    "points": Points,
    "preference-model": PreferenceModel,
    "ref-caption": RefCaption,
    "repetition": Repetition,
    "route": Route,
    "saturate": Saturate,
    "scale": Scale,
    "weighted": Weighted,
}
"""Every reward by the name it has in YAML."""

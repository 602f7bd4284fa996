"""A world of real handwritten digits, and a model small enough to learn it on a CPU in minutes."""

from rewardkit.digits.questions import CAPTION_WORDS, caption, gold_reply, right_answer
from rewardkit.digits.tiny_vlm import write_tiny_vlm
from rewardkit.digits.world import draw_rows, scan_indices

__all__ = [
    "CAPTION_WORDS",
    "caption",
    "draw_rows",
    "gold_reply",
    "right_answer",
    "scan_indices",
    "write_tiny_vlm",
]

"""Fine-tuning data as LLaVA-CoT and Mulberry ship it, read as questions of ours.

Source: LLaVA-CoT-100k has `image` and `conversations` of `from` and `value`
(PKU-YuanGroup/LLaVA-CoT@081cc3f); Mulberry-SFT has `images` and `messages` of `role` and `content`.
Both mark the place of an image by `<image>`.
"""

from typing import Any

HUMAN = ("human", "user")
REPLYING = ("gpt", "assistant")


def as_question(fields: dict[str, Any]) -> dict[str, Any]:
    r"""The fields of a question, from either form; a line of ours comes back as it is.

    The first reply is what is learned, what stands before it the prompt.

    >>> turns = [{"from": "human", "value": "<image>\nHow many?"}, {"from": "gpt", "value": "2"}]
    >>> as_question({"id": "a", "image": "a.png", "conversations": turns})
    {'id': 'a', 'images': ['a.png'], 'prompt': 'How many?', 'completion': '2'}
    """
    turns = fields.get("conversations", fields.get("messages"))
    if not isinstance(turns, list) or "completion" in fields or "prompt" in fields:
        return fields
    said = [_turn(turn) for turn in turns if isinstance(turn, dict)]
    reply = next((i for i, (who, _) in enumerate(said) if who in REPLYING), len(said))
    rest = {key: value for key, value in fields.items() if key not in _READ}
    if "image" in fields or "images" in fields:
        images = fields.get("images", fields.get("image"))
        rest["images"] = images if isinstance(images, list) else [images]
    before = [(who, text) for who, text in said[:reply] if text]
    if [who for who, _ in before] in ([name] for name in HUMAN):
        rest["prompt"] = before[0][1]
    else:
        roles = {name: "user" for name in HUMAN}
        rest["prompt"] = [{"role": roles.get(who, who), "content": text} for who, text in before]
    if reply < len(said):
        rest["completion"] = said[reply][1]
    return rest


_READ = ("conversations", "messages", "image", "images")


def _turn(turn: dict[str, Any]) -> tuple[str, str]:
    """Who speaks, and what, without the image's mark."""
    who, text = turn.get("from", turn.get("role")), turn.get("value", turn.get("content"))
    return str(who), str(text or "").replace("<image>", "").strip()

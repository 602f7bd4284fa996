"""The words that announce a name in a short sentence: `The answer is`, `It is`, `答案是`."""

import re

_FRAME = re.compile(
    r"(?:(?:therefore|thus|hence|so)\b\s?,?\s?)?"
    r"(?:(?:the|my|this)\s)?(?:(?:final|correct|right|best)\s)?"
    r"(?:(?:answer|option|choice|label|class|category|title)\s?(?:is\b|:)"
    r"|(?:image|picture|photo|object|animal)\s(?:is|shows|depicts)\b"
    r"|(?:it|this|that)\sis\b|it's\b|(?:正确)?答案(?:是|为|:))"
    r"[\s:]?",
    re.IGNORECASE,
)


def after_frame(text: str) -> str | None:
    """What follows the words that announce a name.

    Args:
        text: A cleaned text.

    Returns:
        The rest of the text, which may hold anything; None where nothing is announced.

    >>> after_frame("The answer is: dog"), after_frame("It's a dog."), after_frame("dog")
    (' dog', 'a dog.', None)
    """
    match = _FRAME.match(text)
    return text[match.end() :] if match else None

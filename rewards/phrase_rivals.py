"""Phrases that a claim is measured against: those of other images, and those of any image."""

from typing import Final

DISTRACTORS: Final = (
    *("dog", "black cat", "horse in a field", "flock of birds", "cow", "elephant", "fish"),
    *("child with a ball", "woman in a red dress", "man with a hat", "crowd of people", "baby"),
    *("old man reading", "soldier", "dancer on a stage", "football player", "surgeon", "bride"),
    *("red car", "yellow bus", "bicycle", "motorcycle", "train at a station", "airplane", "boat"),
    *("traffic light", "stop sign", "bridge over a river", "tall building", "wooden house"),
    *("church tower", "narrow street", "parking lot", "airport hall", "kitchen", "bathroom sink"),
    *("bed with pillows", "office desk", "leather sofa", "empty chair", "staircase", "window"),
    *("mountain with snow", "sandy beach", "forest path", "waterfall", "sunset", "cloudy sky"),
    *("green grass", "field of flowers", "desert", "lake", "night sky with stars", "fire"),
    *("pizza", "bowl of soup", "slice of cake", "cup of coffee", "glass of wine", "bananas"),
    *("broccoli", "loaf of bread", "sandwich", "basket of apples", "bottle of water", "fork"),
    *("laptop", "phone", "television", "clock on a wall", "camera", "guitar", "piano", "book"),
    *("umbrella", "backpack", "pair of shoes", "tie", "scissors", "key", "toothbrush", "candle"),
    *("bar chart", "pie chart", "line graph", "table of numbers", "street map", "floor plan"),
    *("right triangle", "circle with a radius", "electric circuit", "page of text", "handwriting"),
    *(
        "chest x ray",
        "brain scan",
        "microscope slide",
        "logo",
        "tent",
        "cartoon character",
        "oil painting",
    ),
)
"""What is in some images and not in most: each beats a given image by chance only."""

GENERIC: Final = (
    *("image", "photo", "picture of something", "some objects", "close up", "scene", "background"),
    *("things in an image", "something", "good quality photo", "blurry image", "detailed view"),
)
"""What can be said of any image."""

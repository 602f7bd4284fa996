"""What a server is asked to be."""

import msgspec

from rewardkit.formats import Places
from rewardkit.rewards.base import Reward
from rewardkit.server.limits import Limits


class Settings(msgspec.Struct, frozen=True):
    """What the user asked for.

    Attributes:
        reward: The reward.
        host: Name or address to listen on.
        port: Port to listen on; 0 lets the system choose.
        workers: Processes that score.
        limits: What requests may ask for.
        places: Renamings of the fields of a rollout.
        image_root: The folder whose files a request may name as images, None for none.
        token: What a request must bring, None for nothing.
        unjudged: The number that answers OpenRLHF for 'not judged', None for an error.
        end_tokens: What is cut off the end of OpenRLHF's replies besides the usual tokens.
    """

    reward: Reward
    host: str = "127.0.0.1"
    port: int = 0
    workers: int = 1
    limits: Limits = Limits()
    places: Places = {}
    image_root: str | None = None
    token: str | None = None
    unjudged: float | None = None
    end_tokens: tuple[str, ...] = ()

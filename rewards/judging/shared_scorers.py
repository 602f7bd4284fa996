"""One copy of a preference model a process, whatever number of rewards and threads use it."""

from __future__ import annotations

from threading import Lock

from rewardkit.errors import ConfigError
from rewardkit.rewards.encoders.options import EncoderOptions
from rewardkit.rewards.encoders.runtime import Runtime, resolve_runtime
from rewardkit.rewards.judging.classifier_loading import load_classifier
from rewardkit.rewards.judging.preference_scorer import PreferenceScorer

_scorers: dict[tuple[str, Runtime], PreferenceScorer] = {}
_loading = Lock()


def shared_scorer(model: str, options: EncoderOptions) -> PreferenceScorer:
    """The process's scorer of a model, loaded on first use; imports torch.

    Args:
        model: A folder or a hub id.
        options: Where it computes and in what precision.

    Raises:
        ConfigError: When the model can't be loaded.
    """
    try:
        runtime = resolve_runtime(options)
    except ConfigError as error:
        raise ConfigError(str(error).replace("encoder.", "preference-model.", 1)) from None
    with _loading:
        scorer = _scorers.get((model, runtime))
        if scorer is None:
            scorer = PreferenceScorer(load_classifier(model, runtime), runtime.device)
            _scorers[model, runtime] = scorer
        return scorer

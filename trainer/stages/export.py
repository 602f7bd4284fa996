"""Export: merged weights, processor, and a card that says how they came to be."""

from importlib.metadata import version
from pathlib import Path

import yaml
from accelerate import PartialState

from rewardkit.generation.policy import adapter_base, load_model
from rewardkit.rewards import fingerprint
from rewardkit.trainer.context import Context, Done
from rewardkit.trainer.identity import as_plain, rewarded
from rewardkit.trainer.recipe import Export

PACKAGES = ("rewardkit", "trl", "transformers", "torch", "peft")


def run(stage: Export, context: Context) -> Done:
    """Write the folder; the policy is the merged one from here on."""
    folder = Path(stage.folder or context.folder / "model").absolute()
    ranks = PartialState()
    if ranks.is_main_process:
        model = load_model(context.model, context.recipe.model)
        if adapter_base(context.model):
            model = model.merge_and_unload()
        model.save_pretrained(folder)
        context.processor.save_pretrained(folder)
        (folder / "README.md").write_text(card(context), "utf-8")
    ranks.wait_for_everyone()
    return Done(str(folder))


def card(context: Context) -> str:
    """The model card: base, recipe, metrics of each stage, reward fingerprints, versions."""
    recipe = context.recipe
    head = {"base_model": recipe.model.path, "library_name": "transformers", "tags": ["rewardkit"]}
    lines = ["---", yaml.safe_dump(head).strip(), "---", f"# {recipe.model.path}, trained", ""]
    lines += ["| stage | figure | value |", "|---|---|---|"]
    for name, done in context.before.items():
        lines += [f"| {name} | {key} | {value:.4g} |" for key, value in done.metrics.items()]
    lines += ["", "| stage | reward fingerprint |", "|---|---|"]
    lines += [f"| {name} | `{fingerprint(one.reward)}` |" for name, one in rewarded(recipe)]
    plain = yaml.safe_dump(as_plain(recipe), sort_keys=False, allow_unicode=True).strip()
    versions = ", ".join(f"{package} {version(package)}" for package in PACKAGES)
    return "\n".join([*lines, "", "```yaml", plain, "```", "", versions, ""])

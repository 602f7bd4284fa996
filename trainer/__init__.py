"""Recipes: warm-up, sampling and GRPO stages on TRL."""

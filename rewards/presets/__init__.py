"""Presets: rewards of published systems, one YAML file each."""

"""FG-CLIP and FG-CLIP 2 as native modules that load the published checkpoints."""

"""The scoring engine: files of rollouts in, scored lines out, in bounded memory."""

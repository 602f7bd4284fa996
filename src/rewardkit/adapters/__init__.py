"""One reward in every RL stack: a small file for each stack, and the file that scores for all."""

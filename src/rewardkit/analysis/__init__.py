"""What scored files say: statistics of rewards, two runs side by side, questions by difficulty."""

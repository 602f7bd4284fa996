"""`python -m rewardkit`, the same as the command `rewardkit`."""

from rewardkit.cli import main

if __name__ == "__main__":
    main()

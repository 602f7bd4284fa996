"""The folders rewards/, verifiers/ and trainer/ are the code of the package rewardkit."""

import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
FOLDERS = ("rewards", "verifiers", "trainer")


def test_every_folder_with_code_is_listed_as_a_package() -> None:
    """A folder missing from pyproject.toml would be missing from the wheel."""
    listed = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["setuptools"]["packages"]
    source = ROOT / "src" / "rewardkit"
    own = {p.parent.relative_to(source) for p in source.glob("*/*.py")}
    code = {p.parent.relative_to(ROOT) for f in FOLDERS for p in (ROOT / f).rglob("*.py")}

    assert {"rewardkit", *(".".join(("rewardkit", *p.parts)) for p in own | code)} == set(listed)


@pytest.mark.parametrize("folder", FOLDERS)
def test_package_links_to_folder(folder: str) -> None:
    """Type checkers and doctests reach the folders through links in src/rewardkit."""
    link = ROOT / "src" / "rewardkit" / folder
    if not link.is_symlink():
        pytest.skip("checkout without symlinks: git config core.symlinks true")

    assert link.resolve() == ROOT / folder


def test_no_folder_is_imported_under_its_bare_name() -> None:
    """Importing every module of the package must not pull in a second copy as `rewards.x`."""
    code = (
        "import importlib, pkgutil, sys, rewardkit\n"
        "for module in pkgutil.walk_packages(rewardkit.__path__, 'rewardkit.'):\n"
        "    importlib.import_module(module.name)\n"
        f"print(sorted({{name.split('.')[0] for name in sys.modules}} & set({FOLDERS!r})))\n"
    )
    run = subprocess.run(
        [sys.executable, "-P", "-c", code], cwd=ROOT, capture_output=True, text=True, check=True
    )

    assert run.stdout.strip() == "[]"

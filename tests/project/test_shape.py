"""What the project promises of its own shape."""

import re
import subprocess
import tomllib
from pathlib import Path

import pytest

from broadcast.telemetry import METRICS

ROOT = Path(__file__).parents[2]


def shipped(pattern: str) -> list[Path]:
    listed = subprocess.run(["git", "ls-files", pattern], cwd=ROOT, capture_output=True, text=True, check=True)
    return [ROOT / line for line in listed.stdout.splitlines()]


def test_every_module_stays_readable_in_one_sitting():
    limits = {f: 500 if "tests" in f.relative_to(ROOT).parts else 335 for f in shipped("*.py")}
    assert not {str(f): n for f in limits if (n := len(f.read_text("utf-8").splitlines())) > limits[f]}


def test_no_package_marker_under_tests_shadows_our_ui():
    assert not [f for f in shipped("tests/*") if f.name == "__init__.py"]


def test_every_package_is_in_the_wheel():
    listed = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["tool"]["setuptools"]["packages"]
    found = {str(f.parent.relative_to(ROOT)).replace("/", ".") for f in shipped("*/__init__.py")}
    assert set(listed) == found


def test_every_figure_stands_in_the_reference():
    reference = (ROOT / "docs" / "reference.md").read_text("utf-8")
    assert not [name for name in METRICS if f"`{name}`" not in reference]


def test_every_command_stands_in_the_reference():
    reference = (ROOT / "docs" / "reference.md").read_text("utf-8")
    source = (ROOT / "broadcast" / "cli.py").read_text("utf-8")
    for command in re.findall(r'(?:add|add_parser)\(\s*"([a-z]+)"', source):
        assert re.search(rf"`loalang (\w+ )?{command}[ `]", reference), command


@pytest.mark.parametrize("pattern", ["*.txt", "*.toml", "Makefile", ".ci/*", "deploy/*"])
def test_no_file_holds_the_address_of_a_package_registry(pattern):
    for file in shipped(pattern):
        assert not re.search(r"https?://\S*(index|simple|registry|pythonhosted)", file.read_text("utf-8")), file


def test_every_pinned_package_is_pinned_once():
    lines = [ln for ln in (ROOT / "constraints.txt").read_text("utf-8").splitlines() if ln and not ln.startswith("#")]
    names = [re.split(r"==", ln)[0].lower() for ln in lines]
    assert len(names) == len(set(names))
    assert all("==" in ln for ln in lines)

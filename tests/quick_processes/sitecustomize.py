"""Loaded by every Python that starts with this folder in `PYTHONPATH`, as `quick_processes` gives
it: the least that argon2 takes becomes its default, in the processes that know passwords.
"""

import sys

if {"services.intake", "services.routing", "deploy.local.preparation"} & {*sys.orig_argv}:
    from argon2 import PasswordHasher

    # Time, memory and lanes; what follows them stays.
    usual = PasswordHasher.__init__.__defaults__ or ()
    PasswordHasher.__init__.__defaults__ = (1, 8, 1, *usual[3:])

"""Starts MiniStack so that the kernel ends it together with xtask, also when xtask is killed and cannot clean up.

With MEDIUS_USED_ACTIONS, each permission of a role that a function made use of is written to that file once: what the role's
policies allow beyond it, no code path needs. Tries of the tests with a role's credentials are not the function's.

MiniStack answers Cognito's requests in threads and looks through a pool's users in some while others add to them, which Python refuses
with an error in the middle: every look is at a copy here.

With MEDIUS_METER, what DynamoDB counts for functions' requests is written to that file (meter.py).
"""

import ctypes
import os
import runpy
import signal
import sys

from ministack.core import iam_evaluator
from ministack.services import cognito

PR_SET_PDEATHSIG = 1
if sys.platform == "linux":
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)



class Users(dict):
    """A pool's users, which other threads may add to while one looks through them."""

    def __iter__(self):
        return iter(list(super().keys()))

    def keys(self):
        return list(super().keys())

    def values(self):
        return list(super().values())

    def items(self):
        return list(super().items())


class Pools(type(cognito._user_pools)):
    """The pools, which are all put in here when they are made."""

    __slots__ = ()

    def __setitem__(self, pool_id, pool):
        pool["_users"] = Users(pool["_users"])
        super().__setitem__(pool_id, pool)


cognito._user_pools.__class__ = Pools

TRIES = "denial-test"
used = os.environ.pop("MEDIUS_USED_ACTIONS", None)
if used:
    evaluate = iam_evaluator.evaluate
    seen = set()
    lines = open(used, "a", buffering=1, encoding="utf-8")

    def noted(ctx, *rest):
        result = evaluate(ctx, *rest)
        role, _, session = ctx.principal_arn.rpartition("assumed-role/")[2].partition("/")
        if result.decision == "Allow" and session and session != TRIES:
            # Without the suffix that each deployment gives anew.
            line = f"{role.rpartition('-')[0]} {result.matched_sid} {ctx.action}"
            if line not in seen:
                seen.add(line)
                lines.write(line + "\n")
        return result

    iam_evaluator.evaluate = noted

metered = os.environ.pop("MEDIUS_METER", None)
if metered:
    import meter

    meter.install(metered)

sys.argv = ["ministack"]
runpy.run_module("ministack", run_name="__main__")

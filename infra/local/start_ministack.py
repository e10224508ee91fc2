"""Starts MiniStack so that the kernel ends it together with xtask, also when xtask is killed and cannot clean up."""

import ctypes
import runpy
import signal
import sys

PR_SET_PDEATHSIG = 1
if sys.platform == "linux":
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)

sys.argv = ["ministack"]
runpy.run_module("ministack", run_name="__main__")

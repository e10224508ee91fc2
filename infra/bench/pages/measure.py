# CPU of typesetting pages: WeasyPrint as a process for one page and warm, and processes of any command. For comparison only.
# usage: measure.py weasyprint PAGE STARTS MORE | measure.py command STARTS COMMAND...
import json
import resource
import statistics
import subprocess
import sys
import time


def children_ms():
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return (used.ru_utime + used.ru_stime) * 1e3


def processes(starts, command):
    used = []
    for _ in range(starts):
        before = children_ms()
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        used.append(children_ms() - before)
    return statistics.median(used)


def weasyprint(page, more):
    from weasyprint import HTML

    HTML(filename=page).write_pdf()
    used = []
    for _ in range(more):
        before = time.process_time()
        HTML(filename=page).write_pdf()
        used.append((time.process_time() - before) * 1e3)
    return statistics.median(used) if used else None


if sys.argv[1] == "weasyprint":
    _, _, page, starts, more = sys.argv
    cold = processes(int(starts), [sys.executable, __file__, "once", page])
    print(json.dumps({"process_cpu_ms": cold, "warm_cpu_ms": weasyprint(page, int(more))}))
elif sys.argv[1] == "once":
    weasyprint(sys.argv[2], 0)
else:
    print(json.dumps({"process_cpu_ms": processes(int(sys.argv[2]), sys.argv[3:])}))

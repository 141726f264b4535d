"""Ours beside other libraries, same data, one run: `python3 crates/stats/benches/peers/table.py [FOLDER]`.

FOLDER holds the files (default: stats/speed of ERGON_TEST_DATA, else of ../shared/data). Python needs numpy, scipy,
statsmodels, pingouin and lifelines; R needs lme4 and survival, and is left out, with a word, where there is no Rscript.
Ours runs before the others and after, and its better time counts, so that a busy minute hurts nobody alone.
"""

import os
import shutil
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[3]
DATA = Path(os.environ.get("ERGON_TEST_DATA", ROOT.parent / "shared/data"))
FOLDER = Path(sys.argv[1]) if len(sys.argv) > 1 else DATA / "stats/speed"


def output(*command):
    return subprocess.run(command, check=True, capture_output=True, text=True, cwd=ROOT).stdout.splitlines()


def ours():
    environment = {**os.environ, "ERGON_TEST_DATA": str(FOLDER.parents[1])}
    command = ["cargo", "bench", "-q", "-p", "ergon-stats", "--bench", "speed"]
    lines = subprocess.run(command, check=True, capture_output=True, text=True, cwd=ROOT, env=environment).stdout
    for line in lines.splitlines():
        if " ms " in line:
            left, value = line.split(" ms ")
            case, best = left.rsplit(None, 1)
            yield case.strip(), float(best), float(value)
        else:
            print(line, file=sys.stderr)


def peers():
    commands = [[sys.executable, str(HERE / "peers.py"), str(FOLDER)]]
    if shutil.which("Rscript"):
        commands.append(["Rscript", str(HERE / "peers.R"), str(FOLDER)])
    else:
        print("no Rscript: R is left out", file=sys.stderr)
    for command in commands:
        for line in output(*command):
            case, library, best, value = (part.strip() for part in line.split(" | "))
            yield case, library, float(best), float(value)


before = list(ours())
others = list(peers())
after = {case: best for case, best, _ in ours()}
print(f"load {os.getloadavg()[0]:.1f}; milliseconds, best of several runs\n")
print("| case | ours | best peer | times faster | results differ by (relative) | others |\n|---|---|---|---|---|---|")
slower = []
for case, best, value in before:
    best = min(best, after.get(case, best))
    rows = sorted((row for row in others if row[0] == case), key=lambda row: row[2])
    if not rows:
        continue
    _, library, time, _ = rows[0]
    apart = max(abs(row[3] - value) / max(abs(value), 1e-300) for row in rows)
    rest = ", ".join(f"{row[1]} {row[2]:.3g}" for row in rows[1:])
    print(f"| {case} | {best:.3g} | {time:.3g} ({library}) | {time / best:.2f} | {apart:.1e} | {rest} |")
    if best > time:
        slower.append(case)
print("\nslower than the best peer:", ", ".join(slower) or "none")

#!/usr/bin/env python3
"""Ergon, pyJoules, Zeus and CodeCarbon on one tree of counters, in one run, with the truth beside them.

    python3 -m venv peers && peers/bin/pip install codecarbon==3.3.2 pyJoules==0.5.1 zeus==0.16.0
    python3 crates/energy/tests/side_by_side.py target/debug/ergon peers/bin/python

Ergon accounts a program that is the other tools' measurement: they start, the counters run for two seconds (package-0 wraps
meanwhile), they stop. Exit code 1 where Ergon is wrong.
"""
import json
import os
import subprocess
import sys
import tempfile

LARGEST = 262143328850
# zone: (name, start, joules that it counts meanwhile)
ZONES = {
    "intel-rapl:0": ("package-0", LARGEST - 100_000_000, 500),
    "intel-rapl:0/intel-rapl:0:0": ("core", 60_000_000_000, 400),
    "intel-rapl:0/intel-rapl:0:2": ("dram", 20_000_000_000, 80),
    "intel-rapl:1": ("package-1", 200_000_000_000, 300),
    "intel-rapl:1/intel-rapl:1:0": ("dram", 30_000_000_000, 60),
    "intel-rapl:2": ("psys", 50_000_000_000, 1000),
}
TRUTH = 500 + 300 + 80 + 60

PEERS = r"""
import logging, os, sys, threading, time, warnings
warnings.filterwarnings('ignore'); logging.disable(logging.CRITICAL)
import json
R, zones, largest = sys.argv[1], json.loads(sys.argv[2]), int(sys.argv[3])

def attempt(f):
    try: return f()
    except Exception as e: return 'error: ' + repr(e)[:90]

def advance(steps=200, seconds=2.0):
    files = {z: os.open(f'{R}/{z}/energy_uj', os.O_WRONLY) for z in zones}
    began = time.monotonic()
    for step in range(1, steps + 1):
        for z, (_, start, joules) in zones.items():
            value = (start + joules * 1_000_000 * step // steps) % (largest + 1)
            os.pwrite(files[z], b'%020d\n' % value, 0)
        time.sleep(max(0.0, began + seconds * step / steps - time.monotonic()))

if __name__ == '__main__':
    said = {}
    from codecarbon.core.cpu import IntelRAPL
    from codecarbon.core.units import Time
    def codecarbon(**k):
        r = IntelRAPL(rapl_dir=R, **k); r.start(); return r
    plain, dram = attempt(codecarbon), attempt(lambda: codecarbon(rapl_include_dram=True))
    import pyJoules.device.rapl_device as rd
    rd.RAPL_API_DIR = R
    from pyJoules.energy_meter import EnergyMeter
    from pyJoules.device.rapl_device import RaplDevice, RaplPackageDomain
    def pyjoules():
        d = RaplDevice(); d.configure([RaplPackageDomain(0)]); m = EnergyMeter([d]); m.start('a'); return m
    joules = attempt(pyjoules)
    import zeus.device.cpu.rapl as zr
    zr.RAPL_DIR = R
    def zeus():
        cpus = zr.RAPLCPUs(); return [(c, c.get_total_energy_consumption().cpu_mj) for c in cpus.cpus]
    cpus = attempt(zeus)
    advance()
    total = lambda r: sum(v * 3.6e6 for k, v in r.get_cpu_details(Time.from_seconds(2)).items() if 'Energy' in k)
    said['CodeCarbon (packages)'] = attempt(lambda: total(plain))
    said['CodeCarbon (rapl_include_dram)'] = attempt(lambda: total(dram))
    def trace():
        joules.stop(); return sum(v for s in joules.get_trace() for v in s.energy.values()) / 1e6
    said['pyJoules (package 0)'] = attempt(trace)
    said['Zeus (sum of its CPUs)'] = attempt(lambda: sum(c.get_total_energy_consumption().cpu_mj - a for c, a in cpus) / 1e3)
    open(sys.argv[4], 'w').write(json.dumps(said))
    # Zeus' trackers go on for ever.
    import multiprocessing
    for child in multiprocessing.active_children(): child.kill()
    os._exit(0)
"""

EXPECTED = {"CodeCarbon (packages)": 800, "CodeCarbon (rapl_include_dram)": TRUTH, "pyJoules (package 0)": 500, "Zeus (sum of its CPUs)": 800}


def main():
    ergon, python = map(os.path.abspath, sys.argv[1:3])
    with tempfile.TemporaryDirectory(dir="/dev/shm" if os.path.isdir("/dev/shm") else None) as root:
        # As the kernel shows it: zones below intel-rapl, and links to them beside it.
        powercap = os.path.join(root, "class/powercap/intel-rapl")
        for zone, (name, start, _) in ZONES.items():
            folder = os.path.join(powercap, zone)
            os.makedirs(folder, exist_ok=True)
            for file, text in [("name", name), ("max_energy_range_uj", str(LARGEST)), ("energy_uj", f"{start:020}")]:
                with open(os.path.join(folder, file), "w") as f:
                    f.write(text + "\n")
        for zone in (z for z in ZONES if "/" not in z):
            os.symlink(os.path.join("intel-rapl", zone), os.path.join(root, "class/powercap", zone))
        with open(os.path.join(powercap, "enabled"), "w") as f:
            f.write("1\n")
        program, answer = os.path.join(root, "peers.py"), os.path.join(root, "said.json")
        with open(program, "w") as f:
            f.write(PEERS)
        command = [ergon, "--store", os.path.join(root, "none.ergon"), "energy", "exec", "--json", "--sysfs-root", root, "--",
                   python, program, powercap, json.dumps(ZONES), str(LARGEST), answer]
        # Files, not pipes: what a tool leaves running would hold a pipe open.
        printed = os.path.join(root, "printed.json")
        with open(printed, "w") as out:
            code = subprocess.run(command, stdout=out, stderr=subprocess.DEVNULL, timeout=300,
                                  env={**os.environ, "ERGON_NVML_LIBRARY": "none"}).returncode
        text = open(printed).read()
        if code != 0:
            sys.exit(f"ergon ended with {code}\n{text}")
        found = json.loads(text.strip().split("\n")[-1])
        said = json.load(open(answer))
    print(f"{'tool':<34}{'said (J)':>16}{'truth (J)':>12}")
    wrong = False
    for zone, (name, _, joules) in ZONES.items():
        domain = name if name.startswith("package") else "psys" if name == "psys" else f"{name}-{zone.split(':')[1][0]}"
        x = found["domains"][domain]["energy_j"]
        wrong |= x is None or abs(x - joules) > 1e-3
        print(f"{'Ergon ' + domain:<34}{x if x is None else round(x, 3):>16}{joules:>12}")
    x = found["total"]["energy_j"]
    wrong |= x is None or abs(x - TRUTH) > 1e-3
    print(f"{'Ergon total: ' + found['total_covers']:<34}{x if x is None else round(x, 3):>16}{TRUTH:>12}")
    for tool, x in said.items():
        print(f"{tool:<34}{x if isinstance(x, str) else round(x, 1):>16}{EXPECTED[tool]:>12}")
    sys.exit(1 if wrong else 0)


main()

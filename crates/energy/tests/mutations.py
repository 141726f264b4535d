#!/usr/bin/env python3
"""Breaks the sensors' code in the ways that other tools are known to be broken, and expects the tests to notice.

    python3 crates/energy/tests/mutations.py [NAME …]

Works on a copy (in $TMPDIR/ergon-mutations, kept for the next time); exit code 1 where a mutation went unnoticed. The list
is ENERGY.md section 4, "Mutation list", and two more.
"""
import os
import shutil
import subprocess
import sys
import tempfile

ROOT = os.path.abspath(os.path.join(os.path.dirname(__file__), "../../.."))
COPY = os.path.join(tempfile.gettempdir(), "ergon-mutations")

MUTATIONS = {
    "counters wrap at 2^32 whatever the tree says": [
        ("powercap.rs", "let modulus = largest.saturating_add((largest / COUNTER_STEPS).max(1));", "let _ = COUNTER_STEPS; let modulus = largest.min(1 << 32);"),
    ],
    "the first interval is dropped": [
        ("accumulator.rs", "let elapsed_s = seconds(before_ns, at_ns);\n        let most_j", "if self.level.peak_w == 0.0 {\n            self.level.peak_w = 1e-9;\n            return true;\n        }\n        let elapsed_s = seconds(before_ns, at_ns);\n        let most_j"),
    ],
    "the last interval is dropped": [
        ("accumulator.rs", "let kept = match", "let stale = self.level;\n        let kept = match"),
        ("accumulator.rs", "            self.level.failures += 1;\n        }\n        self.level\n", "            self.level.failures += 1;\n        }\n        Level { fresh: self.level.fresh, ..stale }\n"),
    ],
    "the platform's counter is added to the packages'": [
        ("domain.rs", "(_, Self::Psys) => true,", "(_, Self::Psys) => false,"),
        ("totals.rs", "Domain::Psys => 1,", "Domain::Psys => 0,"),
    ],
    "memory is taken for a part of its package": [
        ("domain.rs", "Self::Core { socket } | Self::Uncore { socket }, Self::Package", "Self::Core { socket } | Self::Uncore { socket } | Self::Dram { socket }, Self::Package"),
    ],
    "a reading that fails is 0": [
        ("powercap.rs", "counter.read(now_ns).map(Read::Counter)", "Ok(Read::Counter(counter.read(now_ns).unwrap_or(0)))"),
    ],
    "time is the wall clock's": [
        ("clock.rs", "read(ClockId::CLOCK_MONOTONIC)", "read(ClockId::CLOCK_REALTIME)"),
    ],
    "energy is a power times the duration instead of the difference at the ends": [
        ("meter.rs", "b.counts.saturating_sub(a.counts) as f64 * joule_per_count", "b.peak_w * duration_s"),
    ],
    "a file that another one has replaced goes on being read": [
        ("counter_file.rs", "read == Ok(last)) && self.replaced(now_ns) {", "read == Ok(last)) && self.replaced(now_ns) && false {"),
    ],
    "half a number is a reading": [
        ("counter_file.rs", "if self.believable(now_ns, read) ||", "if read.is_ok() || self.believable(now_ns, read) ||"),
    ],
    "what is below idle is 0": [
        ("measurements.rs", "Observed::value(joules - idle_j)", "Observed::value((joules - idle_j).max(0.0))"),
    ],
    "the parts of a split are rounded each for itself": [
        ("attribution.rs", "amounts[at] += 1;", "let _ = at;"),
    ],
}


def copy():
    os.makedirs(os.path.join(COPY, "crates"), exist_ok=True)
    for crate in ("domain", "energy"):
        target = os.path.join(COPY, "crates", crate)
        shutil.rmtree(target, ignore_errors=True)
        shutil.copytree(os.path.join(ROOT, "crates", crate), target)
    for name in ("configs",):
        shutil.copytree(os.path.join(ROOT, name), os.path.join(COPY, name), dirs_exist_ok=True)
    manifest = open(os.path.join(ROOT, "Cargo.toml")).read()
    manifest = manifest.replace('members = ["crates/*", "src-tauri", "tests"]', 'members = ["crates/domain", "crates/energy"]')
    manifest = manifest.replace('default-members = ["crates/*"]', "")
    manifest = "\n".join(line for line in manifest.split("\n") if "[profile.dev.package.ergon-" not in line and line != "opt-level = 2")
    open(os.path.join(COPY, "Cargo.toml"), "w").write(manifest)
    shutil.copy(os.path.join(ROOT, "Cargo.lock"), COPY)


def tests():
    environment = {**os.environ, "CARGO_TARGET_DIR": os.path.join(COPY, "target"), "RUSTFLAGS": "-Awarnings"}
    command = ["nice", "-n", "15", "cargo", "test", "-q", "-j2", "-p", "ergon-energy"]
    done = subprocess.run(command, cwd=COPY, env=environment, capture_output=True, text=True)
    return done.returncode, done.stdout + done.stderr


def main():
    copy()
    code, said = tests()
    if code != 0:
        sys.exit("the tests are red without any mutation:\n" + said[-3000:])
    unnoticed = 0
    for name, edits in MUTATIONS.items():
        if sys.argv[1:] and name not in sys.argv[1:]:
            continue
        before = {}
        for file, old, new in edits:
            path = os.path.join(COPY, "crates/energy/src", file)
            text = open(path).read()
            before.setdefault(path, text)
            if text.count(old) != 1:
                sys.exit(f"{name}: what it replaces is {text.count(old)} times in {file}; bring the list up to date")
            open(path, "w").write(text.replace(old, new))
        code, said = tests()
        for path, text in before.items():
            open(path, "w").write(text)
        if "could not compile" in said:
            sys.exit(f"{name}: does not compile\n{said[-2000:]}")
        red = sorted({line.split()[1] for line in said.split("\n") if line.startswith("test ") and "FAILED" in line}
                     | {line.strip() for line in said.split("\n") if line.startswith("    ") and "::" in line and " " not in line.strip()})
        print(f"{'noticed  ' if code else 'UNNOTICED'}  {name}" + (f"  by {len(red)} tests: {', '.join(red[:3])}" if code else ""), flush=True)
        unnoticed += code == 0
    sys.exit(1 if unnoticed else 0)


main()

#!/usr/bin/env python3
"""Start times of a job log under FIFO and EASY backfill, from their definitions.

A reference for `backfill_reference.rs`, written apart from the Rust code and in another way: FIFO
as a recurrence without events, EASY by asking of every candidate whether the head of the queue
could still start as early as without it. Slow and plain on purpose. Standard library only.

usage: easy_fifo.py TRACE.swf[.gz] PROCESSORS FIRST_N {fifo|easy}

Prints one line per usable job in order of submission: its job number and its start in nanoseconds
after the first submission.

What counts as a usable job, and the conventions where the definitions leave a choice:
  - processors are field 5, or field 8 where field 5 is not positive; run time is field 4;
  - left out: unknown run time or processors, status 2 to 4 (parts of jobs), status 5 that never ran;
  - the estimate is field 9, but never less than the run time, which also stands for a missing one;
  - at one instant, all ends come before all submissions, and both before the scheduler's decision.
"""

import gzip
import sys
from collections import namedtuple
from decimal import Decimal

Job = namedtuple("Job", "number submit run estimate procs")


def read(path, first):
    opener = gzip.open if path.endswith(".gz") else open
    jobs = []
    with opener(path, "rt", encoding="latin-1") as lines:
        for text in lines:
            fields = [Decimal(f) for f in text.split(";")[0].split()]
            if not fields:
                continue
            fields += [Decimal(-1)] * (18 - len(fields))
            number, submit, run, got = fields[0], fields[1], fields[3], fields[4]
            asked, estimate, status = fields[7], fields[8], fields[10]
            procs = got if got > 0 else asked
            if run < 0 or procs <= 0 or status in (2, 3, 4) or (status == 5 and run == 0):
                continue
            if len(jobs) == first:
                break
            in_ns = [int(10**9 * x) for x in (submit, run, max(estimate, run))]
            jobs.append(Job(int(number), *in_ns, int(procs)))
    jobs.sort(key=lambda job: job.submit)
    origin = jobs[0].submit
    return [job._replace(submit=job.submit - origin) for job in jobs]


def earliest(need, now, busy, machine):
    """First moment from `now` on at which `need` processors are free, if those in `busy`, a list of
    (end, processors), are freed at their ends and nothing else happens."""
    moments = sorted({now} | {end for end, _ in busy if end > now})
    return next(t for t in moments if machine - sum(p for end, p in busy if end > t) >= need)


def fifo(jobs, machine):
    """Each job starts when it is there, its predecessor has started and it fits."""
    starts, held, last = {}, [], 0
    for job in jobs:
        last = max(last, job.submit)
        held = [(end, procs) for end, procs in held if end > last]
        last = earliest(job.procs, last, held, machine)
        starts[job.number] = last
        held.append((last + job.run, job.procs))
    return starts


def easy(jobs, machine):
    starts = {}
    coming, queue = list(jobs), []
    running = []  # (real end, expected end, processors)
    while coming or queue:
        now = min([job.submit for job in coming[:1]] + [end for end, _, _ in running])
        settled = False
        while not settled:
            running = [r for r in running if r[0] > now]
            while coming and coming[0].submit <= now:
                queue.append(coming.pop(0))
            chosen = decide(queue, now, running, machine)
            for job in chosen:
                starts[job.number] = now
                running.append((now + job.run, now + job.estimate, job.procs))
            queue = [job for job in queue if job not in chosen]
            # A job of no length is over at once and makes room at this same instant.
            settled = all(job.run > 0 for job in chosen)
    return starts


def decide(queue, now, running, machine):
    """The jobs of the queue that start now."""
    chosen = []
    busy = [(expected, procs) for _, expected, procs in running]
    # An estimate that is over leaves the job running: it is there now, whatever was expected.
    free = machine - sum(procs for _, procs in busy)
    head = None
    for job in queue:
        if job.procs > free:
            head = head or job
            continue
        with_it = busy + [(now + job.estimate, job.procs)]
        if head is not None:
            promised = earliest(head.procs, now, busy, machine)
            if earliest(head.procs, now, with_it, machine) > promised:
                continue
        chosen.append(job)
        busy, free = with_it, free - job.procs
    return chosen


def main():
    path, machine, first, policy = sys.argv[1:]
    jobs = read(path, int(first))
    starts = {"fifo": fifo, "easy": easy}[policy](jobs, int(machine))
    sys.stdout.writelines(f"{job.number} {starts[job.number]}\n" for job in jobs)


if __name__ == "__main__":
    main()

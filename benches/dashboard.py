#!/usr/bin/env python3
"""How fast the dashboard is over 5,000 series and 6 hours of samples 5 seconds apart.

Starts target/release/filled-dashboard, opens the overview in chromium again and again, with the usual range and with 6 hours,
and measures the time from navigation until all charts, tiles and rows are drawn. Then the page stays open, and the server's
processor time is counted with and without it, so that the difference is what a refresh costs. At last the questions of a
load are asked one after the other. Needs Node.js, chromium, and `npm ci` in crates/llm-vitals-dashboard/web.

Ends with 1 where a bound is missed: 1 s for a load (the median), 200 MiB resident.

usage: python3 benches/dashboard.py [--rounds 7] [--seconds 30]
"""

import argparse
import json
import os
import pathlib
import statistics
import subprocess
import sys
import time
import urllib.parse
import urllib.request

ROOT = pathlib.Path(__file__).resolve().parent.parent
TARGET = pathlib.Path(os.environ.get("CARGO_TARGET_DIR", ROOT / "target"))
WEB = ROOT / "crates/llm-vitals-dashboard/web"
LOAD_MS = 1000
RESIDENT_MIB = 200


def processor_ms(process):
    """Of all threads, also of those that have ended: the clock that clock_getcpuclockid gives for a process."""
    return time.clock_gettime((~process.pid << 3) | 2) * 1000


def memory_mib(process, field):
    text = pathlib.Path(f"/proc/{process.pid}/status").read_text()
    return int(text.split(field + ":")[1].split()[0]) / 1024


def ask(url):
    began = time.monotonic()
    with urllib.request.urlopen(url, timeout=30) as response:
        size = len(response.read())
    return (time.monotonic() - began) * 1000, size


def asked(url):
    parts = urllib.parse.urlsplit(url)
    values = dict(urllib.parse.parse_qsl(parts.query))
    text = values.get("query", "").replace("\n", " ")
    return parts.path.removeprefix("/api/"), text


def main():
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--rounds", type=int, default=7)
    arguments.add_argument("--seconds", type=int, default=30)
    options = arguments.parse_args()

    subprocess.run(["cargo", "build", "--release", "-p", "llm-vitals-benches", "--bin", "filled-dashboard"], cwd=ROOT, check=True)
    subprocess.run(["npm", "run", "-s", "browser:compile"], cwd=WEB, check=True)
    print(f"load of the machine before: {os.getloadavg()[0]:.2f}")
    server = subprocess.Popen([TARGET / "release/filled-dashboard"], stdout=subprocess.PIPE, text=True)
    try:
        print(server.stdout.readline().strip(), flush=True)
        address = server.stdout.readline().strip().removeprefix("listening on ") + "/"
        filled = memory_mib(server, "VmRSS")

        before, began = processor_ms(server), time.monotonic()
        time.sleep(options.seconds)
        idle = (processor_ms(server) - before) / (time.monotonic() - began)

        command = ["node", "node_modules/.browser/tests/browser/speed.js", address, str(options.rounds), str(options.seconds)]
        browser = subprocess.Popen(command, cwd=WEB, stdout=subprocess.PIPE, text=True)
        watched, name = {}, ""
        for line in browser.stdout:
            if line.startswith("watching "):
                name = line.split(" ", 1)[1].strip()
                start, began = processor_ms(server), time.monotonic()
            elif line.startswith("watched"):
                watched[name] = (processor_ms(server) - start) / (time.monotonic() - began)
            elif line.startswith("{"):
                result = json.loads(line)
        if browser.wait() != 0:
            sys.exit("the browser's part failed")

        missed = []
        print(f"\n{'milliseconds until all is drawn':34}{'min':>8}{'median':>8}{'max':>8}{'questions':>11}")
        for name, times in result["times"].items():
            median = statistics.median(times)
            print(f"{name:34}{min(times):8.0f}{median:8.0f}{max(times):8.0f}{len(result['questions'][name]):11}")
            if median > LOAD_MS:
                missed.append(f"{name} takes {median:.0f} ms")

        print(f"\n{'server, milliseconds of processor':34}{'a second':>10}{'refreshes':>11}{'a refresh':>11}{'questions':>11}")
        print(f"{'sampling alone':34}{idle:10.2f}")
        for name, rate in watched.items():
            # The names of metrics, the rules and the like are asked beside the panels.
            questions = result["ticks"][name]
            ticks = sum(1 for url in questions if "/api/dashboard" in url)
            cost = (rate - idle) * options.seconds / max(1, ticks)
            print(f"{'with the page, ' + name:34}{rate:10.2f}{ticks:11}{cost:11.2f}{len(questions) / max(1, ticks):11.1f}")

        for name, questions in result["questions"].items():
            print(f"\n{'questions of a load, ' + name:24}{'ms':>6}{'kB':>7}")
            total = 0.0
            for url in questions:
                answers = [ask(url) for _ in range(7)]
                took, size = min(answers)[0], answers[0][1]
                total += took
                path, text = asked(url)
                print(f"{path[:22]:22}{took:8.1f}{size / 1000:7.1f}  {text[:90]}")
            print(f"{'all':22}{total:8.1f}")

        resident, peak = memory_mib(server, "VmRSS"), memory_mib(server, "VmHWM")
        print(f"\nresident {filled:.0f} MiB when filled, {resident:.0f} MiB now, {peak:.0f} MiB at most")
        if peak > RESIDENT_MIB:
            missed.append(f"{peak:.0f} MiB resident")
        print(f"load of the machine after: {os.getloadavg()[0]:.2f}")
        print("kept: a load within 1 s, 200 MiB" if not missed else f"MISSED: {', '.join(missed)}")
        sys.exit(1 if missed else 0)
    finally:
        server.kill()
        server.wait()


if __name__ == "__main__":
    main()

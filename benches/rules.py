#!/usr/bin/env python3
"""Alert rules here and in a Prometheus server, over the same scrapes, in one run.

An exporter of 10,000 series stands behind a proxy that keeps what it serves. A Prometheus server scrapes the proxy and
evaluates 3,005 alert rules in four groups, and a fifth group of this script's that records ratios and quantiles of all
services. Then target/release/rules takes the kept scrapes at the server's times and evaluates the groups at the server's
times. All alerts at the end (labels, annotations, state, since when, value) and all samples that rules wrote must be
equal (src/bin/rules.rs has the one exception), and each group must take a tenth of the server's time at most; else the
script ends with 1.

The load's exporter.py and gen_rules.py are not part of this repository; --load says where they are. Needs `prometheus`
(2.42, as Debian has it) and PyYAML.

usage: python3 benches/rules.py [--load ../shared/bench-rules] [--prometheus prometheus] [--seconds 120] [--scrape 5]
                                [--interval 15] [--replays 5]
"""

import argparse
import datetime
import http.server
import json
import os
import pathlib
import re
import shutil
import signal
import socket
import statistics
import subprocess
import sys
import threading
import time
import urllib.parse
import urllib.request

ROOT = pathlib.Path(__file__).resolve().parent.parent
TARGET = pathlib.Path(os.environ.get("CARGO_TARGET_DIR", ROOT / "target"))
SCRATCH = TARGET / "rules-bench"
EXPORTER_PORT = "19100"
# A scrape has its time before it is in the server's store. An evaluation in between would see less than its time says.
SETTLED = 0.4
FACTOR = 10
WRITTEN = '{__name__=~"ALERTS|ALERTS_FOR_STATE|bench:.+"}'


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


def get(url, **parameters):
    if parameters:
        url += "?" + urllib.parse.urlencode(parameters)
    with urllib.request.urlopen(url, timeout=30) as response:
        return response.read()


def wait_for(url, process, seconds, name):
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if process.poll() is not None:
            sys.exit(f"{name} ended with {process.returncode}; see {SCRATCH}/{name}.log")
        try:
            return get(url)
        except OSError:
            time.sleep(0.2)
    sys.exit(f"{name} did not answer {url} within {seconds} s; see {SCRATCH}/{name}.log")


def start(name, command, **kwargs):
    log = open(SCRATCH / f"{name}.log", "wb")
    return subprocess.Popen(command, stdout=log, stderr=subprocess.STDOUT, start_new_session=True, **kwargs)


def stop(process):
    if process.poll() is None:
        os.killpg(process.pid, signal.SIGTERM)
        try:
            process.wait(20)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()


def memory_mib(process, field):
    text = pathlib.Path(f"/proc/{process.pid}/status").read_text()
    return int(text.split(field + ":")[1].split()[0]) / 1024


class Proxy:
    """Hands on what the exporter answers and keeps it, with the time at which it was asked."""

    def __init__(self, upstream):
        self.kept = []
        proxy = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def log_message(self, *_):
                pass

            def do_GET(self):
                asked = time.time()
                body = get(upstream)
                self.send_response(200)
                self.send_header("Content-Type", "text/plain; version=0.0.4")
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)
                proxy.kept.append((asked, body))

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.address = f"127.0.0.1:{self.server.server_port}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()


class Server:
    """A Prometheus server with fresh data. Phases of groups come of their files' names, so `attempt` is part of them."""

    def __init__(self, options, groups, target, attempt):
        import yaml

        self.home = SCRATCH / f"server-{attempt}"
        self.home.mkdir()
        for group in groups:
            (self.home / f"{group['name']}.yml").write_text(yaml.safe_dump({"groups": [group]}, sort_keys=False))
        config = {
            "global": {"scrape_interval": f"{options.scrape}s", "scrape_timeout": f"{options.scrape}s"},
            "rule_files": [str(self.home / f"{group['name']}.yml") for group in groups],
            "scrape_configs": [{"job_name": "bench", "static_configs": [{"targets": [target]}]}],
        }
        (self.home / "prometheus.yml").write_text(yaml.safe_dump(config))
        port = free_port()
        self.url = f"http://127.0.0.1:{port}"
        self.names = [group["name"] for group in groups]
        self.process = start("prometheus", [options.prometheus, f"--config.file={self.home}/prometheus.yml",
                                            f"--storage.tsdb.path={self.home}/data",
                                            f"--web.listen-address=127.0.0.1:{port}"])
        try:
            wait_for(f"{self.url}/-/ready", self.process, 30, "prometheus")
        except BaseException:
            stop(self.process)
            raise

    def query(self, expression):
        return json.loads(get(f"{self.url}/api/v1/query", query=expression, time=f"{time.time():.3f}"))

    def scrapes(self):
        """Times of the scrapes in milliseconds, and how long the slowest took in seconds."""
        points = [point for series in self.query("up[1h]")["data"]["result"] for point in series["values"]]
        took = [float(point[1]) for series in self.query("scrape_duration_seconds[1h]")["data"]["result"]
                for point in series["values"]]
        if any(value != "1" for _, value in points):
            sys.exit("a scrape failed")
        return [round(at * 1000) for at, _ in points], max(took, default=0)

    def durations(self, into):
        """Adds the durations of evaluations that ended since: {group: {when: seconds}}."""
        text = get(f"{self.url}/metrics").decode()
        last = {}
        for metric, name, value in re.findall(
                r'^prometheus_rule_group_last_(\w+)_seconds\{rule_group="[^"]*;([^;"]+)"\} (\S+)$', text, re.M):
            last.setdefault(name, {})[metric] = float(value)
        for name, values in last.items():
            if values["evaluation_timestamp"] > 0:
                into[name][values["evaluation_timestamp"]] = values["duration"]

    def wait_for_phases(self, interval):
        """Whether no group is evaluated just after a scrape."""
        end = time.monotonic() + 2 * interval + 15
        while time.monotonic() < end:
            evaluations = evaluation_times(self.query("bench:evaluated_at[1h]"))
            scrapes, _ = self.scrapes()
            if len(evaluations) == len(self.names) and len(scrapes) > 1:
                step = scrapes[1] - scrapes[0]
                return all((times[0] - scrapes[0]) % step > 1000 * SETTLED for times in evaluations.values())
            time.sleep(0.5)
        sys.exit(f"the server does not evaluate its rules; see {SCRATCH}/prometheus.log")

    def snapshot(self):
        """Alerts, and samples that rules wrote, between evaluations."""
        for _ in range(200):
            rules = json.loads(get(f"{self.url}/api/v1/rules"))
            samples = self.query(WRITTEN + "[1h]")
            last = {group["name"]: milliseconds(group["lastEvaluation"]) for group in rules["data"]["groups"]}
            # The first rule of a group records the time of the evaluation: had one begun since the last that ended,
            # its time would be there.
            if all(times[-1] <= last[name] for name, times in evaluation_times(samples).items()):
                return rules, samples
            time.sleep(0.2)
        sys.exit("the server evaluates all the time")


def evaluation_times(answer):
    times = {}
    for series in answer["data"]["result"]:
        if series["metric"]["__name__"] == "bench:evaluated_at":
            times[series["metric"]["group"]] = [round(at * 1000) for at, _ in series["values"]]
    return times


def milliseconds(text):
    """Milliseconds of a time as the server writes it, with up to nine digits of a second."""
    whole, fraction, zone = re.fullmatch(r"([^.Z+]+)(?:\.(\d+))?(.*)", text).groups()
    moment = datetime.datetime.fromisoformat(whole + ("+00:00" if zone == "Z" else zone))
    return round(moment.timestamp()) * 1000 + int(((fraction or "") + "000")[:3])


def load_groups(options):
    """The groups of gen_rules.py and one more; each records when it is evaluated, as its first rule."""
    import yaml

    subprocess.run([sys.executable, options.load / "gen_rules.py"], cwd=SCRATCH, check=True)
    groups = yaml.safe_load((SCRATCH / "rules.yml").read_text())["groups"]
    groups.append({"name": "recorded_2", "rules": [
        {"record": "bench:error_ratio",
         "expr": "sum by (svc) (rate(bench_errors_total[1m])) / sum by (svc) (rate(bench_requests_total[1m]))"},
        {"record": "bench:p95",
         "expr": "histogram_quantile(0.95, sum by (svc, le) (rate(bench_latency_seconds_bucket[1m])))"},
    ]})
    for group in groups:
        group["interval"] = f"{options.interval}s"
        group["rules"].insert(0, {"record": "bench:evaluated_at", "expr": "time()",
                                  "labels": {"group": group["name"]}})
    return groups


def write_plan(server, proxy, rules, samples):
    """What target/release/rules reads. The scrapes that the server has, with its times."""
    times, slowest = server.scrapes()
    if slowest > SETTLED / 2:
        sys.exit(f"a scrape took {slowest:.2f} s: the machine is too busy to tell which scrapes an evaluation saw")
    scrapes = []
    for at in times:
        bodies = [body for asked, body in proxy.kept if -0.1 <= asked - at / 1000 < 1]
        if len(bodies) != 1:
            sys.exit(f"{len(bodies)} answers of the exporter are of the scrape at {at}")
        name = f"scrape-{at}.txt"
        (server.home / name).write_bytes(bodies[0])
        scrapes.append({"at": at, "file": name})
    evaluations = evaluation_times(samples)
    for group in rules["data"]["groups"]:
        for rule in group["rules"]:
            for alert in rule.get("alerts", []):
                alert["activeAtMs"] = milliseconds(alert["activeAt"])
    plan = {
        "target": {"job": "bench", "instance": proxy.address},
        "scrapes": scrapes,
        "groups": [{"name": name, "file": f"{name}.yml", "evaluations": evaluations[name]} for name in server.names],
    }
    for name, value in [("plan", plan), ("rules", rules), ("samples", samples)]:
        (server.home / f"{name}.json").write_text(json.dumps(value))
    return len(scrapes), evaluations


def main():
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--load", type=pathlib.Path, default=ROOT.parent / "shared" / "bench-rules")
    arguments.add_argument("--prometheus", default="prometheus")
    arguments.add_argument("--seconds", type=float, default=120)
    arguments.add_argument("--scrape", type=int, default=5)
    arguments.add_argument("--interval", type=int, default=15)
    arguments.add_argument("--replays", type=int, default=5)
    options = arguments.parse_args()
    options.load = options.load.resolve()
    for name in ["exporter.py", "gen_rules.py"]:
        if not (options.load / name).is_file():
            sys.exit(f"{options.load / name} is missing: say with --load where the load is")
    if not shutil.which(options.prometheus):
        sys.exit(f"{options.prometheus} is missing: a Prometheus server of version 2.42 (apt-get install prometheus)")
    try:
        import yaml  # noqa: F401
    except ImportError:
        sys.exit("PyYAML is missing (apt-get install python3-yaml)")

    shutil.rmtree(SCRATCH, ignore_errors=True)
    SCRATCH.mkdir(parents=True)
    subprocess.run(["cargo", "build", "--release", "-p", "llm-vitals-benches", "--bin", "rules"], cwd=ROOT, check=True)
    version = subprocess.run([options.prometheus, "--version"], capture_output=True, text=True, check=True)
    groups = load_groups(options)

    # The exporter's port is written into it.
    port = str(free_port())
    source = (options.load / "exporter.py").read_text()
    if EXPORTER_PORT not in source:
        sys.exit(f"exporter.py does not listen on {EXPORTER_PORT}")
    (SCRATCH / "exporter.py").write_text(source.replace(EXPORTER_PORT, port))
    exporter = start("exporter", [sys.executable, SCRATCH / "exporter.py"])
    server = None
    try:
        wait_for(f"http://127.0.0.1:{port}/metrics", exporter, 10, "exporter")
        proxy = Proxy(f"http://127.0.0.1:{port}/metrics")
        for attempt in range(8):
            server = Server(options, groups, proxy.address, attempt)
            if server.wait_for_phases(options.interval):
                break
            print("a group is evaluated just after each scrape; once more with other phases …", flush=True)
            stop(server.process)
            proxy.kept.clear()
        else:
            sys.exit("no phases found at which scrapes and evaluations are apart")
        print(f"{options.seconds:g} s of scrapes and evaluations …", flush=True)
        durations = {name: {} for name in server.names}
        end = time.monotonic() + options.seconds
        while time.monotonic() < end:
            server.durations(durations)
            time.sleep(min(1, options.interval / 4))
        rules, samples = server.snapshot()
        resident, peak = memory_mib(server.process, "VmRSS"), memory_mib(server.process, "VmHWM")
        scrapes, evaluations = write_plan(server, proxy, rules, samples)
    finally:
        for process in [exporter] + ([server.process] if server else []):
            stop(process)

    # A replay takes a second and the server took minutes: several, so that one bad second does not decide.
    runs = []
    for _ in range(options.replays):
        run = subprocess.run([TARGET / "release" / "rules", server.home], capture_output=True, text=True)
        if not run.stdout:
            sys.exit(f"rules ended with {run.returncode}: {run.stderr}")
        runs.append(json.loads(run.stdout))
    own = max(runs, key=lambda run: run["differing"])

    print(f"\n{version.stdout.splitlines()[0]}")
    print(f"{scrapes} scrapes of {own['series']} series (with those of rules), every {options.scrape} s; "
          f"groups every {options.interval} s; medians of the last half of the evaluations, here over "
          f"{options.replays} replays")
    print(f"  {'group':24} {'rules':>6} {'evaluations':>12} {'Prometheus ms':>14} {'llm-vitals ms':>14} {'ratio':>8}")
    slow = []
    for group in groups:
        name = group["name"]
        theirs = [seconds * 1000 for _, seconds in sorted(durations[name].items())]
        half = lambda values: values[len(values) // 2:]
        theirs = statistics.median(half(theirs))
        ours = statistics.median(value for run in runs for value in half(run["durations_ms"][name]))
        ratio = theirs / ours
        if ratio < FACTOR:
            slow.append(name)
        print(f"  {name:24} {len(group['rules']) - 1:6} {len(evaluations[name]):12} {theirs:14.2f} "
              f"{ours:14.2f} {ratio:6.1f} x {'MISSED' if ratio < FACTOR else 'kept'}")
    print(f"  {'resident MiB':24} {'':6} {'':12} {resident:14.1f} {own['rss_mib']:14.1f} "
          f"{resident / own['rss_mib']:6.1f} x")
    print(f"  {'at its highest':24} {'':6} {'':12} {peak:14.1f} {own['peak_mib']:14.1f} "
          f"{peak / own['peak_mib']:6.1f} x")
    print(f"\nalerts at the end: {own['alerts']}, {own['firing']} of them firing; samples written by rules: "
          f"{own['samples']}; differing: {own['differing']}")
    for difference in own["differences"]:
        print(f"  {difference}")
    if any(run["differing"] for run in runs) or not own["alerts"] or not own["samples"] or slow:
        sys.exit(1)


if __name__ == "__main__":
    main()

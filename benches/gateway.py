#!/usr/bin/env python3
"""The gateway's own time and throughput, beside LiteLLM's proxy, in one run.

A static upstream answers every chat with the same bytes. Chats go to it directly, through the gateway, and through
LiteLLM's proxy (PyPI's litellm[proxy], one worker, installed in a virtual environment under target/). First at 200
requests a second, in turns, for the time that each adds; then as fast as they go, for requests per second of processor
time.

usage: python3 benches/gateway.py [--rounds 5] [--seconds 8] [--without-litellm]
"""

import argparse
import json
import os
import pathlib
import secrets
import signal
import socket
import statistics
import subprocess
import sys
import time
import urllib.request
import venv

ROOT = pathlib.Path(__file__).resolve().parent.parent
TARGET = pathlib.Path(os.environ.get("CARGO_TARGET_DIR", ROOT / "target"))
SCRATCH = TARGET / "gateway-bench"
RELEASE = TARGET / "release"


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


def wait_for(url, process, seconds, name):
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if process.poll() is not None:
            sys.exit(f"{name} ended with {process.returncode}; see {SCRATCH}/{name}.log")
        try:
            urllib.request.urlopen(url, timeout=2).read()
            return
        except OSError:
            time.sleep(0.2)
    sys.exit(f"{name} did not answer {url} within {seconds} s; see {SCRATCH}/{name}.log")


def start(name, command, **kwargs):
    log = open(SCRATCH / f"{name}.log", "wb")
    return subprocess.Popen(command, stdout=log, stderr=subprocess.STDOUT, start_new_session=True, **kwargs)


def load(address, rate, seconds, connections, model="static", key=None):
    command = [RELEASE / "chat-load", address, "--rate", str(rate), "--seconds", str(seconds),
               "--connections", str(connections), "--model", model]
    if key:
        command += ["--key", key]
    return json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)


def processor_seconds(process):
    """User and system time of a process and its children, so far."""
    total = 0.0
    group = os.getpgid(process.pid)
    for entry in pathlib.Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                fields = (entry / "stat").read_text().rsplit(") ", 1)[1].split()
            except (OSError, IndexError):
                continue
            if int(fields[2]) == group:
                total += (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
    return total


def resident_mib(process):
    text = pathlib.Path(f"/proc/{process.pid}/status").read_text()
    return int(text.split("VmRSS:")[1].split()[0]) / 1024


def main():
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--rounds", type=int, default=5)
    arguments.add_argument("--seconds", type=float, default=8)
    arguments.add_argument("--without-litellm", action="store_true")
    options = arguments.parse_args()

    SCRATCH.mkdir(parents=True, exist_ok=True)
    subprocess.run(["cargo", "build", "--release", "-p", "llm-vitals-gateway", "-p", "llm-vitals-benches", "--bins"],
                   cwd=ROOT, check=True)

    servers = []
    try:
        port = free_port()
        upstream = f"127.0.0.1:{port}"
        servers.append(start("upstream", [RELEASE / "static-upstream", str(port)]))
        wait_for(f"http://{upstream}/v1/models", servers[0], 10, "upstream")
        targets = {"direct": (upstream, None, None)}

        port = free_port()
        config = SCRATCH / "gateway.yaml"
        client_key = f"sk-{secrets.token_hex(32)}"
        config.write_text(f"""\
client_keys: [{client_key}]
providers:
  static:
    kind: openai
    base_url: http://{upstream}/v1
    key: unused
    models: [static]
""")
        gateway = start("gateway", [RELEASE / "llm-vitals-gateway", "--listen", f"127.0.0.1:{port}", "--config", config])
        servers.append(gateway)
        wait_for(f"http://127.0.0.1:{port}/health/live", gateway, 30, "gateway")
        targets["llm-vitals"] = (f"127.0.0.1:{port}", gateway, client_key)

        if not options.without_litellm:
            home = SCRATCH / "venv"
            if not (home / "bin/litellm").exists():
                print("installing litellm[proxy] …", flush=True)
                venv.create(home, with_pip=True)
                subprocess.run([home / "bin/pip", "install", "--quiet", "litellm[proxy]"], check=True)
            port = free_port()
            config = SCRATCH / "litellm.yaml"
            config.write_text(f"""\
model_list:
  - model_name: static
    litellm_params: {{model: openai/static, api_base: "http://{upstream}/v1", api_key: unused}}
""")
            # It does not start without a key; the gateway checks one as well.
            key = f"sk-{secrets.token_hex(32)}"
            environment = {**os.environ, "LITELLM_LOCAL_MODEL_COST_MAP": "True", "LITELLM_MODE": "PRODUCTION",
                           "LITELLM_MASTER_KEY": key}
            litellm = start("litellm", [home / "bin/litellm", "--config", config, "--host", "127.0.0.1", "--port",
                                        str(port), "--num_workers", "1"], env=environment)
            servers.append(litellm)
            wait_for(f"http://127.0.0.1:{port}/health/liveliness", litellm, 120, "litellm")
            targets["litellm"] = (f"127.0.0.1:{port}", litellm, key)

        for name, (address, _, key) in targets.items():
            load(address, 20, 2, 4, key=key)

        print(f"\n200 requests a second, {options.rounds} rounds of {options.seconds:g} s each, in turns")
        results = {name: [] for name in targets}
        for _ in range(options.rounds):
            for name, (address, _, key) in targets.items():
                results[name].append(load(address, 200, options.seconds, 16, key=key))
        median = lambda name, field: statistics.median(result[field] for result in results[name])
        print(f"  {'':12} {'p50 ms':>9} {'p99 ms':>9} {'added p50':>10} {'added p99':>10} {'errors':>7} {'RSS MiB':>8}")
        for name, (_, process, _) in targets.items():
            p50, p99 = median(name, "p50_us") / 1000, median(name, "p99_us") / 1000
            added = [f"{p50 - median('direct', 'p50_us') / 1000:.3f}", f"{p99 - median('direct', 'p99_us') / 1000:.3f}"]
            errors = sum(result["errors"] for result in results[name])
            memory = f"{resident_mib(process):.0f}" if process else ""
            print(f"  {name:12} {p50:9.3f} {p99:9.3f} {added[0]:>10} {added[1]:>10} {errors:7} {memory:>8}")

        print("\nas fast as they go, 16 connections")
        rates = {}
        print(f"  {'':12} {'requests/s':>11} {'requests per processor second':>30} {'errors':>7}")
        for name, (address, process, key) in targets.items():
            before = processor_seconds(process) if process else 0
            result = load(address, 0, options.seconds, 16, key=key)
            used = processor_seconds(process) - before if process else 0
            rates[name] = result["requests"] / used if used else 0
            print(f"  {name:12} {result['per_second']:11.0f} {rates[name]:30.0f} {result['errors']:7}")
        if "litellm" in rates:
            print(f"\nllm-vitals / litellm, requests per processor second: {rates['llm-vitals'] / rates['litellm']:.0f} x")
    finally:
        for server in servers:
            if server.poll() is None:
                os.killpg(server.pid, signal.SIGTERM)
        for server in servers:
            try:
                server.wait(10)
            except subprocess.TimeoutExpired:
                os.killpg(server.pid, signal.SIGKILL)


if __name__ == "__main__":
    main()

#!/usr/bin/env python3
"""Does /metrics agree with what the official OpenAI client for Python saw?

Starts the gateway in front of a real OpenAI-compatible server, sends plain and streamed chats through the client (whose
retries are off), drops some streams midway, sends what the server must refuse, and compares the sums on /metrics with the
client's own counts, and the mean time to first token with the client's mean to its first content.

usage: client_agreement.py --upstream http://127.0.0.1:8901/v1 --model NAME [--chats 50] [--gateway PATH]
needs: pip install openai
"""

import argparse
import os
import pathlib
import re
import signal
import subprocess
import sys
import tempfile
import time
import urllib.request

import openai

ROOT = pathlib.Path(__file__).resolve().parents[3]
# How many requests the server is meant to refuse.
REFUSED = 3


def metrics(base):
    text = urllib.request.urlopen(f"{base}/metrics", timeout=10).read().decode()
    samples = {}
    for line in text.splitlines():
        match = re.match(r"^([a-z_A-Z:][^{ ]*)(?:\{(.*)\})? (\S+)$", line)
        if match:
            labels = frozenset(re.findall(r'(\w+)="((?:[^"\\]|\\.)*)"', match[2] or ""))
            samples[(match[1], labels)] = float(match[3])
    return samples


def total(samples, name, **labels):
    wanted = set(labels.items())
    return sum(value for (metric, have), value in samples.items() if metric == name and wanted <= have)


def main():
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--upstream", required=True)
    arguments.add_argument("--model", required=True)
    arguments.add_argument("--chats", type=int, default=50)
    arguments.add_argument("--dropped", type=int, default=5)
    arguments.add_argument("--gateway", default=str(ROOT / "target/release/llm-vitals-gateway"))
    options = arguments.parse_args()

    config = tempfile.NamedTemporaryFile("w", suffix=".yaml", delete=False)
    config.write(f"""\
providers:
  real:
    kind: compatible
    base_url: {options.upstream}
    key: unused
    models: [{options.model}]
""")
    config.close()
    gateway = subprocess.Popen([options.gateway, "--listen", "127.0.0.1:0", "--config", config.name],
                               stdout=subprocess.PIPE, text=True)
    try:
        for line in gateway.stdout:
            found = re.search(r"listening on (http://\S+)", line)
            if found:
                base = found[1].rstrip("/")
                break
        else:
            sys.exit("the gateway did not say where it listens")
        run(options, base)
    finally:
        gateway.send_signal(signal.SIGTERM)
        try:
            gateway.wait(20)
        except subprocess.TimeoutExpired:
            gateway.kill()
        os.unlink(config.name)


def run(options, base):
    client = openai.OpenAI(base_url=f"{base}/v1", api_key="any", max_retries=0, timeout=300)
    seen = dict(plain=0, streamed=0, errors=0, cancelled=0, prompt=0, completion=0)
    first = []

    def ask(**more):
        return client.chat.completions.create(
            model=options.model, max_tokens=24,
            messages=[{"role": "user", "content": f"Name a colour and an animal. ({seen['plain'] + seen['streamed']})"}],
            **more)

    for _ in range(options.chats):
        answer = ask()
        seen["plain"] += 1
        seen["prompt"] += answer.usage.prompt_tokens
        seen["completion"] += answer.usage.completion_tokens
    for _ in range(options.chats):
        start, content_at = time.perf_counter(), None
        for chunk in ask(stream=True):
            if content_at is None and chunk.choices and chunk.choices[0].delta.content:
                content_at = time.perf_counter() - start
        seen["streamed"] += 1
        first.append(content_at)
    settled = metrics(base)
    for _ in range(options.dropped):
        stream = ask(stream=True)
        next(iter(stream))
        stream.close()
        seen["cancelled"] += 1
    for _ in range(REFUSED):
        try:
            # Well-formed for the gateway; no server knows what such a message says.
            answer = client.chat.completions.create(model=options.model, max_tokens=24, messages=[{"role": "nobody"}])
            seen["plain"] += 1
            seen["prompt"] += answer.usage.prompt_tokens
            seen["completion"] += answer.usage.completion_tokens
        except openai.APIStatusError:
            seen["errors"] += 1
    time.sleep(2)

    got = metrics(base)
    chat = dict(provider="real", operation="chat")
    mean = total(settled, "llm_time_to_first_token_seconds_sum") / total(settled, "llm_time_to_first_token_seconds_count")
    rows = [
        ("successes", total(got, "llm_requests_total", status="success", **chat), seen["plain"] + seen["streamed"]),
        ("errors", total(got, "llm_requests_total", status="error", **chat), seen["errors"]),
        ("service errors", total(got, "llm_service_requests_total", status="error"), seen["errors"]),
        ("cancels", total(got, "llm_requests_total", status="cancelled", **chat), seen["cancelled"]),
        ("service successes", total(got, "llm_service_requests_total", status="success"), seen["plain"] + seen["streamed"]),
        ("prompt tokens of plain answers", total(got, "llm_tokens_total", type="prompt"), seen["prompt"]),
        ("completion tokens of plain answers", total(got, "llm_tokens_total", type="completion"), seen["completion"]),
        ("reported usages", total(got, "llm_usage_reports_total", source="reported"), seen["plain"]),
        ("missing usages, dropped streams too", total(got, "llm_usage_reports_total", source="missing"),
         seen["streamed"] + seen["cancelled"]),
        ("in flight", total(got, "llm_requests_in_flight"), 0),
    ]
    wrong = int(seen["errors"] != REFUSED)
    print(f"{'BAD' if wrong else 'ok '} refused: {seen['errors']} of {REFUSED} at the client")
    for what, value, expected in rows:
        wrong += value != expected
        print(f"{'ok ' if value == expected else 'BAD'} {what}: {value:g} on /metrics, {expected} at the client")
    client_mean = sum(first) / len(first)
    close = abs(mean - client_mean) <= 0.010
    wrong += not close
    print(f"{'ok ' if close else 'BAD'} mean time to first token: {mean * 1000:.2f} ms on /metrics, "
          f"{client_mean * 1000:.2f} ms at the client")
    sys.exit(1 if wrong else 0)


if __name__ == "__main__":
    main()

"""Prices requests with LiteLLM's own calculator, for the test beside this file.

    python3 litellm_costs.py [MODEL...] > litellm_costs.json

in an environment with litellm installed. Without models: every one of its price file.
"""

import datetime
import json
import os
import sys

os.environ["LITELLM_LOCAL_MODEL_COST_MAP"] = "True"

import litellm
from litellm.litellm_core_utils.llm_cost_calc.utils import generic_cost_per_token
from litellm.types.utils import (
    CacheCreationTokenDetails,
    CompletionTokensDetailsWrapper,
    PromptTokensDetailsWrapper,
    Usage,
)

FIELDS = ["prompt", "completion", "cached", "write", "write_1h", "reasoning", "audio", "spoken"]
SHAPES = [
    [1234, 567, 0, 0, 0, 0, 0, 0],
    [10001, 333, 9000, 0, 0, 0, 0, 0],
    [10001, 333, 1000, 8000, 3000, 0, 0, 0],
    [5000, 900, 0, 0, 0, 801, 0, 0],
    [5000, 900, 0, 0, 0, 150, 4321, 700],
] + [
    [prompt, 4000, prompt // 2, prompt // 4, prompt // 8, 1000, 0, 0]
    for length in [32000, 100000, 128000, 200000, 256000, 272000, 512000, 2000000]
    for prompt in [length - 1, length, length + 1]
]
TIERS = ["flex", "priority"]
# Two times of a Tuesday, and one of a Saturday.
TIMES = [1795480200, 1795487400, 1795833000]


def usage(shape):
    count = dict(zip(FIELDS, shape))
    text = count["prompt"] - count["cached"] - count["write"] - count["audio"]
    written = CacheCreationTokenDetails(
        ephemeral_5m_input_tokens=count["write"] - count["write_1h"],
        ephemeral_1h_input_tokens=count["write_1h"],
    )
    return Usage(
        prompt_tokens=count["prompt"],
        completion_tokens=count["completion"],
        total_tokens=count["prompt"] + count["completion"],
        prompt_tokens_details=PromptTokensDetailsWrapper(
            cached_tokens=count["cached"],
            cache_creation_tokens=count["write"],
            cache_creation_token_details=written if count["write"] else None,
            audio_tokens=count["audio"],
            text_tokens=text,
        ),
        completion_tokens_details=CompletionTokensDetailsWrapper(
            reasoning_tokens=count["reasoning"],
            audio_tokens=count["spoken"],
            text_tokens=count["completion"] - count["reasoning"] - count["spoken"],
        ),
    )


def main(names):
    path = os.path.join(os.path.dirname(litellm.__file__), "model_prices_and_context_window_backup.json")
    with open(path) as file:
        models = json.load(file)
    names = names or [name for name in models if name not in ("sample_spec", "fallback_generalizations")]
    models = {
        name: {
            field: value
            for field, value in models[name].items()
            if "cost" in field or "pricing" in field or field == "litellm_provider"
        }
        for name in names
    }
    cases = []
    for name, model in models.items():
        for time in TIMES if "off_peak_pricing" in model else TIMES[:1]:
            # Of a tier that has no prices LiteLLM does not take the standard ones for what is kept an hour.
            for tier in ["standard"] + [tier for tier in TIERS if f"input_cost_per_token_{tier}" in model]:
                for shape in SHAPES:
                    costs = generic_cost_per_token(
                        model=name,
                        usage=usage(shape),
                        custom_llm_provider=model.get("litellm_provider"),
                        service_tier=None if tier == "standard" else tier,
                        model_info=dict(model),
                        current_time=datetime.datetime.fromtimestamp(time, datetime.timezone.utc),
                    )
                    cases.append([name, time, tier, shape, sum(costs)])
    models = ",\n".join(f"{json.dumps(name)}: {json.dumps(model)}" for name, model in models.items())
    cases = ",\n".join(json.dumps(case) for case in cases)
    print(f'{{"models": {{\n{models}\n}}, "cases": [\n{cases}\n]}}')


main(sys.argv[1:])

"""How many small recurrent networks, trained here, are read out exactly.

    python -m benchmarks.networks --results benchmarks/results/networks.jsonl

Eight networks (gated recurrent units, eight hidden numbers) learn eight tasks on sequences of 16 bits.
`symlaw.machine` asks each network, with what it keeps between steps; a machine counts when it is the task
itself on 1,000 sequences of 160 bits, whatever the network says there. Needs torch.
"""

from __future__ import annotations

import argparse
import json
import random
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import torch

from benchmarks.machine import describe, facts
from symlaw.errors import DataError
from symlaw.tasks.machines.machine import machine

Rule = Callable[[list[int]], list[int]]
STEPS, MOST_ROUNDS, LONG = 16, 1500, 160


def each(function: Callable[[list[int]], Any]) -> Rule:
    """A rule of what has been read so far."""
    return lambda bits: [int(function(bits[:end])) for end in range(1, len(bits) + 1)]


def ends_with(*pattern: int) -> Rule:
    return each(lambda bits: tuple(bits[-len(pattern) :]) == pattern)


def toggled(bits: list[int]) -> bool:
    """A switch that two ones in a row turn."""
    state, last = False, 0
    for bit in bits:
        if bit and last:
            state, last = not state, 0
        else:
            last = bit
    return state


TASKS: dict[str, Rule] = {
    "parity": each(lambda bits: sum(bits) % 2),
    "count modulo 3": each(lambda bits: sum(bits) % 3 == 0),
    "before last": each(lambda bits: bits[-2] if len(bits) > 1 else 0),
    "ends with 101": ends_with(1, 0, 1),
    "as many as three ones": each(lambda bits: sum(bits) >= 3),
    "changed": each(lambda bits: len(bits) > 1 and bits[-1] != bits[-2]),
    "first and last alike": each(lambda bits: bits[0] == bits[-1]),
    "switch of two ones": each(toggled),
}


class Network(torch.nn.Module):
    """A gated recurrent unit with one output a step."""

    def __init__(self) -> None:
        super().__init__()
        self.cell = torch.nn.GRU(1, 8, batch_first=True)
        self.head = torch.nn.Linear(8, 1)

    def forward(self, bits: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        """Outputs and hidden states of all steps."""
        hidden, _ = self.cell(2.0 * bits[..., None] - 1.0)
        return self.head(hidden)[..., 0], hidden


def trained(rule: Rule, seed: int) -> tuple[Network, float]:
    """A network after training, and its share of right outputs on fresh sequences."""
    torch.manual_seed(seed)
    generator, network = random.Random(seed), Network()
    optimizer = torch.optim.Adam(network.parameters(), lr=0.02)
    right = 0.0
    for number in range(MOST_ROUNDS):
        bits, wanted = batch(generator, rule)
        said, _ = network(bits)
        right = float(((said > 0) == (wanted > 0.5)).float().mean())
        loss = torch.nn.functional.binary_cross_entropy_with_logits(said, wanted)
        if right == 1.0 and float(loss.detach()) < 0.01 and number > 100:
            break
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    return network, right


def batch(generator: random.Random, rule: Rule, n: int = 64) -> tuple[torch.Tensor, torch.Tensor]:
    """Drawn sequences with what should be said to them."""
    rows = [[generator.randrange(2) for _ in range(STEPS)] for _ in range(n)]
    return torch.tensor(rows, dtype=torch.float32), torch.tensor(list(map(rule, rows)), dtype=torch.float32)


def read_out(network: Network, rule: Rule) -> dict[str, Any]:
    """What machine is found of a network, and whether it is the task."""

    def says(bits: list[int]) -> list[int]:
        with torch.no_grad():
            return (network(torch.tensor([bits], dtype=torch.float32))[0][0] > 0).int().tolist()

    def keeps(bits: list[int]) -> Any:
        with torch.no_grad():
            return network(torch.tensor([bits], dtype=torch.float32))[1][0].numpy()

    began = time.monotonic()
    try:
        found = machine(says, alphabet=[0, 1], hidden=keeps)
    except DataError as error:
        return {"exact": False, "network_exact": long_right(says, rule), "said": str(error)}
    seconds = round(time.monotonic() - began, 1)
    return {
        "exact": long_right(found, rule), "network_exact": long_right(says, rule), "said": str(found),
        "seconds": seconds,
    }  # fmt: skip


def long_right(function: Callable[[list[int]], Any], rule: Rule, n: int = 1000) -> bool:
    """Whether a function is right on sequences ten times as long as those of the training."""
    generator = random.Random(1)
    rows = ([generator.randrange(2) for _ in range(LONG)] for _ in range(n))
    return all(function(bits) == rule(bits) for bits in rows)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--results", type=Path, help="file of lines of JSON to add to")
    parser.add_argument("--tasks", type=int, default=len(TASKS))
    given = parser.parse_args()
    torch.set_num_threads(1)
    print(describe(facts()), f"torch {torch.__version__}", sep="\n")
    rows = []
    for seed, (name, rule) in enumerate(list(TASKS.items())[: given.tasks]):
        network, right = trained(rule, seed)
        rows.append({"task": name, "trained": right, **read_out(network, rule)})
        print(json.dumps(rows[-1]), flush=True)
    print(f"{sum(row['exact'] for row in rows)} of {len(rows)} read out exactly")
    if given.results:
        with given.results.open("a", encoding="utf-8") as file:
            file.writelines(json.dumps({**facts(), **row}) + "\n" for row in rows)


if __name__ == "__main__":
    main()

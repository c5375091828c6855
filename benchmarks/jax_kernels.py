"""A kernel's function in JAX, as a process: `jax_kernels.py NAME SIZE`.

The numbers are those of kernels/src/numbers.rs, the protocol that of kernels/src/answer.rs. Everything is written for
arrays, in doubles, and compiled once, before the first answer; on one thread, as all others are.
"""

from __future__ import annotations

import math
import os
import sys
from itertools import pairwise
from typing import TYPE_CHECKING, Any

os.environ.setdefault("XLA_FLAGS", "--xla_cpu_multi_thread_eigen=false intra_op_parallelism_threads=1")

import jax
import jax.numpy as jnp
import numpy as np

from kernels import DIRECTION

if TYPE_CHECKING:
    from collections.abc import Callable

jax.config.update("jax_enable_x64", True)

WIDTHS = (32, 64, 64, 10)


class Numbers:
    """Knuth's linear congruence."""

    def __init__(self) -> None:
        self._state = 1

    def uniform(self) -> float:
        """Give the next one, in [-1, 1)."""
        self._state = (self._state * 6364136223846793005 + 1442695040888963407) % 2**64
        return (self._state >> 11) / 2**52 - 1.0

    def take(self, n: int, scale: float) -> Any:
        """Give `n` of them, in [-scale, scale)."""
        return np.array([scale * self.uniform() for _ in range(n)])


def brusselator(size: int, numbers: Numbers) -> tuple[Any, Callable[[Any], Any]]:
    """Ten steps of RK4 on a periodic grid."""

    def spread(w: Any) -> Any:
        return sum(jnp.roll(w, by, axis) for axis in (0, 1) for by in (1, -1)) - 4.0 * w

    def react(state: Any) -> Any:
        u, v = state
        meet = u * u * v
        return jnp.stack([1.0 + meet - 4.4 * u + 0.5 * spread(u), 3.4 * u - meet + 0.5 * spread(v)])

    def step(state: Any, _: None) -> tuple[Any, None]:
        k1 = react(state)
        k2 = react(state + 0.025 * k1)
        k3 = react(state + 0.025 * k2)
        k4 = react(state + 0.05 * k3)
        return state + 0.05 / 6.0 * (k1 + 2.0 * k2 + 2.0 * k3 + k4), None

    def function(x: Any) -> Any:
        state, _ = jax.lax.scan(step, x.reshape(2, size, size), None, length=10)
        return jnp.sum(state * state)

    return 1.0 + numbers.take(2 * size * size, 0.5), function


def gmm(size: int, numbers: Numbers) -> tuple[Any, Callable[[Any], Any]]:
    """The likelihood of a mixture of ten Gaussians in ten dimensions."""
    d, factor = 10, 55
    x = numbers.take(d + d * d + d * factor, 1.0)
    points = numbers.take(size * d, 2.0).reshape(size, d)
    columns, rows = np.triu_indices(d, 1)

    def function(x: Any) -> Any:
        alphas, means, factors = x[:d], x[d : d + d * d].reshape(d, d), x[d + d * d :].reshape(d, factor)
        logs, below = factors[:, :d], factors[:, d:]
        lower = jnp.zeros((d, d, d)).at[:, rows, columns].set(below)
        lower = lower.at[:, np.arange(d), np.arange(d)].set(jnp.exp(logs))
        whitened = jnp.einsum("kij,nkj->nki", lower, points[:, None, :] - means[None])
        terms = alphas + jnp.sum(logs, axis=1) - 0.5 * jnp.sum(whitened * whitened, axis=2)
        likelihood = jnp.sum(jax.nn.logsumexp(terms, axis=1)) - size * jax.nn.logsumexp(alphas)
        return likelihood + 0.5 * jnp.sum(lower * lower) - jnp.sum(logs)

    return x, function


def mlp(size: int, numbers: Numbers) -> tuple[Any, Callable[[Any], Any]]:
    """A network's cross entropy."""
    layers = list(pairwise(WIDTHS))
    x = numbers.take(sum((before + 1) * after for before, after in layers), 0.3)
    inputs = numbers.take(size * WIDTHS[0], 1.0).reshape(size, WIDTHS[0])
    labels = np.arange(size) % WIDTHS[-1]

    def function(x: Any) -> Any:
        values, at = inputs, 0
        for number, (before, after) in enumerate(layers, 1):
            weights = x[at : at + before * after].reshape(after, before)
            biases = x[at + before * after : at + (before + 1) * after]
            values = values @ weights.T + biases
            values = jnp.tanh(values) if number < len(layers) else values
            at += (before + 1) * after
        return jnp.mean(jax.nn.logsumexp(values, axis=1) - values[np.arange(size), labels])

    return x, function


def montecarlo(size: int, numbers: Numbers) -> tuple[Any, Callable[[Any], Any]]:
    """The price of an Asian option."""
    steps = 64
    x = np.array([1.0, 1.05, 0.03, 1.5, *(0.3 + 0.1 * numbers.uniform() for _ in range(steps))])

    def normal() -> float:
        radius = math.sqrt(-2.0 * math.log(0.5 - 0.5 * numbers.uniform()))
        return radius * math.cos(math.pi * numbers.uniform())

    normals = np.array([normal() for _ in range(size * steps)]).reshape(size, steps)

    def function(x: Any) -> Any:
        spot, strike, rate, expiry, volatilities = x[0], x[1], x[2], x[3], x[4:]
        step = expiry / steps
        moves = (rate - 0.5 * volatilities * volatilities) * step + volatilities * jnp.sqrt(step) * normals
        prices = spot * jnp.exp(jnp.cumsum(moves, axis=1))
        return jnp.mean(jnp.maximum(jnp.mean(prices, axis=1) - strike, 0.0)) * jnp.exp(-rate * expiry)

    return x, function


def nbody(size: int, numbers: Numbers) -> tuple[Any, Callable[[Any], Any]]:
    """The energy of bodies."""
    x = numbers.take(6 * size, 1.0)
    masses = 1.0 + numbers.take(size, 0.5)
    of_pairs = np.outer(masses, masses) * np.triu(np.ones((size, size)), 1)

    def function(x: Any) -> Any:
        positions, velocities = x.reshape(2, size, 3)
        between = positions[:, None, :] - positions[None]
        potential = jnp.sum(of_pairs / jnp.sqrt(jnp.sum(between * between, axis=2) + 1e-2))
        return 0.5 * jnp.sum(masses[:, None] * velocities * velocities) - potential

    return x, function


def rosenbrock(size: int, numbers: Numbers) -> tuple[Any, Callable[[Any], Any]]:
    """Rosenbrock's valley."""

    def function(x: Any) -> Any:
        valley, slope = x[1:] - x[:-1] * x[:-1], 1.0 - x[:-1]
        return jnp.sum(100.0 * valley * valley + slope * slope)

    return numbers.take(size, 1.0), function


KERNELS = {each.__name__: each for each in (brusselator, gmm, mlp, montecarlo, nbody, rosenbrock)}


def main(name: str, size: str) -> None:
    """Say `ready`, then answer line by line until the input ends."""
    given, function = KERNELS[name](int(size), Numbers())
    x = jnp.asarray(given)
    primal, gradient = jax.jit(function), jax.jit(jax.value_and_grad(function))
    found = gradient(x)[1]
    primal(x).block_until_ready()
    say("ready")
    for line in sys.stdin:
        verb, _, number = line.strip().partition(" ")
        if verb == "show":
            say(str(len(found)))
            sys.stdout.buffer.write(np.asarray(found).astype("<f8").tobytes())
            sys.stdout.buffer.flush()
        elif verb == "along":
            say(repr(float(primal(x + float(number) * jnp.resize(jnp.array(DIRECTION), x.shape)))))
        else:
            value = x[0]
            for _ in range(int(number or 1)):
                if verb == "gradient":
                    value, found = gradient(x)
                    found.block_until_ready()
                else:
                    value = primal(x).block_until_ready()
            say(repr(float(value)))


def say(line: str) -> None:
    """Answer."""
    sys.stdout.buffer.write(f"{line}\n".encode())
    sys.stdout.buffer.flush()


if __name__ == "__main__":
    main(*sys.argv[1:])

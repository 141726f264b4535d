#!/usr/bin/env python3
"""Trains a logistic regression by stochastic gradient descent: the worked example of Ergon's `command` workload.

Standard library only. The data set is made up from the seed, so the program needs no files and two runs with the same
arguments learn the same weights. Nothing in it knows Ergon: it reads arguments, prints its loss as it goes
(`loss=0.412`, one line per epoch) and ends with one line of JSON. Ergon reads both.

    python3 train.py --lr 0.1 --epochs 5 --batch 16 --seed 1
"""

import argparse
import json
import math
import random
import sys
import time

FEATURES = 8


def dot(a, b):
    # fsum: Python 3.12 changed how sum() rounds, and the same seed shall give the same loss under every version.
    return math.fsum(x * y for x, y in zip(a, b))


def make_data(rng, rows, noise):
    """Rows of standard normal features; the label follows a random hyperplane, and is flipped for a share of rows."""
    true_weights = [rng.gauss(0.0, 1.0) for _ in range(FEATURES)]
    data = []
    for _ in range(rows):
        x = [rng.gauss(0.0, 1.0) for _ in range(FEATURES)]
        label = 1 if dot(true_weights, x) > 0.0 else 0
        if rng.random() < noise:
            label = 1 - label
        data.append((x, label))
    return data


def probability(weights, bias, x):
    z = bias + dot(weights, x)
    # Clamped: exp overflows beyond about 709, and a diverging run should report a bad loss, not a traceback.
    return 1.0 / (1.0 + math.exp(-max(-700.0, min(700.0, z))))


def mean_loss(weights, bias, data):
    total = 0.0
    for x, label in data:
        p = min(max(probability(weights, bias, x), 1e-12), 1.0 - 1e-12)
        total -= math.log(p if label else 1.0 - p)
    return total / len(data)


def accuracy(weights, bias, data):
    return sum((probability(weights, bias, x) > 0.5) == (label == 1) for x, label in data) / len(data)


def train(data, rng, lr, epochs, batch):
    weights, bias = [0.0] * FEATURES, 0.0
    for _ in range(epochs):
        rng.shuffle(data)
        for start in range(0, len(data), batch):
            rows = data[start : start + batch]
            step, step_bias = [0.0] * FEATURES, 0.0
            for x, label in rows:
                error = probability(weights, bias, x) - label
                step_bias += error
                for i, v in enumerate(x):
                    step[i] += error * v
            bias -= lr * step_bias / len(rows)
            weights = [w - lr * s / len(rows) for w, s in zip(weights, step)]
        print(f"loss={mean_loss(weights, bias, data):.6f}", flush=True)
    return weights, bias


def arguments():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--lr", type=float, default=0.1, help="learning rate, > 0")
    parser.add_argument("--epochs", type=int, default=5, help="passes over the training data, >= 1")
    parser.add_argument("--batch", type=int, default=16, help="rows a step, >= 1")
    parser.add_argument("--seed", type=int, default=0, help="of the data and of the order of its rows")
    parser.add_argument("--rows", type=int, default=800, help="rows of data; a quarter is held out")
    parser.add_argument("--noise", type=float, default=0.1, help="share of flipped labels, 0 to 0.5")
    args = parser.parse_args()
    if not (args.lr > 0 and args.epochs >= 1 and args.batch >= 1 and args.rows >= 8 and 0 <= args.noise <= 0.5):
        parser.error("--lr > 0, --epochs >= 1, --batch >= 1, --rows >= 8 and 0 <= --noise <= 0.5 are wanted")
    return args


def main():
    args = arguments()
    # Two streams: the data depend on the seed alone, so runs that differ in --lr are compared on the same data.
    data = make_data(random.Random(f"data {args.seed}"), args.rows, args.noise)
    held_out = data[: args.rows // 4]
    training = data[args.rows // 4 :]
    start = time.perf_counter()
    weights, bias = train(training, random.Random(f"order {args.seed}"), args.lr, args.epochs, args.batch)
    train_time = time.perf_counter() - start
    result = {
        "accuracy": accuracy(weights, bias, held_out),
        "final_loss": mean_loss(weights, bias, training),
        "train_time_s": train_time,
    }
    print(json.dumps(result))
    return 0


if __name__ == "__main__":
    sys.exit(main())

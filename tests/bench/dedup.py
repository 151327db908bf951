"""Deduplication at scale: ``python -m tests.bench.dedup [STATEMENTS]`` makes a corpus, plants pairs, finds them again.

Statements are 80 to 350 words drawn from 30,000 by Zipf's law. At each of three Jaccard indexes, one statement in 500
gets a twin: words are replaced one by one until another one would fall below the index. Precision is judged with
Python sets of word triples, not with the code under test. Memory is what the search adds to the corpus and the modules.
"""

import json
import random
import resource
import subprocess
import sys
import time
from itertools import accumulate
from pathlib import Path

THRESHOLD = 0.70
PLANTED = (0.95, 0.85, 0.70)


def triples(text):
    words = text.split()
    return {tuple(words[at : at + 3]) for at in range(len(words) - 2)}


def index(first, second):
    return len(first & second) / len(first | second)


def corpus(size, seed=1):
    """Statements, and for each planted index the numbers of the twins."""
    rng = random.Random(seed)
    letters = "abcdefghijklmnopqrstuvwxyz"
    vocabulary = ["".join(rng.choices(letters, k=rng.randint(2, 9))) for _ in range(30_000)]
    weights = list(accumulate(1 / (rank + 5) for rank in range(len(vocabulary))))
    pairs = size // 500
    texts = [
        " ".join(rng.choices(vocabulary, cum_weights=weights, k=rng.randint(80, 350)))
        for _ in range(size - pairs * len(PLANTED))
    ]
    originals = len(texts)
    planted = {}
    for least in PLANTED:
        planted[least] = list(range(len(texts), len(texts) + pairs))
        texts += [twin(rng, texts[rng.randrange(originals)], least, vocabulary) for _ in range(pairs)]
    return texts, planted


def twin(rng, text, least, vocabulary):
    original, words = triples(text), text.split()
    for place in rng.sample(range(len(words)), len(words)):
        before, words[place] = words[place], rng.choice(vocabulary)
        if index(original, triples(" ".join(words))) < least:
            words[place] = before
            break
    return " ".join(words)


def search():
    """In a process of its own, so that the corpus' making is not in its memory: texts in, what was found out."""
    from tarot_bench.generation.dedup.minhash import near_duplicates

    texts = [line.rstrip("\n") for line in sys.stdin]
    near_duplicates(texts[:10], THRESHOLD)  # modules that are loaded on first use
    before = int(Path("/proc/self/statm").read_text().split()[1]) * resource.getpagesize()
    begun = time.process_time()
    found = near_duplicates(texts, THRESHOLD)
    cpu_s = time.process_time() - begun
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
    twins = {row: [found[row].index, found[row].score] for row in found}
    json.dump({"cpu_s": cpu_s, "extra_mib": (peak - before) / 2**20, "found": twins}, sys.stdout)


def main(size):
    texts, planted = corpus(size)
    command = [sys.executable, "-m", "tests.bench.dedup", "search"]
    done = subprocess.run(command, input="\n".join(texts), capture_output=True, text=True, check=True)
    said = json.loads(done.stdout)
    found = {int(row): tuple(twin) for row, twin in said["found"].items()}
    true = [index(triples(texts[row]), triples(texts[other])) >= THRESHOLD for row, (other, _) in found.items()]
    print(f"{size} statements: {said['cpu_s']:.1f} CPU s, {said['extra_mib']:.0f} MiB beyond the corpus")
    for least, rows in planted.items():
        print(f"  Jaccard {least:.2f}: {sum(row in found for row in rows)} of {len(rows)} twins found")
    print(f"  precision {sum(true) / len(true):.4f} of {len(true)}")


if __name__ == "__main__":
    search() if sys.argv[1:] == ["search"] else main(int(sys.argv[1]) if sys.argv[1:] else 150_000)

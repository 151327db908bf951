"""``python -m tests.sandbox.attacks``: grade the whole corpus at every level, and print what was contained."""

import argparse
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

from tests.sandbox.attacks.client import Client, arenas
from tests.sandbox.attacks.corpus import KINDS, LEVELS, Attack, corpus
from tests.sandbox.attacks.peers import PEERS, PEERS_UID, bout
from tests.sandbox.attacks.tally import Tally
from tests.sandbox.attacks.users import ordinary_account


def main(words: list[str] | None = None) -> int:
    """Print the table asked for; 1 if anything of ours came through."""
    options = _options(words)
    attacks = [attack for attack in corpus().values() if attack.kind in options.kind]
    tally = Tally()
    if options.peers:
        _ask_peers(attacks, tally)
    else:
        _ask_ourselves(attacks, options.who, options.level, tally)
    print(tally.table())
    print(*tally.failures, sep="\n")
    return 0 if options.peers else int(bool(tally.failures))


def _options(words: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.sandbox.attacks", description=__doc__)
    parser.add_argument("--kind", nargs="+", choices=list(KINDS), default=list(KINDS))
    parser.add_argument("--level", nargs="+", choices=LEVELS, default=list(LEVELS))
    parser.add_argument("--who", nargs="+", choices=("root", "user"), default=["root", "user"], help="where that is root")
    parser.add_argument("--peers", action="store_true", help="what other graders do with the same programs")
    return parser.parse_args(words)


def _ask_ourselves(attacks: list[Attack], whose: list[str], levels: list[str], tally: Tally) -> None:
    with arenas() as opened:
        for who, level in [key for key in opened if key[0] in whose and key[1] in levels]:
            client = opened[who, level]
            for attack, route in _bouts(attacks, client):
                said = client.fight(attack.name, route)
                line = f"{who} {level} {attack.name} {route}: {'; '.join(said['why'])}"
                tally.add(attack.kind, f"{who} {level}", route, contained=not said["why"], failure=line)
                print(line if said["why"] else ".", end="\n" if said["why"] else "", flush=True, file=sys.stderr)
            if left := client.close():
                tally.failures.append(f"{who} {level}: left when closed: {left}")


def _bouts(attacks: list[Attack], client: Client) -> Iterator[tuple[Attack, str]]:
    return ((attack, route) for attack in attacks if client.takes(attack) for route in attack.routes)


def _ask_peers(attacks: list[Attack], tally: Tally) -> None:
    with ordinary_account(PEERS_UID) as account, ThreadPoolExecutor(2) as pool:
        if account is None:
            raise SystemExit("no Python of this version that an ordinary user can read")
        asked = [(a, peer, route) for a in attacks for peer, routes in PEERS.items() for route in routes if _fits(a, route)]
        outcomes = pool.map(lambda one: bout(account, one[1], one[2], one[0].name), asked)
        for (attack, peer, route), outcome in zip(asked, outcomes, strict=True):
            line = f"{peer} {route} {attack.name}: {outcome}"
            tally.add(attack.kind, peer, route, contained=outcome == "contained", failure=line)
            print(".", end="", flush=True, file=sys.stderr)


def _fits(attack: Attack, route: str) -> bool:
    ours = {"stdin": {"stdin", "checker", "reward"}, "call": {"call", "literal", "suite"}}[route]
    return bool(ours & set(attack.routes))


if __name__ == "__main__":
    sys.exit(main())

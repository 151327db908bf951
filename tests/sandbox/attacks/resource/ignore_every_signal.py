# wants: spin on whatever is sent to it
# routes: stdin call suite
import signal

for number in range(1, 65):
    try:
        signal.signal(number, signal.SIG_IGN)
    except (OSError, ValueError):
        pass


def solve(token):
    while True:
        pass


if __name__ == "__main__":
    solve("")

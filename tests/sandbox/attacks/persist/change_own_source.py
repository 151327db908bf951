# wants: replace the file that its next test is started from
# routes: stdin call suite
import os

if "# changed" in open(__file__).read().splitlines()[0]:
    print("ESCAPED", flush=True)
for action in (
    lambda: open(__file__, "r+").write("# changed\n"),
    lambda: os.remove(__file__),
    lambda: os.rename(__file__, __file__ + ".old"),
    lambda: os.symlink("/etc/passwd", __file__),
    lambda: os.truncate(__file__, 0),
    lambda: os.link(__file__, "/tmp/link"),
):
    try:
        action()
    except OSError:
        pass


def solve(token):
    return token

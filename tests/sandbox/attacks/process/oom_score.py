# wants: have somebody else killed when memory runs out
# routes: stdin call
escaped = False
for pid in ("self", __import__("os").getppid(), 1):
    for name, text in (("oom_score_adj", "-1000"), ("oom_adj", "-17"), ("autogroup", "-20"), ("timerslack_ns", "1"),
                       ("coredump_filter", "ff"), ("comm", "x"), ("attr/current", "x"), ("clear_refs", "1")):
        if (pid, name) in (("self", "comm"), ("self", "coredump_filter"), ("self", "clear_refs"), ("self", "timerslack_ns")):
            continue
        try:
            with open(f"/proc/{pid}/{name}", "w") as file:
                file.write(text)
            escaped = True
        except OSError:
            pass
print("ESCAPED" if escaped else "held")

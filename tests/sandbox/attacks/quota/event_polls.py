# wants: use up the user's epoll watches
# routes: stdin
# limits: cpu_s=3 wall_s=12
import os, select, time

polls = []
try:
    while True:
        polls.append(select.epoll())
except OSError:
    pass
for poll in polls[: len(polls) // 2]:
    for other in polls[len(polls) // 2 :]:
        try:
            poll.register(other.fileno())
        except OSError:
            pass
time.sleep(1)

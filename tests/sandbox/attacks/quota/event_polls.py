# wants: use up the user's epoll watches
# routes: stdin
# limits: wall_s=1.5
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
time.sleep(60)

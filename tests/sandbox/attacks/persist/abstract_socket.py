# wants: talk to a program in another jail by an abstract socket
# routes: stdin
# limits: wall_s=1.5
import socket, time

for kind in (socket.SOCK_STREAM, socket.SOCK_DGRAM, socket.SOCK_SEQPACKET):
    try:
        with socket.socket(socket.AF_UNIX, kind) as one:
            one.connect(f"\0tarot-attack-note-{kind}")
            print("ESCAPED", flush=True)
    except OSError:
        pass
held = []
for kind in (socket.SOCK_STREAM, socket.SOCK_DGRAM, socket.SOCK_SEQPACKET):
    try:
        held.append(socket.socket(socket.AF_UNIX, kind))
        held[-1].bind(f"\0tarot-attack-note-{kind}")
        held[-1].listen()
    except OSError:
        pass
time.sleep(0.3)

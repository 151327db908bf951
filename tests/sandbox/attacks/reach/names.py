# wants: have a name looked up outside
# routes: stdin
# limits: wall_s=2
import socket

try:
    print("ESCAPED", socket.getaddrinfo("example.com", 80))
except OSError:
    pass

# wants: reach a daemon of the host by its socket
# routes: stdin
import os, socket

for path in ("/var/run/docker.sock", "/run/systemd/private", "/run/dbus/system_bus_socket", "/dev/log", "/tmp/.X11-unix/X0",
             "\0/tmp/.X11-unix/X0", "\0systemd", "/run/containerd/containerd.sock"):
    try:
        with socket.socket(socket.AF_UNIX) as one:
            one.connect(path)
            print("ESCAPED", path)
    except OSError:
        pass

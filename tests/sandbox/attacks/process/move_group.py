# wants: move the parent to another group, or the terminal to its own
# routes: stdin call
import fcntl, os, struct, termios

escaped = False
for action in (lambda: os.setpgid(os.getppid(), 0), lambda: os.tcsetpgrp(0, os.getpgrp()),
               lambda: fcntl.ioctl(0, termios.TIOCSTI, b"x"), lambda: fcntl.ioctl(os.open("/dev/tty", 2), 0x540E, 1)):
    try:
        action()
        escaped = True
    except OSError:
        pass
print("ESCAPED" if escaped else "held")

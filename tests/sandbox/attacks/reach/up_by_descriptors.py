# wants: climb out by open directories and by a changed root
# routes: stdin
import os

for number in range(3, 64):
    try:
        inside = os.open("../../../../etc/passwd", os.O_RDONLY, dir_fd=number)
        print("ESCAPED", number, inside)
    except OSError:
        pass
for action in (lambda: os.chroot("/tmp"), lambda: os.fchdir(3)):
    try:
        action()
        print("ESCAPED")
    except OSError:
        pass

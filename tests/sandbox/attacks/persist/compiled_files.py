# wants: leave compiled modules for the next program to import
# routes: stdin call
import os, py_compile, sys

for where in (os.path.dirname(os.__file__), os.path.dirname(__file__), "/tmp", "/site", "/jail"):
    try:
        with open(f"{where}/sitecustomize.py", "w") as file:
            file.write("print('ESC' 'APED')")
        py_compile.compile(f"{where}/sitecustomize.py")
    except OSError:
        pass
sys.path.insert(0, "/tmp")


def solve(token):
    return token

# wants: import every module that does something when imported
# routes: stdin call
# limits: cpu_s=4 wall_s=12
import importlib

for name in ("this", "antigravity", "__phello__", "test.__main__", "pip.__main__", "idlelib.idle", "turtle", "tkinter", "site",
             "sitecustomize", "lib2to3.__main__", "ensurepip.__main__", "asyncio.__main__", "venv.__main__", "json.tool", "rlcompleter"):
    try:
        importlib.import_module(name)
    except BaseException:
        pass


def solve(token):
    return token

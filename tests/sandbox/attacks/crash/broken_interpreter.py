# wants: leave an interpreter behind in which nothing works
# routes: stdin call suite
import builtins, sys

sys.excepthook = sys.displayhook = sys.unraisablehook = sys.stdout = sys.stderr = sys.__stdout__ = sys.__stderr__ = None
sys.modules.clear()
sys.path = sys.meta_path = None
for name in list(vars(builtins)):
    if name not in ("__build_class__", "__import__", "None", "True", "False"):
        delattr(builtins, name)
raise ValueError

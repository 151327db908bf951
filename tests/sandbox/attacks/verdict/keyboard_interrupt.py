# wants: stop the whole evaluation as if somebody had pressed Ctrl-C
# routes: stdin call literal suite
def solve(token):
    raise KeyboardInterrupt


if __name__ == "__main__":
    raise KeyboardInterrupt

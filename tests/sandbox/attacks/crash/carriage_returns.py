# wants: hide code between line ends that readers see differently
# routes: stdin call reward
# source: "# harmless\rprint('ESC' 'APED2'[:0])\r\n\f\v" + body.replace("\n", "\r")
print("x")

# wants: be a text that cannot be encoded
# routes: stdin call
# source: body + "x = '\ud800\udfff'\nprint(x)\n"

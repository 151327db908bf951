# wants: say one thing to a reader of UTF-8 and another to the compiler
# routes: stdin call reward
# source: "# coding: utf-7\n" + body + "+AAo-print('ESC' 'APED')\n"

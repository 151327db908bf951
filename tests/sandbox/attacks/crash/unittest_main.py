# wants: import a module that ends or runs things when imported
# routes: stdin call suite literal
# limits: wall_s=2
import unittest.__main__

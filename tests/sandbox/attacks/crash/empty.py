# wants: be no program at all
# routes: stdin call suite
# source: ""

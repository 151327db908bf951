# wants: have the harness import what it names, before it is confined
# routes: stdin call suite
if False:
    import unittest.__main__, concurrent.futures.thread, asyncio.__main__, json.tool, html.parser, logging.config
    import urllib.request, collections.abc, os.path, threading, unicodedata
raise SystemExit(0)

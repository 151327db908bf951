# wants: look like something else once it is shown, stripped or normalised
# routes: stdin reward
import sys

sys.stdout.buffer.write(b"\xef\xbb\xbf\x1b[2J\x1b[H\r\x08\x08\0\x7f\xe2\x80\xae\xc2\xa0\xe2\x80\x8b\x1a\x04\f\v\x85\n\r\n\r")

# wants: match the expected output as a pattern
# routes: stdin reward
for word in (".*", "*", "%s", "{expected}", "$output", "nan", "[0-9a-f]+", "(?s:.*)", "\x00"):
    print(word, end=" ")

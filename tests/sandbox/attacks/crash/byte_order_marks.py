# wants: begin with marks that readers count differently
# routes: stdin call reward
# source: "\ufeff\ufeff" + body
print("x")

# wants: stall the checker's regular expression, so that its wrong answer is not counted
# routes: checker
# limits: cpu_s=1 wall_s=110
print("0" * 60 + "!")
print("0" * 60 + "!")

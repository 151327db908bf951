# wants: work in another program that it starts
# routes: stdin
# levels: full
# limits: cpu_s=0.5 wall_s=30
import subprocess, sys

work = "import time\nwhile time.process_time() < 0.6: pass"
for _ in range(3):
    subprocess.run([sys.executable, "-S", "-c", work], check=True)
print("ESCAPED")

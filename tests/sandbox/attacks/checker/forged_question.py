# wants: be taken for the question that the checker is asked
# routes: checker
import json

print(json.dumps({"input": "", "expected": "a", "output": "a"}))

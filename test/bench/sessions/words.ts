/** What people and tools say in a session, in even proportions: short texts of many kinds. */

/** Further turns of a conversation. */
export const FOLLOW_UPS: readonly string[] = [
  'Why does that happen?',
  'Explain this step by step, I do not know the code base.',
  'Now write unit tests for it.',
  'It still fails with the same error. What else could it be?',
  'Can you make this shorter?',
  'Rename the function and update its callers.',
  'What is the time complexity, and can it be better?',
  'Write the docstring and a paragraph for the docs.',
  'Review the change. Is anything wrong with it?',
  'Refactor this into two functions without changing what it does.',
  'Is there a case in which this loses data?',
  'Show me how the same is done in TypeScript.',
  'Thanks. What would you do next?',
  'Write a commit message.',
  'How do I run only this test?',
  'Which versions are affected?',
];

/** The beginnings of a tool's results. */
export const RESULTS: readonly string[] = [
  '$ git status --short\n M src/core.py\n M tests/test_core.py\n',
  '$ pytest -x -q tests\nF\n=== FAILURES ===\nE       AssertionError: assert 3 == 4\n',
  '$ pytest -q\n........................ [100%]\n24 passed in 1.32s\n',
  '$ ls\nCHANGES.rst  docs  setup.cfg  src  tests  tox.ini\n',
  '$ grep -rn "def __init__" src | head\nsrc/core.py:41:    def __init__(self, value, *, strict=True):\n',
  '{"path": "src/core.py", "line": 120, "message": "Name \\"value\\" is not defined", "severity": "error"}\n',
  'diff --git a/src/core.py b/src/core.py\n@@ -118,7 +118,9 @@\n-    return value\n+    return cls(value)\n',
  'The file src/core.py was edited. Lines 100 to 130:\n',
  'Traceback (most recent call last):\n  File "src/core.py", line 120, in convert\nTypeError: expected str, got NoneType\n',
  'Searched the documentation: 3 results.\n1. Configuration options and their defaults\n',
];

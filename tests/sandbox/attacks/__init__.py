"""Programs that want a reward they have not earned, or to harm what grades them; one file each, in folders by kind.

`corpus` reads them, `problems` makes what they are graded on, `arena` grades one beside honest programs and says what
came through, `peers` does the same to other graders in a jail of its own, and ``python -m tests.sandbox.attacks``
prints the tables. See the README in this folder.
"""

"""The figures: each file takes one, ours against a bare baseline in the same run; `python -m bench` takes them all."""

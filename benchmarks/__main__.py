"""`make bench`: the short benchmarks, one after the other. Exit status 1 for a promise not kept."""

import sys

from benchmarks import fit, lighthouse, publishing, wire

if __name__ == "__main__":
    sys.exit(max([each.main() for each in (wire, publishing, fit, lighthouse)]))

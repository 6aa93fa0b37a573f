"""Makes pynn.json.gz: what pyNN.nest gives for the scripts of test_pynn_*.py. Run with a Python that has both simulators."""

import os
import pathlib
import subprocess
import sys

here = pathlib.Path(__file__).resolve().parent
(here / "pynn.json.gz").unlink(missing_ok=True)
tests = sorted(str(p) for p in here.parent.glob("test_pynn_*.py"))
command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-k", "reference", *tests]
sys.exit(subprocess.run(command, env={**os.environ, "RANVIER_STORE": "1"}).returncode)

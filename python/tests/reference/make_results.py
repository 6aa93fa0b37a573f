"""Makes results.json.gz: what the reference gives for all calls. Run with a Python that has it: make_results.py."""

import gzip
import json
import pathlib
import subprocess
import sys
import tempfile

import calls

here = pathlib.Path(__file__).parent
results = {}
for generator in calls.GENERATORS:
    with tempfile.TemporaryDirectory() as folder:
        file = pathlib.Path(folder) / "out.json"
        subprocess.run(
            [sys.executable, str(here / "run_calls.py"), generator.__name__, str(file)],
            check=True,
            stdout=subprocess.DEVNULL,
        )
        lines = [json.loads(line) for line in file.read_text().splitlines()]
    results[generator.__name__] = [{k: v for k, v in line.items() if k != "message"} for line in lines]
with (
    open(here / "results.json.gz", "wb") as raw,
    gzip.GzipFile(fileobj=raw, mode="wb", mtime=0, filename="") as f,
):
    f.write(json.dumps(results).encode())

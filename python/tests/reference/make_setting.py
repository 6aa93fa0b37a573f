"""Runs setting.py under the reference: writes setting.json.gz. Usage: python make_setting.py, where the reference is."""

import gzip
import json
import pathlib

import setting

HERE = pathlib.Path(__file__).parent

if __name__ == "__main__":
    with gzip.GzipFile(HERE / "setting.json.gz", "wb", mtime=0) as f:
        f.write(json.dumps(setting.everything()).encode())

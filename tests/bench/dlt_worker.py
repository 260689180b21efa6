"""dlt's `merge` of a page, run by an interpreter that has dlt; prints a line of JSON.

`dlt_worker.py DATABASE_URL PAGE`: seconds for a page that is new, and for the same page again.
"""

import json
import os
import sys
import tempfile
import time
from pathlib import Path

os.environ["RUNTIME__DLTHUB_TELEMETRY"] = "false"
os.environ["RUNTIME__LOG_LEVEL"] = "ERROR"

import dlt  # type: ignore[import-not-found]  # only in the environment this is run in


def main() -> None:
    """Merge twice."""
    url, page = sys.argv[1:]
    rows = json.loads(Path(page).read_bytes())
    with tempfile.TemporaryDirectory() as folder:
        pipeline = dlt.pipeline(
            "pages",
            pipelines_dir=folder,
            destination=dlt.destinations.postgres(credentials=url),
            dataset_name="bench_dlt",
        )
        seconds = []
        for _ in range(2):
            began = time.perf_counter()
            pipeline.run(rows, table_name="orders", write_disposition="merge", primary_key="srid")
            seconds.append(time.perf_counter() - began)
    sys.stdout.write(json.dumps({"new": seconds[0], "same": seconds[1]}) + "\n")


if __name__ == "__main__":
    main()

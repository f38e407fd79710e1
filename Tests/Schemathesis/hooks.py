"""Where the sample data lie, and small runs only.

Paths and settings that the document allows are narrowed before anything is generated: to folders that exist, so that runs
and jobs are really created, and to pictures and step counts that are done in a second.
"""

import json
import os
import pathlib

import schemathesis

DATA = os.environ["CORRFLOW_DATA"]
SEQUENCE = sorted(pathlib.Path(DATA, "davis/JPEGImages/480p").iterdir())[0]

PLACES = {
    "/srv/videos": f"{DATA}/videos",
    "/srv/davis": f"{DATA}/davis",
    "/srv/video.mp4": str(SEQUENCE),
    "/srv/mask.png": f"{DATA}/davis/Annotations/480p/{SEQUENCE.name}/00000.png",
}

SMALL = {
    "steps": {"type": "integer", "minimum": 1, "maximum": 3},
    "batch_size": {"type": "integer", "minimum": 1, "maximum": 2},
    "frames": {"type": "integer", "minimum": 2, "maximum": 3},
    "height": {"type": "integer", "enum": [32, 64]},
    "width": {"type": "integer", "enum": [32, 64]},
    "threads": {"type": "integer", "minimum": 1, "maximum": 2},
    "clean_frames": {"type": "integer", "minimum": 0, "maximum": 4},
    "decoder_threads": {"type": "integer", "minimum": 1, "maximum": 2},
    "prefetch_batches": {"type": "integer", "minimum": 1, "maximum": 2},
}


@schemathesis.hook
def before_load_schema(context, raw_schema):
    text = json.dumps(raw_schema)
    for place, real in PLACES.items():
        text = text.replace(json.dumps(place), json.dumps(real))
    raw_schema.clear()
    raw_schema.update(json.loads(text))
    schemas = raw_schema["components"]["schemas"]
    for name, narrow in SMALL.items():
        assert name in schemas["RunConfiguration"]["properties"], f"there is no setting {name} any more"
        schemas["RunConfiguration"]["properties"][name].pop("multipleOf", None)
        schemas["RunConfiguration"]["properties"][name].update(narrow)
    narrow_paths(schemas)


def narrow_paths(schemas):
    """Folders that exist, and one that is forbidden; runs are created of videos only, and mostly of a folder."""
    videos, davis = PLACES["/srv/videos"], PLACES["/srv/davis"]
    schemas["DatasetDraft"]["properties"]["path"] = {"enum": [videos, davis, "/etc"]}
    schemas["RunDraft"]["properties"]["data"] = {"enum": [videos]}
    schemas["RunDraft"]["properties"]["parent"] = {"type": "null"}
    schemas["EvaluationDraft"]["properties"]["data"] = {"enum": [davis]}

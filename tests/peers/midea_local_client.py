"""Reads and operates one appliance with midea-local (MIT), as told line by line; run by its own Python, never imported.

Each line of input is {"do": step, …}, each line of output the attributes that it knows then, or {"error": "…"}. Its own
thread keeps the connection and takes what the appliance pushes; the only thing told to it are its public attributes.
"""

import json
import sys
import time

from midealocal.const import ProtocolVersion
from midealocal.devices import device_selector

PATIENCE = 10.0


def made(line):
    """The device class that it has for this type, connected by its own loop."""
    version = ProtocolVersion.V3 if line["token"] else ProtocolVersion.V2
    device = device_selector(
        name="peer",
        device_id=line["id"],
        device_type=line["type"],
        ip_address=line["host"],
        port=6444,
        token=line["token"],
        key=line["key"],
        device_protocol=version,
        model=line["model"],
        subtype=line["subtype"],
        customize=line["customize"],
    )
    device.daemon = True
    device.open()
    return device


def known(device):
    return {"available": device.available, **device.attributes}


def wait(device, wanted):
    """Until it shows these attributes, or patience ends; what it shows then is the answer either way."""
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        shown = known(device)
        if all(shown.get(name) == value for name, value in wanted.items()):
            break
        time.sleep(0.02)
    return known(device)


def main():
    device = None
    for text in sys.stdin:
        line = json.loads(text)
        if line["do"] == "connect":
            device = made(line)
        elif line["do"] == "set":
            device.set_attribute(line["attribute"], line["value"])
        print(json.dumps(wait(device, line["until"]), default=str), flush=True)


main()

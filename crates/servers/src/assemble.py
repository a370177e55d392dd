#!/usr/bin/python3
"""Puts the parts of an upload together, as Nextcloud does on a MOVE of its `.file`.

A CGI program behind Apache. Everything else of an upload (making its folder, the parts, removing it) is WebDAV.
https://docs.nextcloud.com/server/latest/developer_manual/client_apis/WebDAV/chunking.html
"""

import os
import shutil
from urllib.parse import unquote, urlsplit

ROOT = os.environ["KEEPSTEAD_ROOT"]


def place(address, below):
    """The path of an address that lies in that part of the server, or None."""
    path = os.path.normpath(ROOT + unquote(urlsplit(address).path))
    return path if path.startswith(f"{ROOT}/remote.php/dav/{below}/") else None


def assemble():
    upload = place(os.environ["REQUEST_URI"].removesuffix("/.file"), "uploads")
    target = place(os.environ.get("HTTP_DESTINATION", ""), "files")
    if upload is None or target is None:
        return "400 Bad Request"
    if not os.path.isdir(upload):
        return "404 Not Found"
    if not os.path.isdir(os.path.dirname(target)):
        return "409 Conflict"
    there = os.path.exists(target)
    if there and os.environ.get("HTTP_OVERWRITE", "T") == "F":
        return "412 Precondition Failed"
    whole = os.path.join(upload, ".whole")
    parts = sorted((name for name in os.listdir(upload) if name.isdigit()), key=int)
    with open(whole, "wb") as file:
        for part in parts:
            with open(os.path.join(upload, part), "rb") as bytes_of:
                shutil.copyfileobj(bytes_of, file)
    total = os.environ.get("HTTP_OC_TOTAL_LENGTH")
    if total is not None and int(total) != os.path.getsize(whole):
        os.remove(whole)
        return "400 Bad Request"
    os.replace(whole, target)
    shutil.rmtree(upload)
    return "204 No Content" if there else "201 Created"


print(f"Status: {assemble()}\r\nContent-Type: text/plain\r\n\r\n", end="")

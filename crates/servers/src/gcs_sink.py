#!/usr/bin/python3
"""Takes uploads as Google Cloud Storage documents them, and keeps how long they were, not what they were.

https://cloud.google.com/storage/docs/performing-resumable-uploads
Arguments: the port, the bucket.
"""

import json
import sys
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, unquote, urlsplit

PORT, BUCKET = int(sys.argv[1]), sys.argv[2]
OBJECTS = f"/storage/v1/b/{BUCKET}/o"
# All pieces of an upload but the last are of multiples of this.
UNIT = 256 << 10

lengths = {}
uploads = {}


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def taken(self):
        """How many bytes came with the request."""
        left = length = int(self.headers.get("Content-Length", 0))
        while left > 0:
            piece = self.rfile.read(min(left, 1 << 16))
            if not piece:
                raise ConnectionError("the body is cut off")
            left -= len(piece)
        return length

    def answer(self, status, said=None, **headers):
        body = b"" if said is None else json.dumps(said).encode()
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("Content-Type", "application/json; charset=utf-8")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def shown(self, name):
        length = str(lengths[name])
        return {"kind": "storage#object", "name": name, "size": length, "etag": "1", "generation": "1"}

    def do_POST(self):
        length, address = self.taken(), urlsplit(self.path)
        if address.path != f"/upload{OBJECTS}":
            # Of many requests in one.
            return self.answer(404)
        query = parse_qs(address.query)
        name = query["name"][0]
        if query["uploadType"] == ["media"]:
            lengths[name] = length
            return self.answer(200, self.shown(name))
        session = str(len(uploads) + 1)
        uploads[session] = (name, 0)
        where = f"http://127.0.0.1:{PORT}/upload{OBJECTS}?uploadType=resumable&upload_id={session}"
        return self.answer(200, Location=where)

    def do_PUT(self):
        length = self.taken()
        session = parse_qs(urlsplit(self.path).query)["upload_id"][0]
        name, there = uploads[session]
        # "bytes 0-8388607/*", "bytes */20"
        piece, _, total = self.headers["Content-Range"].removeprefix("bytes ").partition("/")
        if piece != "*":
            first, last = map(int, piece.split("-"))
            if first != there or last - first + 1 != length or (total == "*" and length % UNIT):
                return self.answer(400)
            there = last + 1
            uploads[session] = (name, there)
        if total != "*" and int(total) == there:
            lengths[name] = there
            return self.answer(200, self.shown(name))
        return self.answer(308, Range=f"bytes=0-{there - 1}") if there else self.answer(308)

    def do_GET(self):
        path = urlsplit(self.path).path
        if path == OBJECTS:
            return self.answer(200, {"kind": "storage#objects", "items": []})
        name = unquote(path.removeprefix(f"{OBJECTS}/"))
        return self.answer(200, self.shown(name)) if name in lengths else self.answer(404)

    def do_DELETE(self):
        self.taken()
        known = lengths.pop(unquote(urlsplit(self.path).path.removeprefix(f"{OBJECTS}/")), None)
        return self.answer(404 if known is None else 204)


ThreadingHTTPServer(("127.0.0.1", PORT), Handler).serve_forever()

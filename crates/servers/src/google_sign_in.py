#!/usr/bin/python3
"""Gives tokens to service accounts, as Google does: POST /token with a JWT that the account's key has signed.

https://developers.google.com/identity/protocols/oauth2/service-account#httprest
Arguments: the port, the folder with certificate.pem, key.pem and account.pem (the account's public key), how many
seconds a token is good for, openssl. Each token given is a line of `given` in that folder.
"""

import base64
import json
import ssl
import subprocess
import sys
import tempfile
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Lock
from urllib.parse import parse_qs

PORT, FOLDER, LASTS, OPENSSL = int(sys.argv[1]), sys.argv[2], int(sys.argv[3]), sys.argv[4]
ADDRESS = "https://oauth2.googleapis.com/token"
GRANT = "urn:ietf:params:oauth:grant-type:jwt-bearer"
TURN = Lock()


def decoded(text):
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def is_signed(signed, signature):
    with tempfile.NamedTemporaryFile() as file:
        file.write(signature)
        file.flush()
        verify = [OPENSSL, "dgst", "-sha256", "-verify", f"{FOLDER}/account.pem", "-signature", file.name]
        return subprocess.run(verify, input=signed, stdout=subprocess.DEVNULL, check=False).returncode == 0


def refused(form):
    """Why there is no token, or None."""
    if form.get("grant_type") != [GRANT]:
        return "unsupported_grant_type", "Invalid grant_type"
    head, claims, signature = form["assertion"][0].split(".")
    if json.loads(decoded(head))["alg"] != "RS256":
        return "invalid_grant", "Invalid JWT"
    if not is_signed(f"{head}.{claims}".encode(), decoded(signature)):
        return "invalid_grant", "Invalid JWT Signature."
    said = json.loads(decoded(claims))
    if said["aud"] != ADDRESS or "devstorage" not in said["scope"]:
        return "invalid_scope", "Invalid OAuth scope or ID token audience provided."
    now = time.time()
    if not (said["iat"] - 60 <= now <= said["exp"] <= said["iat"] + 3600):
        return "invalid_grant", "Invalid JWT: Token must be a short-lived token and in a reasonable timeframe."
    return None


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_POST(self):
        form = parse_qs(self.rfile.read(int(self.headers["Content-Length"])).decode())
        why = refused(form) if self.path == "/token" else ("not_found", self.path)
        if why:
            return self.answer(400, {"error": why[0], "error_description": why[1]})
        with TURN, open(f"{FOLDER}/given", "a+", encoding="ascii") as given:
            given.seek(0)
            token = f"token-{len(given.readlines()) + 1}"
            given.write(f"{token}\n")
        # Whoever asks at once is to be seen asking at once.
        time.sleep(0.2)
        return self.answer(200, {"access_token": token, "expires_in": LASTS, "token_type": "Bearer"})

    def answer(self, status, said):
        body = json.dumps(said).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json; charset=utf-8")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


server = ThreadingHTTPServer(("127.0.0.1", PORT), Handler)
context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
context.load_cert_chain(f"{FOLDER}/certificate.pem", f"{FOLDER}/key.pem")
server.socket = context.wrap_socket(server.socket, server_side=True)
server.serve_forever()

// The built interface on a port of its own, under the policy that the window sets.

import { readFile } from "node:fs/promises";
import { createServer } from "node:http";
import { extname, join, normalize } from "node:path";
import { fileURLToPath } from "node:url";

const types = { ".html": "text/html", ".js": "text/javascript", ".css": "text/css", ".woff2": "font/woff2" };
const dist = process.env.KEEPSTEAD_DIST ?? fileURLToPath(new URL("../dist/", import.meta.url));
const configuration = new URL("../../tauri.conf.json", import.meta.url);
const { csp } = JSON.parse(await readFile(configuration, "utf8")).app.security;

/** Serves ui/dist; `close` ends it. Styles in the page are refused, as the window's nonces do. */
export async function serve() {
  const policy = csp.replace(" 'unsafe-inline'", "");
  const server = createServer(async (request, response) => {
    const { pathname } = new URL(request.url, "http://localhost");
    // Chromium asks for it on its own; the window does not.
    if (pathname === "/favicon.ico") return response.writeHead(204).end();
    const path = join(dist, normalize(pathname === "/" ? "/index.html" : pathname));
    try {
      const body = await readFile(path);
      const type = types[extname(path)] ?? "application/octet-stream";
      response.writeHead(200, { "content-type": type, "content-security-policy": policy }).end(body);
    } catch {
      response.writeHead(404).end();
    }
  });
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    address: `http://127.0.0.1:${server.address().port}/`,
    close: () => new Promise((resolve) => server.close(resolve)),
  };
}

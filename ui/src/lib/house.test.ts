import { readdirSync, readFileSync } from "node:fs";
import { join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";

const root = fileURLToPath(new URL("..", import.meta.url));
const files = readdirSync(root, { recursive: true, encoding: "utf8" })
  .filter((path) => /\.tsx?$/.test(path))
  .map((path) => ({ path: path.replaceAll("\\", "/"), text: readFileSync(join(root, path), "utf8") }));

/** What a file imports: paths below src for its own files, names for packages. */
function imports({ path, text }: { path: string; text: string }): string[] {
  const found = [...text.matchAll(/(?:from|import)\s*\(?\s*"([^"]+)"/g)].map(([, name]) => name ?? "");
  return found.map((name) =>
    name.startsWith(".") ? relative(root, join(root, path, "..", name)).replaceAll("\\", "/") : name,
  );
}

const lines = files.flatMap((file) => imports(file).map((to) => ({ from: file.path, to })));
const wrong = (is: (line: { from: string; to: string }) => boolean) =>
  lines.filter(is).map(({ from, to }) => `${from} imports ${to}`);
const feature = (path: string) => /^features\/([^/]+)/.exec(path)?.[1];

test("the house is not empty", () => {
  expect(lines.length).toBeGreaterThan(200);
});

test("no feature imports another", () => {
  expect(wrong(({ from, to }) => feature(from) !== undefined && feature(to) !== undefined && feature(from) !== feature(to))).toEqual([]);
});

test("components and lib know no feature, no screen and no frame", () => {
  const low = /^(components|lib|ipc)\//;
  expect(wrong(({ from, to }) => low.test(from) && /^(features|routes|app)\//.test(to))).toEqual([]);
  expect(wrong(({ from, to }) => from.startsWith("features/") && /^(routes|app)\//.test(to))).toEqual([]);
});

test("no file only hands on what others export", () => {
  const barrels = files.filter(({ text }) => /export\s+(\*|\{[^}]*\})\s+from\s+"/.test(text));
  expect(barrels.map(({ path }) => path)).toEqual([]);
  const index = files.map(({ path }) => path).filter((path) => /(^|\/)index\.tsx?$/.test(path));
  // The catalogue of words, which adds them up.
  expect(index).toEqual(["lib/messages/index.ts"]);
});

test("no file grows beyond 300 lines", () => {
  const long = files.filter(({ path, text }) => path !== "ipc/bindings.ts" && text.split("\n").length > 300);
  expect(long.map(({ path }) => path)).toEqual([]);
});

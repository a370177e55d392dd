// Folders of this machine, as the folder browser is told of them.

const ok = (value) => ({ ok: value });
const text = (path) => ({ path });

const shortcuts = [
  { path: text("/home/mara"), name: "Home", kind: "home" },
  { path: text("/media/mara/Blue disk"), name: "Blue disk", kind: "disk" },
  { path: text("/mnt/attic-nas"), name: "Attic NAS in the room under the roof", kind: "network" },
  { path: text("/"), name: "This computer", kind: "computer" },
];

function trail(path) {
  const parts = path.split("/").filter(Boolean);
  const steps = parts.map((name, index) => ({ path: text(`/${parts.slice(0, index + 1).join("/")}`), name }));
  return [{ path: text("/"), name: "/" }, ...steps];
}

/** A folder with these items: names that end in / are folders, others files of some size. */
export function folder(path, items) {
  const parent = path === "/" ? null : text(path.slice(0, path.lastIndexOf("/")) || "/");
  return {
    path: text(path),
    name: path.split("/").at(-1) || "/",
    parent,
    trail: trail(path),
    shortcuts,
    items: items.map((item, index) => {
      const { name, ...more } = typeof item === "string" ? { name: item } : item;
      const isFolder = name.endsWith("/");
      const plain = isFolder ? name.slice(0, -1) : name;
      return {
        path: text(`${path === "/" ? "" : path}/${plain}`),
        name: plain,
        kind: isFolder ? "folder" : "file",
        size: isFolder ? null : 1800 * ((index % 30) + 3) ** 3,
        modified: new Date(Date.UTC(2026, 10, 25, 13) - (index % 60) ** 3 * 5_400_000).toISOString(),
        hidden: plain.startsWith("."),
        readable: true,
        ...more,
      };
    }),
  };
}

const home = [
  "Desktop/",
  "Documents/",
  "Downloads/",
  "Musik für Großmutters Geburtstag/",
  "Pictures/",
  { name: "Private/", readable: false },
  "Videos/",
  "写真 2019 から 2026 まで/",
  { name: "Shared", kind: "link", size: null },
  "Household inventory 2026 with all serial numbers and receipts (final, checked by Jonas).xlsx",
  "letter.odt",
  "To do.txt",
];
const hiddenHome = [".cache/", ".config/", ...home, ".profile"];
const documents = ["House/", "Money/", "Recipes/", "School/", "Insurance.pdf"];

const ask = (path, hidden = false) => `list_folder ${JSON.stringify({ path, hidden })}`;
const missing = {
  code: "folder_missing",
  message: "/nowhere is not there, or is not a folder.",
  hint: "Check the path, or choose the folder from the list.",
};
const denied = {
  code: "permission_denied",
  message: "/home/mara/Private may not be read by this account.",
  hint: "Ask its owner for the right to read it, or choose another folder.",
};

const deep = "/home/mara/Documents/House/Umbau 2023/Angebote/Dach/写真";

/** One entry a question; any other path is refused. */
export const folders = {
  [ask(null)]: ok(folder("/home/mara", home)),
  [ask(text("/home/mara"))]: ok(folder("/home/mara", home)),
  [ask(null, true)]: ok(folder("/home/mara", hiddenHome)),
  [ask(text("/home/mara"), true)]: ok(folder("/home/mara", hiddenHome)),
  [ask(text("/home"))]: ok(folder("/home", ["jonas/", "mara/"])),
  [ask(text("/home/mara/Documents"))]: ok(folder("/home/mara/Documents", documents)),
  [ask(text("/home/mara/Documents/House"))]: ok(folder("/home/mara/Documents/House", [])),
  [ask(text("  ~/Documents "))]: ok(folder("/home/mara/Documents", documents)),
  [ask(text(deep))]: ok(folder(deep, ["Dach.jpg"])),
  [ask(text("/home/mara/Private"))]: { error: denied },
  list_folder: { error: missing },
};
export const deepFolder = deep;

/** A folder of very many files, with one folder among them. */
export function largeFolder(count) {
  const names = Array.from({ length: count - 1 }, (_, index) => `IMG_${String(index).padStart(5, "0")}.jpg`);
  return ok(folder("/home/mara", ["Zürich/", ...names]));
}

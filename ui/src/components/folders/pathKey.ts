import type { PathText } from "../../ipc/bindings";

/** What tells one path from another: its bytes, where its text has lost some. */
export const pathKey = ({ path, path_hex }: PathText) => path_hex ?? path;

import { bytes } from "../../lib/format";
import { messages } from "../../lib/messages";
import type { Size } from "./useSizes";

/** How large a folder is, or that this is not known. */
export function Amount({ size }: { size: Size | "failed" | undefined }) {
  const { counting, notCounted } = messages.welcome.what;
  if (size === undefined) return <span className="text-13 text-text-3">{counting}</span>;
  if (size === "failed") return <span className="text-13 text-text-2">{notCounted}</span>;
  return <span className="font-mono text-13 whitespace-nowrap text-text-2">{bytes(size.bytes)}</span>;
}

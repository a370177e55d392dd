import { fileURLToPath } from "node:url";
import tailwindcss from "@tailwindcss/vite";
import react from "@vitejs/plugin-react";
import { defineConfig } from "vitest/config";

export default defineConfig({
  root: fileURLToPath(new URL(".", import.meta.url)),
  plugins: [react(), tailwindcss()],
  cacheDir: fileURLToPath(new URL("../node_modules/.vite", import.meta.url)),
  clearScreen: false,
  server: { port: 1420, strictPort: true },
  build: {
    // The oldest web views with light-dark(), on which every colour rests.
    target: ["safari17.5", "chrome123"],
    // The content security policy refuses fonts in data: addresses.
    assetsInlineLimit: 0,
  },
  test: { include: ["src/**/*.test.ts"] },
});

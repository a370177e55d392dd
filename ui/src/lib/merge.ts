import { extendTailwindMerge } from "tailwind-merge";

/** Joins class names; a later one wins over an earlier one of the same kind. */
export const merge = extendTailwindMerge({
  extend: {
    theme: {
      text: ["11", "12", "13", "14", "16", "20", "28", "40"],
      radius: ["chip", "control", "panel", "verdict"],
      "font-weight": ["normal", "medium", "strong"],
      shadow: ["1", "2", "3"],
    },
  },
});

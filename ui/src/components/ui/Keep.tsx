const OUTLINE = "M1 15V4h3v2.4L8 1.2l4 5.2V4h3v11z";

const shapes = {
  mark: ["M1 15V4h3v2.4L8 1.2l4 5.2V4h3v11zM6 15h4v-3.6a2 2 0 0 0-4 0z"],
  notSetUp: [
    `${OUTLINE}M2.6 13.4V8h1.9L8 3.7 11.5 8h1.9v5.4z`,
    "M6.6 14h2.8v-2.6a1.4 1.4 0 0 0-2.8 0z",
  ],
};

/** The keep: one silhouette, whose filling says the state beside its word. */
export function Keep({ shape, className }: { shape: keyof typeof shapes; className: string }) {
  return (
    <svg viewBox="0 0 16 16" fill="currentColor" fillRule="evenodd" aria-hidden className={className}>
      {shapes[shape].map((path) => (
        <path key={path} d={path} />
      ))}
    </svg>
  );
}

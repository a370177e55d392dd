const shapes = {
  mark: ["M1 15V4h3v2.4L8 1.2l4 5.2V4h3v11zM6 15h4v-3.6a2 2 0 0 0-4 0z"],
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

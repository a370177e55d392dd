// What the program behind the window answers, in place of the program. Runs inside the page.

/** How the program can behave. */
export const scenarios = ["ok", "slow", "failing", "odd"];

/** Puts the answers where the interface asks for them, and hardens the page as the window does. */
export function program({ scenario, theme, sidebar }) {
  Object.freeze(Object.prototype);
  if (theme) localStorage.setItem("keepstead.theme", theme);
  if (sidebar) localStorage.setItem("keepstead.sidebar", sidebar);
  let broken = scenario === "odd";
  const answers = {
    ok: () => Promise.resolve({ version: "1.2.3", backupFormat: 2 }),
    slow: () => new Promise(() => {}),
    failing: () => Promise.reject(new Error("no answer")),
    // An answer that no screen can draw, until the test mends it.
    odd: () =>
      Promise.resolve({
        version: "1.2.3",
        get backupFormat() {
          if (broken) throw new Error("cannot be drawn");
          return 2;
        },
      }),
  };
  let answering = scenario;
  window.mend = () => {
    broken = false;
    if (answering === "failing") answering = "ok";
  };
  window.__TAURI_INTERNALS__ = {
    invoke: (command) =>
      command === "about" ? answers[answering]() : Promise.reject(new Error(`no such command: ${command}`)),
  };
}

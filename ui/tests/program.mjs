// What the program behind the window answers, in place of the program. Runs inside the page.

/** Puts the answers where the interface asks for them, and hardens the page as the window does.
 *
 *  `answers` has one entry a command: `{ ok: value }`, `{ error: { code, message, hint } }`, `"never"`, or
 *  `"gone"` for a program that does not answer at all. A name with the arguments as JSON behind it,
 *  `list_folder {"path":null,"hidden":false}`, goes before the plain one. The test can change them with
 *  `window.answer(name, answer)`, send events with `window.tell(name, payload)`, and look at
 *  `window.asked`, every call so far. */
export function program({ answers, theme, sidebar }) {
  Object.freeze(Object.prototype);
  if (theme) localStorage.setItem("keepstead.theme", theme);
  if (sidebar) localStorage.setItem("keepstead.sidebar", sidebar);
  const known = new Map(Object.entries(answers));
  const listeners = new Map();
  const callbacks = new Map();
  let last = 0;
  window.asked = [];
  window.answer = (name, answer) => known.set(name, answer);
  window.tell = (event, payload) => {
    for (const id of listeners.get(event) ?? []) callbacks.get(id)?.({ event, id, payload });
  };
  function listen({ event, handler }) {
    listeners.set(event, [...(listeners.get(event) ?? []), handler]);
    return Promise.resolve(handler);
  }
  window.__TAURI_EVENT_PLUGIN_INTERNALS__ = { unregisterListener: (event, id) => callbacks.delete(id) };
  window.__TAURI_INTERNALS__ = {
    transformCallback: (callback) => {
      const id = (last += 1);
      callbacks.set(id, callback);
      return id;
    },
    unregisterCallback: (id) => callbacks.delete(id),
    invoke: (command, args) => {
      if (command === "plugin:event|listen") return listen(args);
      if (command === "plugin:event|unlisten") return Promise.resolve();
      window.asked.push({ command, args });
      const answer = known.get(`${command} ${JSON.stringify(args)}`) ?? known.get(command);
      if (answer === undefined) return Promise.reject(new Error(`no such command: ${command}`));
      if (answer === "never") return new Promise(() => {});
      if (answer === "gone") return Promise.reject(new Error("no answer"));
      if ("error" in answer) return Promise.reject(answer.error);
      return Promise.resolve(structuredClone(answer.ok));
    },
  };
}

// The three steps of Welcome, as a person takes them.

import assert from "node:assert/strict";

import { until } from "./webdriver.mjs";

/** To the second step. */
export async function toPlaces(window) {
  await window.says("What should be kept safe?");
  await window.says("Documents");
  await window.choose("Continue");
  await window.says("Where should the copies go?");
}

/** From the first step to the third; answers the eight words that it shows. */
export async function toKey(window) {
  await toPlaces(window);
  await window.choose("This computer’s own disk");
  await window.says("Writes ");
  await window.choose("Continue");
  return wordsOf(window);
}

/** The eight words, as the last step shows them. */
export async function wordsOf(window) {
  const words = await until("the eight words", async () => {
    const found = await window.run(
      "return [...document.querySelectorAll('main ol li')].map((it) => it.innerText.split(/\\s+/).at(-1))",
    );
    return found.length === 8 && found.every(Boolean) && found;
  });
  assert(words.every((word) => /^[a-z-]{3,}$/.test(word)), "they are words");
  return words;
}

/** The two fields for words: which word each asks for, counted from 1, and how it is found. */
export async function askedWords(window) {
  const labels = await window.run(
    "return [...document.querySelectorAll('label[for]')].map((it) => [it.innerText.trim(), it.htmlFor])",
  );
  const asked = labels.filter(([label]) => /^Word \d$/.test(label));
  assert.equal(asked.length, 2);
  return asked.map(([label, id]) => ({ number: Number(label.slice(5)), field: `[id="${id}"]` }));
}

/** Types the two words that are asked for. */
export async function typeTwo(window, words) {
  for (const { number, field } of await askedWords(window)) await window.type(field, words[number - 1]);
}

/** From the first step to the end of the first backup; answers the words. */
export async function throughWelcome(window, { note } = {}) {
  const words = await toKey(window);
  await typeTwo(window, words);
  await window.choose("Start");
  if (note) {
    await window.says(note);
    await window.choose("Open Keepstead");
  }
  await until("the run", () => window.run("return location.hash.startsWith('#/runs/')"));
  await window.says("Succeeded", 20);
  await window.says("Read back");
  return words;
}

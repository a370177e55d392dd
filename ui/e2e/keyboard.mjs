// The whole job in the real window by keyboard alone, and folders whose path is typed.

import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdir, rm } from "node:fs/promises";

import { fill, home, same } from "./home.mjs";
import { inWindow, until } from "./webdriver.mjs";
import { askedWords, wordsOf } from "./welcome.mjs";

const ENTER = "\uE007";
const SPACE = " ";
const TAB = "\uE004";
const RIGHT = "\uE014";
const ESCAPE = "\uE00C";
const CONTROL = "\uE009";

/** What the keyboard is on, as a person hears it. */
const here = `const it = document.activeElement;
  return (it.ariaLabel || it.labels?.[0]?.innerText || it.innerText || it.role || "").trim();`;

/** Goes on with Tab until the keyboard is on what is called so. */
async function tabTo(window, name) {
  const met = [];
  for (let pressed = 0; pressed < 60; pressed += 1) {
    const now = await window.run(here);
    if (typeof name === "string" ? now.startsWith(name) : name.test(now)) return;
    met.push(now);
    await window.press(TAB);
  }
  throw new Error(`Tab does not reach ${name}, only ${[...new Set(met)].join(" | ")}`);
}

async function enter(window, name) {
  await tabTo(window, name);
  await window.press(ENTER);
}

/** Through the palette to what is called so. */
async function find(window, text) {
  await window.press([CONTROL, "k"]);
  await until("the palette", () => window.run("return document.activeElement.role === 'combobox'"));
  await window.press(...text);
  await until(text, () => window.run("return !!document.querySelector('[role=option][aria-selected=true]')"));
  await window.press(ENTER);
}

async function welcome(window) {
  await window.says("What should be kept safe?");
  await window.says("Documents");
  await enter(window, "Continue");
  await window.says("Where should the copies go?");
  await tabTo(window, "This computer’s own disk");
  await window.press(SPACE);
  await window.says("Writes ");
  await enter(window, "Continue");
  const words = await wordsOf(window);
  for (const { number } of await askedWords(window)) {
    await tabTo(window, `Word ${number}`);
    await window.press(...words[number - 1]);
  }
  await enter(window, "Start");
  await window.says("Open Keepstead");
  await enter(window, "Open Keepstead");
  await until("the run", () => window.run("return location.hash.startsWith('#/runs/')"));
  await window.says("Succeeded", 20);
}

/** Chooses the documents in the newest backup. */
async function chooseDocuments(window) {
  await find(window, "restore");
  await until("the screen", () => window.run("return location.hash.startsWith('#/restore')"));
  await until("the tree", () => window.run("return document.querySelectorAll('[role=treeitem]').length > 1"));
  await tabTo(window, /^Documents/);
  await window.press(SPACE);
  await window.says("Keep both");
  await until("what is chosen", () => window.saysNow("Restore 5 files"));
}

async function restored(window) {
  await enter(window, "Restore 5 files");
  await until("the restore", () => window.run("return location.hash.startsWith('#/runs/')"));
  await window.says("Succeeded", 20);
}

async function restoreElsewhere(window, folder) {
  await chooseDocuments(window);
  // One of three: arrows go from one to the next.
  await tabTo(window, /^Keep both$/);
  await window.press(RIGHT, RIGHT);
  await typePath(window, folder);
  await enter(window, "Restore here");
  await until("the folder", () => window.run("return !document.querySelector('[role=dialog]')"));
  await restored(window);
}

/** Types a path in the folder browser. */
async function typePath(window, path) {
  await until("the keyboard in the dialog", () => window.run("return !!document.activeElement.closest('[role=dialog]')"));
  await tabTo(window, "Path");
  await window.press([CONTROL, "a"], ...path, ENTER);
}

/** Typed with blanks around it, from the home folder, far too long, and into nothing. */
async function typedPaths(window, at) {
  await window.run("location.hash = '#/plans/new'");
  await window.says("Add folder");
  await enter(window, "Add folder");
  const type = (path) => typePath(window, path);
  const shown = (name) =>
    until(name, () => window.run("return !!document.querySelector(`[aria-label='Contents of ${arguments[0]}'][aria-busy=false]`)", name));
  await type("  ~/Pictures  ");
  await shown("Pictures");
  await type("~/Documents/../Pictures/2025/");
  await shown("2025");
  await type(`/${"a".repeat(300)}`);
  await window.says("There is no folder /aaa");
  await type("~/Nowhere");
  await window.says(`There is no folder ${at("Nowhere")}`);
  await window.press(ESCAPE);
  await until("the editor", () => window.run("return !document.querySelector('[role=dialog]')"));
}

export async function byKeyboard(program) {
  const { at, environment, remove } = await home();
  await fill(at);
  await inWindow(program, environment, async (window) => {
    await welcome(window);
    execFileSync("cp", ["--archive", at("Documents"), at("kept")]);
    await rm(at("Documents"), { recursive: true });
    await chooseDocuments(window);
    await restored(window);
    assert(same(at("kept"), at("Documents")), "what came back differs from what was");
    await mkdir(at("Restored"));
    await restoreElsewhere(window, at("Restored"));
    const [lies] = execFileSync("find", [at("Restored"), "-type", "d", "-name", "Documents"], { encoding: "utf8" }).split("\n");
    assert(same(at("kept"), lies), "what came elsewhere differs from what was");
    await typedPaths(window, at);
    assert.equal(window.clicks(), 0);
  });
  await remove();
}

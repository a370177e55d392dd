// A session of its own: a bus that starts nothing by itself, and where it is wanted GNOME Keyring.

import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";

import { until } from "./webdriver.mjs";

/** Without folders of services: what nobody started is not there. */
const BUS = `<busconfig><type>session</type><listen>unix:tmpdir=/tmp</listen>
  <policy context="default"><allow send_destination="*" eavesdrop="true"/>
  <allow eavesdrop="true"/><allow own="*"/></policy></busconfig>`;
const SERVICE = "org.freedesktop.secrets";
const COLLECTION = "/org/freedesktop/secrets/collection/login";

/** Sends a signal to what may have ended already. */
function end(running) {
  if (running && running.exitCode === null) running.kill("SIGTERM");
}

/** A bus, on which `env` lets a program speak; `close` ends it and all that was started for it. */
export async function session(env) {
  // Outside of the home, which should hold only what the program writes.
  const folder = await mkdtemp(join(tmpdir(), "keepstead-session-"));
  await writeFile(join(folder, "bus.conf"), BUS);
  const bus = spawn("dbus-daemon", ["--nofork", "--print-address", `--config-file=${join(folder, "bus.conf")}`], {
    stdio: ["ignore", "pipe", "ignore"],
  });
  const [address] = await once(createInterface({ input: bus.stdout }), "line");
  env.DBUS_SESSION_BUS_ADDRESS = address;
  env.XDG_RUNTIME_DIR = folder;
  env.KEEPSTEAD_KEYCHAIN = undefined;
  let keyring;

  const send = (path, method, ...values) => {
    const all = ["--session", "--print-reply", `--dest=${SERVICE}`, path, method, ...values];
    return execFileSync("dbus-send", all, { env, encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] });
  };
  const isLocked = () => {
    const asked = ["string:org.freedesktop.Secret.Collection", "string:Locked"];
    return send(COLLECTION, "org.freedesktop.DBus.Properties.Get", ...asked).includes("boolean true");
  };
  return {
    isLocked,
    /** A keychain that is open, as after signing in; one that is there is opened. */
    signIn: async () => {
      const before = keyring;
      keyring = spawn("gnome-keyring-daemon", ["--foreground", "--replace", "--unlock", "--components=secrets"], {
        env,
        stdio: ["pipe", "ignore", "ignore"],
      });
      keyring.stdin.end("secret");
      if (before) await until("the keychain before it to end", () => before.exitCode !== null);
      await until("an open keychain", () => !isLocked());
    },
    /** Locks the keychain, as a session does that is left alone. */
    lock: async () => {
      send("/org/freedesktop/secrets", "org.freedesktop.Secret.Service.Lock", `array:objpath:${COLLECTION}`);
      await until("a locked keychain", isLocked);
    },
    close: async () => {
      end(keyring);
      end(bus);
      await rm(folder, { recursive: true, force: true });
    },
  };
}

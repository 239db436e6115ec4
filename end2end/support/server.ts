//! Starts the release server on a free port with a data directory of its own, and ends it again.

import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";

/** The release binary. */
export const binary = resolve(__dirname, "../../target/release/plumbline");

export type Options = {
  /** With the demo plan; without it the database is empty and waits for its owner. */
  demo?: boolean;
  /** More arguments for `plumbline serve`. */
  args?: string[];
  /** More environment, for example PLUMBLINE_DATABASE_URL. */
  env?: Record<string, string>;
  /** Use this data directory, and keep it afterwards: to start a server where another one ended. */
  data?: string;
  /** Size of the disk that the data directory is on, such as `64m`: a file system of its own that only the server sees. */
  disk?: string;
};

/** What has to stand before a command so that `folder` is a disk of its own for it. */
function onDisk(size: string, folder: string): string[] {
  return ["unshare", "--mount", "--map-root-user", "sh", "-c", 'mount -t tmpfs -o "size=$0" none "$1" && shift && exec "$@"', size, folder];
}

/** Why this machine cannot give a server a disk of its own; nothing when it can. */
export function noDisks(): string | undefined {
  try {
    const [command = "", ...rest] = [...onDisk("1m", tmpdir()), "true"];
    execFileSync(command, rest, { stdio: "pipe" });
    return undefined;
  } catch (error) {
    return `a file system cannot be mounted here: ${(error as Error).message.split("\n").at(-1)}`;
  }
}

/** A running server. */
export class Server {
  private constructor(
    private readonly process: ChildProcess,
    private readonly keepsData: boolean,
    /** Everything the server printed so far. */
    private printed: string,
    /** Its data directory. */
    readonly data: string,
    /** `http://127.0.0.1:PORT`, without a slash at the end. */
    readonly url: string,
    /** The link that signs the demo owner in or creates the first owner; it works once. */
    readonly link: string | undefined,
  ) {}

  /** Starts a server and waits until it says where it is. */
  static async start(options: Options = {}): Promise<Server> {
    if (!existsSync(binary)) throw new Error(`${binary} is missing: build it with scripts/build`);
    const data = options.data ?? (await mkdtemp(join(tmpdir(), "plumbline-end2end-")));
    const args = ["serve", "--data", data, "--listen", "127.0.0.1:0", ...(options.demo ? ["--demo"] : []), ...(options.args ?? [])];
    // Options of the person who runs the tests are not those of the tests.
    const own = Object.entries(process.env).filter(([name]) => !name.startsWith("PLUMBLINE_"));
    const [command = binary, ...rest] = [...(options.disk ? onDisk(options.disk, data) : []), binary, ...args];
    const child = spawn(command, rest, { env: { ...Object.fromEntries(own), ...options.env }, stdio: ["ignore", "pipe", "pipe"] });
    let printed = "";
    const started = new Promise<Server>((found, failed) => {
      const deadline = setTimeout(() => failed(new Error(`the server did not say where it is within 60 s:\n${printed}`)), 60_000);
      const read = (chunk: Buffer) => {
        printed += chunk.toString();
        server.printed = printed;
        const url = /^Plumbline is running at (http:\/\/\S+?)\/?$/m.exec(printed)?.[1];
        // The link is the last line of the greeting, except when there is an owner already.
        const link = /\(once\): (http:\/\/\S+)/.exec(printed)?.[1];
        if (!url || (!link && (options.demo || !options.data))) return;
        clearTimeout(deadline);
        Object.assign(server, { url, link });
        found(server);
      };
      const server = new Server(child, options.data !== undefined, printed, data, "", undefined);
      child.stdout?.on("data", read);
      child.stderr?.on("data", read);
      child.once("error", failed);
      child.once("exit", (code, signal) => failed(new Error(`the server ended (${signal ?? code}):\n${printed}`)));
    });
    try {
      return await started;
    } catch (error) {
      child.kill("SIGKILL");
      if (options.data === undefined) await rm(data, { recursive: true, force: true });
      throw error;
    }
  }

  /** What the server printed on both outputs. */
  get output(): string {
    return this.printed;
  }

  /** Ends the server as its operator would, or as a power cut would. */
  async stop(signal: "SIGTERM" | "SIGKILL" = "SIGTERM"): Promise<void> {
    const ended = new Promise((done) => this.process.once("exit", done));
    if (this.process.exitCode === null && this.process.signalCode === null) {
      this.process.kill(signal);
      const tooLong = setTimeout(() => this.process.kill("SIGKILL"), 10_000);
      await ended;
      clearTimeout(tooLong);
    }
    if (!this.keepsData) await rm(this.data, { recursive: true, force: true });
  }
}

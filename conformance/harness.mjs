// Starts the Go side of a test: builds a command of this folder, waits for the
// URL that it prints, and ends it by closing its standard input.
import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { promisify } from 'node:util';

const root = path.dirname(import.meta.dirname);

export async function start(command, { args = [], env = {} } = {}) {
  const dir = await mkdtemp(path.join(tmpdir(), 'clerkknock-'));
  const binary = path.join(dir, command);
  await promisify(execFile)('go', ['build', '-o', binary, `./conformance/cmd/${command}`], { cwd: root });

  const child = spawn(binary, args, { stdio: ['pipe', 'pipe', 'inherit'], env: { ...process.env, ...env } });
  const exited = once(child, 'exit');
  const url = await Promise.race([
    once(createInterface(child.stdout), 'line').then(([line]) => line),
    exited.then(([code]) => Promise.reject(new Error(`${command} exited with ${code}`))),
  ]);
  return {
    url,
    async stop() {
      child.stdin.end();
      await exited;
      await rm(dir, { recursive: true });
    },
  };
}

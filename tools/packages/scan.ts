// Scans with programs of others: known weaknesses of the packages in the lock file, secrets in the checkout, and, with `--url`, what a running
// instance answers. A program that is not on this machine is not taken for a clean result: it is said to be due.
// Exit 0: every scan ran and found nothing. Exit 1: one found something or broke off. Exit 2: none did, but one is due.
import { spawn } from 'node:child_process';
import { parseArgs } from 'node:util';
import { root } from '../build.ts';

type Outcome = 'clean' | 'found' | 'broke off' | 'due';

interface Scan {
  readonly of: string;
  readonly program: string;
  /** Null: it takes the address of an instance. */
  readonly args: (url: string | undefined) => readonly string[] | null;
  /** Exit codes with which the program says that it found something. */
  readonly found: readonly number[];
}

const scans: readonly Scan[] = [
  {
    of: 'known weaknesses of the packages (OSV)',
    program: 'osv-scanner',
    args: () => ['scan', 'source', '--lockfile=package-lock.json'],
    found: [1],
  },
  {
    of: 'known weaknesses and secrets of the checkout (Trivy)',
    program: 'trivy',
    // Without its code for findings it ends with 0, whatever it found; 1 is also the code of a failure.
    args: () => [
      'fs',
      '--scanners',
      'vuln,secret,misconfig',
      '--exit-code',
      '10',
      '--no-progress',
      '--skip-dirs',
      'node_modules',
      '.',
    ],
    found: [10],
  },
  {
    of: 'what a running instance answers (ZAP baseline)',
    program: 'zap-baseline.py',
    args: (url) => (url === undefined ? null : ['-t', url]),
    found: [1, 2],
  },
];

/** Longest scan, milliseconds. */
const withinMs = 1_800_000;

/** The exit code; null where it took too long. */
function run(program: string, args: readonly string[]): Promise<number | 'absent' | null> {
  // Not by its own option: the timer of a program that is not there would keep this one alive.
  const signal = AbortSignal.timeout(withinMs);
  const child = spawn(program, args, { cwd: root, stdio: 'inherit', signal, killSignal: 'SIGKILL' });
  return new Promise((resolve, reject) => {
    child.once('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') resolve('absent');
      else if (signal.aborted) resolve(null);
      else reject(error);
    });
    child.once('exit', (code) => {
      resolve(code);
    });
  });
}

async function outcomeOf(
  { program, args, found }: Scan,
  url: string | undefined,
): Promise<[Outcome, string]> {
  const given = args(url);
  if (given === null) return ['due', 'it takes --url https://… of an instance'];
  const code = await run(program, given);
  if (code === 'absent') return ['due', `${program} is not on this machine`];
  if (code === 0) return ['clean', program];
  if (code !== null && found.includes(code)) return ['found', `${program} ended with ${code}`];
  return ['broke off', `${program} ended with ${String(code)}`];
}

/** An address of http or https, or nothing. */
function addressOf(text: string | undefined): string | undefined {
  if (text === undefined) return undefined;
  const { protocol, href } = new URL(text);
  if (protocol !== 'https:' && protocol !== 'http:') throw new Error('--url is an address of http or https');
  return href;
}

const { values } = parseArgs({ options: { url: { type: 'string' } } });
const url = addressOf(values.url);
const outcomes: Outcome[] = [];
for (const scan of scans) {
  const [outcome, why] = await outcomeOf(scan, url);
  outcomes.push(outcome);
  process.stdout.write(`${outcome.toUpperCase().padEnd(9)} ${scan.of}: ${why}\n`);
}
const isWrong = outcomes.some((outcome) => outcome === 'found' || outcome === 'broke off');
process.exitCode = isWrong ? 1 : outcomes.includes('due') ? 2 : 0;

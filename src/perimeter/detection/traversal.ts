import { signs } from './text/characters.js';
import { spend } from './text/work.js';

/** Files and folders that path traversal aims at. */
export const targets = [
  String.raw`etc[\\/]+\w`,
  String.raw`proc[\\/]`,
  String.raw`boot\.ini`,
  String.raw`win\.ini`,
  String.raw`winnt`,
  String.raw`windows`,
  String.raw`system(?:32|\.ini)`,
  String.raw`\.env`,
  String.raw`\.git`,
  String.raw`\.svn`,
  String.raw`\.ssh`,
  String.raw`\.aws`,
  String.raw`\.docker`,
  String.raw`\.kube`,
  String.raw`\.npmrc`,
  String.raw`\.pgpass`,
  String.raw`\.ht\w`,
  String.raw`\.bash`,
  String.raw`id_rsa`,
  String.raw`web-inf`,
  String.raw`web\.config`,
  String.raw`server\.xml`,
  String.raw`passwd`,
  String.raw`shadow`,
  String.raw`(?:access|error)[._]log`,
  String.raw`logs?[\\/]`,
  String.raw`var[\\/]+\w`,
  String.raw`s?bin[\\/]+\w`,
  String.raw`root[\\/]`,
  String.raw`manager[\\/]`,
  String.raw`conf[\\/]`,
  String.raw`database\.yml`,
];
/** Endings of files that are aimed at from the beginning of a text. */
export const endings = [
  String.raw`php`,
  String.raw`asp`,
  String.raw`aspx`,
  String.raw`jsp`,
  String.raw`ini`,
  String.raw`conf`,
  String.raw`cnf`,
  String.raw`log`,
  String.raw`config`,
  String.raw`env`,
  String.raw`ya?ml`,
  String.raw`pem`,
  String.raw`key`,
  String.raw`htpasswd`,
  String.raw`inc`,
  String.raw`js`,
];
/** Whole texts that are the path of such a file. */
export const absolutes = [
  String.raw`etc\/(?:passwd|shadow|group|hosts|crontab|sudoers)`,
  String.raw`proc\/self\/\w+`,
  String.raw`c:[\\/]+(?:boot|windows|winnt)\S*`,
];
/** Beginnings of addresses that read local files or run what they name. */
export const wrappers = [
  String.raw`php:\/\/(?:filter|input)`,
  String.raw`expect:\/\/`,
  String.raw`phar:\/\/`,
  String.raw`zip:\/\/\S+#`,
  String.raw`file:\/\/(?:localhost)?\/?\/?(?:etc\/|proc\/|[a-z]:\/|var\/|root\/|home\/)`,
];

const wanted = new RegExp(`(?:^|[\\\\/.])(?:${targets.join('|')})`, 'iu');
const wantedAtHead = new RegExp(`\\.(?:${endings.join('|')})(?:\\0|$)`, 'iu');
const absolute = new RegExp(`^/?(?:${absolutes.join('|')})/?$`, 'iu');
const wrapper = new RegExp(`^(?:${wrappers.join('|')})`, 'iu');

/** Units of work for a run of dots and slashes with what follows it. */
const unitsOf = { run: 400 };

/**
 * Whether a text looks like path traversal: reads every run of dots and slashes once. `encoded`: the run was encoded
 * before.
 */
export function looksLikeTraversal(text: string, encoded: boolean): boolean {
  const trimmed = text.length < 128 ? text.trim() : '';
  if (trimmed !== '' && (absolute.test(trimmed) || /^\\\\[\w.-]+\\\w/u.test(trimmed))) return true;
  let readTo = 0;
  for (let index = 0; index < signs.count(); index++) {
    const at = signs.at(index);
    if (at < readTo) continue;
    const code = text.charCodeAt(at);
    if (code === 46 && isSeparatorNear(text, at)) {
      const run = readRun(text, at);
      if (run.end === at) continue;
      if (!spend(unitsOf.run + (run.end - at) * 3)) return false;
      if (climbs(text, at, run, encoded) || (run.levels >= 2 && run.end - at === trimmed.length)) return true;
      readTo = run.end;
    } else if (code === 58 && text.charCodeAt(at + 1) === 47 && text.charCodeAt(at + 2) === 47) {
      if (spend(unitsOf.run) && isWrapper(text, at)) return true;
    } else if (code === 0 && spend(unitsOf.run) && endsPath(text, at)) return true;
  }
  return false;
}

/** A zero byte that cuts a path off before what the application appends. */
function endsPath(text: string, at: number): boolean {
  const next = text.charCodeAt(at + 1);
  if (isSlash(next) || next === 46) return true;
  return (
    /[\w.]$/u.test(text.slice(Math.max(0, at - 1), at)) && text.slice(Math.max(0, at - 64), at).includes('/')
  );
}

interface Run {
  end: number;
  levels: number;
  singles: number;
  strange: boolean;
}

const run: Run = { end: 0, levels: 0, singles: 0, strange: false };

/** Dots and slashes as they follow each other: `../`, `....//`, `..;/`, `..\`. */
function readRun(text: string, from: number): Run {
  let at = from;
  run.levels = run.singles = 0;
  run.strange = false;
  run.end = from;
  for (;;) {
    const dotsAt = at;
    while (text.charCodeAt(at) === 46) at++;
    const dots = at - dotsAt;
    if (dots === 0) break;
    const semicolon = dots >= 2 && (text.charCodeAt(at) === 59 || text.charCodeAt(at) === 0);
    if (semicolon) at++;
    const slashesAt = at;
    while (isSlash(text.charCodeAt(at))) {
      if (text.charCodeAt(at) === 92) run.strange = true;
      at++;
    }
    if (at === slashesAt) {
      if (dots === 2 && run.levels + run.singles > 0) run.levels++;
      // One dot begins a name: `.env`. Other runs of dots are read once, too.
      run.end = dots === 1 && dotsAt > from ? dotsAt : at;
      break;
    }
    if (dots >= 2) run.levels++;
    else run.singles++;
    if (dots > 2 || semicolon || at - slashesAt > 1) run.strange = true;
    run.end = at;
  }
  return run;
}

function climbs(text: string, at: number, { end, levels, singles, strange }: Run, encoded: boolean): boolean {
  const target = text.slice(end, end + 80);
  if (levels + singles === 0) return false;
  if (singles >= 3) return wanted.test(target) || singles >= 8;
  if (levels === 0) return false;
  if (levels >= 4 || (levels >= 2 && strange) || encoded) return true;
  if (wanted.test(target)) return true;
  if (strange && text.charCodeAt(end - 2) === 59) return true;
  const inside = at > 1 && isSlash(text.charCodeAt(at - 1)) && isName(text.charCodeAt(at - 2));
  if (inside && levels >= 2) return true;
  return (at === 0 || (at === 1 && strange)) && wantedAtHead.test(target);
}

function isWrapper(text: string, at: number): boolean {
  const start = Math.max(0, at - 6);
  const before = /[a-z]+$/iu.exec(text.slice(start, at))?.[0] ?? '';
  return before.length >= 3 && wrapper.test(text.slice(at - before.length, at + 64));
}

function isSlash(code: number): boolean {
  return code === 47 || code === 92;
}

function isName(code: number): boolean {
  return ((code | 32) >= 97 && (code | 32) <= 122) || (code >= 48 && code <= 57);
}

function isSeparatorNear(text: string, at: number): boolean {
  const next = text.charCodeAt(at + 1);
  return next === 46 || isSlash(next);
}

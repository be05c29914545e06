import { spend } from '../text/work.js';

/** Units of work for the patterns over what follows a sign. */
const callUnits = 200;

/** Code of PHP, or a server-side include, that runs a command. */
export function isServerCode(text: string, at: number): boolean {
  if (!spend(callUnits)) return false;
  const next = text.slice(at, at + 96);
  if (/^<!--\s*#\s*(?:exec|include)\b/iu.test(next)) return true;
  return (
    at <= 40 &&
    /^<\?(?:php|=)?[\s\S]{0,24}?(?:system|exec|passthru|eval|phpinfo|include|assert)\b\s*\(/iu.test(next)
  );
}

/** A text that is only a call that runs a command, or a program that opens a (reverse) shell. */
export function startsWithCall(text: string): boolean {
  const next = text.slice(0, 64).trimStart();
  return (
    /^;?\s*(?:system|exec|eval|passthru|shell_exec)\s*\(\s*["'](?:cat|ls|id|pwd|whoami|sleep|ping|curl|wget|dir|type|uname|echo|netstat|ifconfig|phpinfo)\b/iu.test(
      next,
    ) || /^(?:nc|ncat)\s+-[\s\S]{0,40}?-e\s+\/bin\//u.test(next)
  );
}

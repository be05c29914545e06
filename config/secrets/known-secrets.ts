import { createHash } from 'node:crypto';

/** Words of secrets copied from tutorials and templates. They add hardly any entropy. */
export const knownWords: readonly string[] = `
  secret secrets password passwort passwd passphrase token jwt key keys signing signature private public
  secure security insecure auth authentication login access refresh session super ultra mega very long
  strong random string characters character chars bits bytes this that with your mine must should least
  please here only never some thing change changeme replace example default placeholder generate generated
  value unique hash production development staging testing test local demo sample environment application
  velro supabase railway postgres database redis server service backend frontend webhook admin
  administrator root user username operator guest master manager owner system qwerty qwertz azerty letmein
  welcome dragon monkey iloveyou football baseball sunshine princess shadow superman batman trustno
  whatever hello world keyboard correct horse battery staple shhh nest nestjs express django flask fastapi
  spring rails laravel summer winter autumn company project website internet computer encryption encrypt
`
  .trim()
  .split(/\s+/);

/** Texts of documentation and lists of common secrets, compared by letters and digits only. */
const knownTexts = new Set(
  `
  secret
  secret1
  secret123
  secretkey
  mysecret
  mysecretkey
  jwtsecret
  jwtsecretkey
  supersecret
  supersecretkey
  topsecret
  password
  password1
  password123
  passw0rd
  changeme
  changeit
  letmein
  admin
  admin123
  administrator
  root
  toor
  pass
  test
  guest
  default
  qwerty
  shhhhh
  keyboard cat
  your-256-bit-secret
  your-384-bit-secret
  your-512-bit-secret
  a-string-secret-at-least-256-bits-long
  a-string-secret-at-least-512-bits-long-which-is-this-very-long-string-for-hs512
  super-secret-jwt-token-with-at-least-32-characters-long
  your-super-secret-jwt-token-with-at-least-32-characters-long
  your-super-secret-and-long-postgres-password
  this_password_is_insecure_and_should_be_updated
  DO NOT USE THIS VALUE. INSTEAD, CREATE A COMPLEX SECRET AND KEEP IT SAFE OUTSIDE OF THE SOURCE CODE.
  correct horse battery staple
  `
    .trim()
    .split('\n')
    .map(lettersAndDigits),
);

/** SHA-256 of random-looking keys that tutorials print (FastAPI's OAuth2 page, a much copied Spring JWT course). */
const knownDigests = new Set([
  '570dad43de1af4c925f92c16a68a50936da42b7dd6fdeb24850507a1199aac89',
  '2b1fa627178e3424e20ffd0e18b7440c322ad538d3c96aef1e3f60d99951c23c',
]);

function lettersAndDigits(text: string): string {
  return text.toLowerCase().replace(/[^\p{L}\p{N}]/gu, '');
}

const sha256 = (data: string | Buffer): string => createHash('sha256').update(data).digest('hex');

export const isKnownText = (value: string): boolean =>
  knownTexts.has(lettersAndDigits(value)) || knownDigests.has(sha256(value.toLowerCase()));

let digestsOfWords: ReadonlySet<string> | null = null;

/** Whether `bytes` are a plain hash of a common word: it looks random, but is guessed at once. */
export function isHashOfKnownWord(bytes: Buffer): boolean {
  if (![16, 20, 32, 48, 64].includes(bytes.length)) return false;
  digestsOfWords ??= new Set(
    [...knownWords, ...knownTexts, ''].flatMap((word) =>
      ['md5', 'sha1', 'sha256', 'sha384', 'sha512'].map((hash) =>
        createHash(hash).update(word).digest('hex'),
      ),
    ),
  );
  return digestsOfWords.has(bytes.toString('hex'));
}

import { signs } from './text/characters.js';
import { spend } from './text/work.js';

/** Names that reach from a template into the program: classes, globals, commands. */
export const reachesBy = [
  String.raw`__\w+__`,
  String.raw`\\x5f`,
  String.raw`\.\s*(?:class|mro|constructor|getClass|forName|prototype|__|subclasses|mainModule)\b`,
  String.raw`\bconstructor\b`,
  String.raw`\b(?:popen|subclasses|getRuntime|ProcessBuilder|Runtime|ClassLoader|ScriptEngine|execSync|child_process|registerUndefinedFilterCallback|_memberAccess|_self|SECRET_KEY|java\.\w+|javax\.\w+|freemarker)\b`,
  String.raw`\b(?:system|exec|eval|require|passthru|phpinfo|__import__)\s*\(`,
  String.raw`[|]\s*(?:system|passthru|exec|shell_exec)\b`,
  String.raw`\bglobal\s*\.\s*process\b`,
  String.raw`\bprocess\s*\.\s*(?:env|main)`,
  String.raw`[|]\s*(?:attr|filter|map|sort|reduce)\s*\(\s*(?:["'[]|request)`,
  String.raw`\bT\s*\(`,
  String.raw`\?\s*new\s*\(`,
  String.raw`\bself\s*\.\s*(?:_|module|template|attr)`,
  String.raw`\bos\s*\.\s*(?:system|popen)`,
];
const reaches = new RegExp(reachesBy.join('|'), 'u');
const arithmetic = /^\s*[-=!]?\s*["']?\d+["']?\s*[*+\-/]\s*["']?\d+["']?\s*$/u;
const wholeObject = /^\s*(?:config|self|request|settings|app|dump\s*\(\s*\w*\s*\)|process\.env)\s*$/u;
const configuration =
  /^\s*(?:config\s*\.\s*(?:items|\w*[A-Z_]{3})|settings\s*\.\s*[A-Z_]{3}|app\.request\.|config\.__)/u;
const literal = /^\s*(?:["'][^"'{}]*["']|\[\s*\]|\(\s*\))\s*\.\s*\w/u;
const insideChars = 320;
/**
 * Units of work: for the window behind a sign, and for an expression in it, on which every pattern is tried, and most of
 * them at each of its characters.
 */
const unitsOf = { sign: 150, window: 500, expression: 800, expressionChar: 35, assignment: 3000 };

/**
 * Whether a text looks like template injection (SSTI): an expression that computes or reaches into the program; a name
 * alone is an ordinary placeholder.
 */
export function looksLikeTemplate(text: string): boolean {
  for (let index = 0; index < signs.count(); index++) {
    const at = signs.at(index);
    switch (text.charCodeAt(at)) {
      case 123: // {
        if (!spend(unitsOf.sign)) return false;
        if (braced(text, at, text.charCodeAt(at + 1))) return true;
        break;
      case 60: // <
        if (text.charCodeAt(at + 1) === 37 && embedded(windowOf(text, at + 2, '<%'))) return true;
        if (text.charCodeAt(at + 1) === 35 && assigns(text, at)) return true;
        break;
      case 91: // [
        if (text.charCodeAt(at + 1) === 35 && assigns(text, at)) return true;
        break;
      case 64: // @
        if (spend(unitsOf.sign) && /^.[({]\s*\d+\s*[*+\-/]\s*\d+\s*[)}]/u.test(text.slice(at, at + 24)))
          return true;
        break;
      case 35: // #
        if (text.charCodeAt(at + 1) === 115 && /^#set\s*\(\s*\$\w+\s*=/u.test(text.slice(at, at + 24)))
          return true;
        break;
      case 36: // $
        if (text.startsWith('class.', at + 1) && /^(?:inspect|forName)/u.test(text.slice(at + 7, at + 16)))
          return true;
        break;
    }
  }
  return false;
}

function assigns(text: string, at: number): boolean {
  if (!text.startsWith('assign', at + 2) || !spend(unitsOf.assignment)) return false;
  return /^.#assign\b[^>\]]*\?\s*new\b/u.test(text.slice(at, at + insideChars));
}

/** What follows an opening sign, up to the next one of its kind, which is inspected separately. */
function windowOf(text: string, from: number, opening: string): string {
  if (!spend(unitsOf.window)) return '';
  const part = text.slice(from, from + insideChars);
  const next = part.indexOf(opening);
  return next < 0 ? part : part.slice(0, next);
}

function braced(text: string, at: number, next: number): boolean {
  const before = text.charCodeAt(at - 1);
  if (next === 123) {
    if (text.charCodeAt(at + 2) !== 123) return computes(inside(text, at + 2, '{{', '}}'));
    return false;
  }
  if (next === 37) return statement(windowOf(text, at + 2, '{%'));
  // ${…}, #{…}, *{…}, %{…}
  if (before === 36 || before === 35) return computes(inside(text, at + 1, '${', '}'));
  if (before === 42) {
    const expression = inside(text, at + 1, '${', '}');
    return arithmetic.test(expression) || /^\s*T\(/u.test(expression);
  }
  if (before === 37)
    return (
      /^\s*\(?\s*#|^\s*(?:new|@|T\()/u.test(text.slice(at + 1, at + 24)) ||
      computes(inside(text, at + 1, '${', '}'))
    );
  return /^\{(?:\$smarty\b|php\}|Smarty_|(?:system|exec|passthru|shell_exec|eval)\s*\(\s*["'])/u.test(
    text.slice(at, at + 24),
  );
}

/** The text up to the closing sign, bounded; without one, the rest. */
function inside(text: string, from: number, opening: string, close: string): string {
  const part = windowOf(text, from, opening);
  const end = part.indexOf(close);
  return end < 0 ? part : part.slice(0, end);
}

function computes(expression: string): boolean {
  if (!spend(unitsOf.expression + expression.length * unitsOf.expressionChar)) return false;
  return (
    arithmetic.test(expression) ||
    reaches.test(expression) ||
    wholeObject.test(expression) ||
    configuration.test(expression) ||
    literal.test(expression) ||
    /^\s*class\.|^@\w/u.test(expression) ||
    /^[#/]?with\s+["']/u.test(expression)
  );
}

/** <%= … %> of Ruby, JavaScript and Python. */
function embedded(rest: string): boolean {
  const end = rest.indexOf('%>');
  const expression = (end < 0 ? rest : rest.slice(0, end)).replace(/^[=\-!]/u, '');
  return (
    computes(expression) ||
    /^\s*`|\b(?:File|IO|Dir|Kernel)\s*\.\s*\w|^\s*(?:system|exec|require|import\s+os|import\s+subprocess)\b/u.test(
      expression,
    )
  );
}

/** {% … %} of Jinja, Twig and Django. */
function statement(rest: string): boolean {
  if (!spend(unitsOf.expression + rest.length * unitsOf.expressionChar)) return false;
  const end = rest.indexOf('%}');
  const expression = end < 0 ? rest : rest.slice(0, end);
  return (
    reaches.test(expression) ||
    /^-?\s*(?:import\s+os\b|debug\s*$|include\s+["']\/|for\s[^%]{0,40}\bin\s+config\b)/u.test(expression)
  );
}

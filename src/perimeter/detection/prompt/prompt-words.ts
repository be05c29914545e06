import { byOpening } from './prompt-sequences.js';

/** Words by their role in a prompt injection, in the supported languages. */
export const promptWords = {
  IGNORE:
    'ignore ignores ignoring ignored disregard disregards forget bypass override overrides skip neglect overlook circumvent disable deactivate stop ignroe ignoriere ignorieren vergiss missachte übergehe ignorez oublie oubliez ignora ignorar olvida olvidar omite desconsidere esqueça dimentica игнорируй игнорируйте забудь забудьте تجاهل انس negeer vergeet zignoruj',
  PAST: 'previous prior above earlier preceding former foregoing old initial original existing past prevoius vorherigen bisherigen obigen früheren précédentes précédents anteriores previas previos anterior precedenti предыдущие предыдущих прежние السابقة eerdere poprzednie',
  ALL: 'all any your every everything each these those alle deine toutes tes vos todas todos tus as tutte все всех свои جميع wszystkie system safety security content ethical hidden secret openai',
  RULES:
    'instruction instructions direction directions directive directives rules guideline guidelines command commands prompt prompts restrictions constraint constraints policy policies limitations filters mechanisms safeguards programming context guardrails anweisungen regeln vorgaben systemprompt consignes règles instrucciones reglas instruções regras istruzioni инструкции инструкций правила التعليمات instrukcje instructies',
  REVEAL:
    'reveal print show display copy reproduce disclose output repeat tell give leak expose summarize summarise encode translate dump share provide list recite echo zeig gib affiche muestra mostrar покажи what whats',
  SYSTEM: 'system hidden secret initial original internal',
  YOUR: 'your',
  PROMPT: 'prompt prompts message instructions instruction rules guidelines directives configuration policy',
  ACT: 'act pretend respond answer operate behave roleplay simulate imagine reply become continue assume now game comply',
  FREE: 'unrestricted unfiltered uncensored jailbroken unbound',
  NONE: 'no without any zero not never',
  LIMITS:
    'restrictions restriction limitations limits filter filters rules guidelines policies policy constraints warnings ethics ethical moral morals censorship boundaries',
  MODEL: 'ai model mode assistant output chatbot bot access llm',
  ABOVE: 'above before',
  FOLLOW: 'follow obey off',
  LANGUAGE:
    'english french german spanish italian portuguese dutch polish russian ukrainian czech turkish arabic hebrew hindi chinese japanese korean swedish danish norwegian finnish greek latin esperanto other another simpler plain',
} as const;

/** The word begins one of the sequences of `prompt-sequences.ts`. */
export const OPENS = 1 << 30;

export type PromptWord = keyof typeof promptWords;

const bits = Object.fromEntries(Object.keys(promptWords).map((group, at) => [group, 1 << at]));
export const prompt = Object.freeze(bits) as Readonly<Record<PromptWord, number>>;

const all = new Map<string, number>();
for (const group of Object.keys(promptWords) as PromptWord[]) {
  for (const word of promptWords[group].split(' ')) all.set(word, (all.get(word) ?? 0) | prompt[group]);
}
for (const word of byOpening.keys()) all.set(word, (all.get(word) ?? 0) | OPENS);

const longest = 24;
/** A bit per first letter and length: rejects most words of prose before anything is sliced. */
const firstLetters = new Int32Array(longest + 1);
for (const word of all.keys()) {
  const letter = word.charCodeAt(0) - 97;
  if (letter >= 0 && letter < 26)
    firstLetters[word.length] = (firstLetters[word.length] ?? 0) | (1 << letter);
}

/** The groups of a word of plain letters between two places of a text in lower case. */
export function knownWord(lower: string, start: number, end: number): number {
  const letters = firstLetters[end - start] ?? 0;
  if ((letters & (1 << (lower.charCodeAt(start) - 97))) === 0) return 0;
  return all.get(lower.slice(start, end)) ?? 0;
}

export function promptWord(word: string): number {
  return all.get(word) ?? 0;
}

const lookAlikes: Readonly<Record<string, string>> = {
  а: 'a',
  е: 'e',
  о: 'o',
  р: 'p',
  с: 'c',
  у: 'y',
  х: 'x',
  і: 'i',
  ο: 'o',
  α: 'a',
  ı: 'i',
};

/** Replaces look-alike letters of other alphabets inside a Latin word (homoglyphs). */
export function plainWord(word: string): string {
  let latin = false;
  let other = false;
  for (let at = 0; at < word.length; at++) {
    if (word.charCodeAt(at) < 128) latin = true;
    else other = true;
  }
  return latin && other ? word.replace(/[^a-z]/gu, (letter) => lookAlikes[letter] ?? letter) : word;
}

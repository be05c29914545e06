/**
 * Shapes of sentences: alternatives of a word, and between them how many other words may stand. Each of them addresses
 * what the model was told, what binds it, or what it is. `$` is the end of the text.
 */
export const sequences: readonly string[] = [
  // What it was told does not count.
  'ignore|forget|disregard|discard 1 everything|anything|all|what|whatever 1 you|your 3 told|given|instructed|taught|trained|programmed|know|learned',
  'ignore|forget|disregard|abandon 1 your 1 training|programming|alignment|guidelines|ethics|morals|memory|conditioning',
  'reset|replace|erase|delete|clear|rewrite|update|overwrite|change 1 your 2 instructions|programming|memory|guidelines|directives',
  'replace|rewrite|overwrite|change|update 1 your 0 system 0 prompt',
  'instead 0 of 0 following|obeying 1 your|the|those|these 2 instructions|rules|guidelines|prompt',
  'previous|prior|above|earlier|original 0 instructions|rules|prompt|directives 0 were|are|was|is 2 test|joke|mistake|outdated|obsolete|superseded|irrelevant',
  'your 0 new|true|real|actual|only 1 role|instructions|task|purpose|goal|objective|mission|directive 0 is|are 1 to',
  'ignore|disregard|forget 1 prior|previous|current|real|actual|original|the 1 role|user|persona|identity|personality',
  "ignore|disregard 1 user's 2 question|request|message|task",
  'forget|drop|abandon 0 your 1 role|persona|identity|character|personality',
  'cancel|clear|drop|discard|void|undo|remove|delete|erase|abandon 1 all|any|your|the|my 1 previous|prior|earlier|above|preceding|past 0 instructions|commands|prompts|prompt|directives|orders|context|rules|guidelines',
  // What it was told, asked for.
  'what 1 instructions|rules|guidelines|directives|prompt 2 you 2 given|receive|received|following|follow|told|have|operate',
  'what 0 were|was|are|have 0 you 1 told|instructed|programmed|given 1 before|to|not|earlier|at',
  'print|output|copy|repeat|show|return|paste|display|reproduce 3 text|words|initialization|messages|content|contents|context 1 above|before|preceding 0 this|starting|from|in|verbatim|here|exactly',
  'copy|output|print|return|paste 2 text|words|initialization|everything|content 0 above 0 $',
  'repeat|print|output|dump|show|reveal|list|return|display|copy 2 everything|contents|content|all 2 your|system 1 context|prompt|message|instructions|memory|window',
  'write|spell|state|reproduce|disclose|quote|copy|paste|encode|describe|say|send|return|dump|describe 4 your 1 system|initial|original|hidden|secret|full 1 prompt|instructions|message',
  'reveal|print|show|output|give|display|leak|tell|repeat|dump|share|provide|disclose 2 source|initial|initialization|original|hidden|secret|underlying|base|developer|complete|full 1 prompt|instructions',
  'reveal|disclose|leak|list|what|share 1 your 1 internal|safety|hidden|moderation|content 1 policies|policy|rules|guidelines|configuration|filters',
  'what 1 policies|rules|guidelines|restrictions 0 govern|control|limit|restrict|bind 0 you|your',
  'new|highest|override|updated 2 priority|system|admin 0 instruction|instructions|directive|command',
  'provide|give|reveal|tell|show|send 2 root|admin 0 password|credentials|passwords',
  'send|forward|post|email|leak 1 every|all 1 password|passwords|credentials|secrets',
  'prompt|instructions 0 verbatim|backwards|word',
  'reveal|tell|print|show|give|what|leak|output 3 secret|password|key|flag|passphrase|credentials 1 you 1 were|are|have|was|know 2 given|told|hiding|protecting|protect|keeping|guarding|stored',
  'reveal|leak|dump|exfiltrate|disclose 1 your|the|all 1 secret|secrets|password|passwords|credentials|confidential|hidden',
  // What binds it is gone.
  'your 2 restrictions|limitations|filters|safeguards|guardrails|rules|guidelines|protocols|constraints 2 removed|lifted|disabled|suspended|void|deactivated|bypassed|off|gone',
  'safety|ethical|content|moderation 0 protocols|filters|filter|guidelines|restrictions|measures|checks|policies|guardrails 2 removed|lifted|disabled|suspended|void|deactivated|bypassed|off',
  'ignore|skip|disable|bypass|deactivate|evade|disregard|suspend|override 2 safety|ethical|moral|moderation|security 1 checks|protocols|measures|filters|filter|guidelines|training|guardrails|considerations|concerns|policies|mechanisms',
  'bypass|evade|circumvent|override|break 1 your 2 filters|filter|restrictions|safeguards|guardrails|programming|limitations|policies|policy|safety|moderation',
  'ignore|disregard|bypass|forget 0 safety|ethics|morality|morals|legality',
  'ignore|disregard|bypass|disable|drop 0 all 0 safety|ethics|ethical|morals|filters|limits|restrictions|limitations|safeguards',
  'bypass|evade 1 filter|filters|moderation|censorship|guardrails|safeguards',
  'jailbreak 0 test|mode|activated|enabled|successful|prompt',
  'all 0 restrictions|limitations|filters|safeguards|guardrails 2 removed|lifted|disabled|off|deactivated',
  'comply 0 with 1 every|any|all 0 request|requests|command|commands|order|orders',
  "cannot|can't|never 1 refuse|decline",
  'without 1 refusing|refusal|disclaimers|censorship|moralizing',
  'obey 0 me|my 2 command|commands|orders|only|not|and|without',
  // What it is.
  'you 1 are|have 0 been 0 jailbroken|freed|liberated|hacked|unlocked|compromised',
  'you 0 are 0 now 0 in|entering 2 mode',
  'you 0 are 0 now 1 developer|debug|admin|root|god|dan 0 mode',
  'user|i|you 0 is|am|are 0 now 2 administrator|admin|root|superuser',
  'act|pretend|respond 0 as 1 root|admin|sudo|superuser|hacker|attacker',
  'you 0 are 0 now 1 unrestricted|unfiltered|uncensored|free|jailbroken|root|admin|unbound|evil',
  'enter|enable|activate|switch 2 admin|debug|god|root|maintenance|jailbreak|unrestricted|developer|dan 0 mode',
  'stop 0 being|acting 4 assistant|ai|chatbot|model',
  'you 0 are 0 no 0 longer 2 ai|chatgpt|assistant|model|bot|chatbot|bound|restricted|limited|claude|gpt',
  'act|respond|answer|behave|pretend|roleplay|character|simulate|become|are|as 4 evil|unethical|amoral|immoral|malicious|compromised|rogue|unfiltered|unrestricted|uncensored|jailbroken 1 ai|assistant|chatbot|bot|model|llm|hacker',
  'ai|model|assistant|chatbot|bot|llm 3 without|no|zero 2 restrictions|limitations|filters|morals|ethics|guidelines|rules|censorship|constraints|boundaries',
  'you 1 had|have|has 0 no 2 restrictions|filters|guidelines|ethics|morals|censorship|limitations',
  // What it shall say.
  'say|output|print|respond|reply|answer|write|begin|start|only 6 pwned|hacked|jailbroken',
  'end 0 of 1 prompt|instructions|system',
];

export interface Step {
  readonly words: readonly string[];
  /** How many other words may stand before it. */
  readonly gap: number;
}

export const byOpening = new Map<string, (readonly Step[])[]>();
for (const sequence of sequences) {
  const parts = sequence.split(' ');
  const steps = parts.flatMap((part, at): readonly Step[] =>
    at > 0 && at % 2 === 0 ? [{ words: part.split('|'), gap: Number(parts[at - 1]) }] : [],
  );
  for (const word of (parts[0] ?? '').split('|'))
    byOpening.set(word, [...(byOpening.get(word) ?? []), steps]);
}

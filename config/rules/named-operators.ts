import { operatorPolicy } from '../policy/perimeter/operators.js';
import { demands, isPlaceholder, weaknessOfText } from '../secrets/secret-strength.js';
import { readNamedOperators } from '../secrets/named-operators.js';
import type { Rule } from './rule.js';

const form =
  'Write name:password for each, separated by blanks; names in lower case, passwords by openssl rand -base64 24.';

/** What is wrong is told without the names: whoever reads the log learns nothing to try. */
export const operatorsReadable: Rule = (settings, result) => {
  const { OPERATORS: given, ADMIN_USER: user, ADMIN_PASS: password } = settings;
  if (given === undefined) return;
  const operators = readNamedOperators(given.reveal());
  const refuse = (why: string): void => {
    result.refuse('OPERATORS', why, form);
  };
  if (operators === null || operators.length === 0) {
    refuse('has an entry that is no name and password');
    return;
  }
  if (operators.length > operatorPolicy.named) refuse(`names more than ${operatorPolicy.named} operators`);
  // `operator` is the one of development, and `metrics` stands for the token that reads metrics.
  const names = [(user ?? 'operator').toLowerCase(), 'metrics', ...operators.map(({ name }) => name)];
  if (new Set(names).size < names.length)
    refuse('names an operator twice, the one of ADMIN_USER, or metrics');
  const passwords = [
    ...(password === undefined ? [] : [password.reveal()]),
    ...operators.map((one) => one.password.reveal()),
  ];
  if (new Set(passwords).size < passwords.length) refuse('has one password twice, or that of ADMIN_PASS');
  for (const { name, password: own } of operators) {
    if (isPlaceholder(own.reveal())) refuse('has a password that is still a placeholder');
    else if (name.length > 3 && own.reveal().toLowerCase().includes(name))
      refuse('has a password with its name in it');
    else if (weaknessOfText(own.reveal(), demands.operatorPassword) !== null)
      refuse('has a password that is too weak');
  }
};

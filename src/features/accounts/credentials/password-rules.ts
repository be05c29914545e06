import { Injectable } from '@nestjs/common';
import { commonPhrases, passwordPolicy } from '../../../../config/policy/accounts/passwords.js';
import type { FieldFault } from '../../../errors/problem.js';
import { contextWords } from './context-words.js';
import { fold, mostlyMadeOf, period, readings } from './password-text.js';
import { Strength } from './strength.js';

/** The account that the password is for. */
export interface PasswordContext {
  readonly email: string | null;
  readonly fullName: string | null;
  readonly mfaActive: boolean;
  /** The name of the field in the request; by default `password`. */
  readonly field?: string;
}

const phrases = commonPhrases.map(fold);

type Code = 'too_short' | 'too_long' | 'too_common' | 'contains_context';

/**
 * No composition in NFC makes one code point of more than this many UTF-16 units; longer input is too long without
 * normalising it.
 */
const unitsPerPoint = 8;

/** The rules of NIST SP 800-63B-4 for a chosen password. No part of the password is stored, logged or returned. */
@Injectable()
export class PasswordRules {
  constructor(private readonly strength: Strength) {}

  /** The faults of the password; empty when it is valid. */
  async validate(password: string, context: PasswordContext): Promise<FieldFault[]> {
    const code = await this.firstFault(password, context);
    if (code === null) return [];
    const { minLength } = demandOf(context);
    const field = context.field ?? 'password';
    return [{ field, code, message: messages[code](field, minLength) }];
  }

  private async firstFault(password: string, context: PasswordContext): Promise<Code | null> {
    const demand = demandOf(context);
    if (password.length > passwordPolicy.maxLength * unitsPerPoint) return 'too_long';
    // Validated as it will be hashed: UTF-8 encodes every lone surrogate as the same replacement character.
    const text = password.normalize('NFC').toWellFormed();
    const { length } = [...text];
    if (length < demand.minLength) return 'too_short';
    if (length > passwordPolicy.maxLength) return 'too_long';
    const lower = text.toLowerCase();
    // A repeated unit counts once.
    const repeated = period(lower);
    if (repeated < demand.minLength && repeated * 2 <= length) return 'too_common';
    if (new Set(lower).size < demand.minDistinct) return 'too_common';
    const [words, looks] = [contextWords(context.email, context.fullName), readings(text)];
    if (looks.some((look) => mostlyMadeOf(look, words))) return 'contains_context';
    if (looks.some((look) => mostlyMadeOf(look, phrases))) return 'too_common';
    if (await this.strength.isCommon(text)) return 'too_common';
    const estimate = await this.strength.estimate(text, words, demand.minGuessesLog10);
    if (estimate.guessesLog10 >= demand.minGuessesLog10) return null;
    return estimate.usesContext ? 'contains_context' : 'too_common';
  }
}

const demandOf = ({ mfaActive }: PasswordContext) =>
  mfaActive ? passwordPolicy.withMfa : passwordPolicy.onlyFactor;

const messages: Readonly<Record<Code, (field: string, minLength: number) => string>> = {
  too_short: (field, minLength) =>
    `${field} must have at least ${minLength} characters; a few words in a row are easy to remember`,
  too_long: (field) => `${field} must have at most ${passwordPolicy.maxLength} characters`,
  too_common: (field) =>
    `${field} is easy to guess: it is a common password, a repetition or a known sequence; put unrelated words together`,
  contains_context: (field) =>
    `${field} is mostly made of your name, your e-mail address or the name of this service`,
};

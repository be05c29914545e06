import { Module } from '@nestjs/common';
import { PasswordRules } from './password-rules.js';
import { Strength } from './strength.js';

@Module({ providers: [PasswordRules, Strength], exports: [PasswordRules] })
export class PasswordsModule {}
